// The Python literal in the header of an array: a parser for the one dictionary that numpy writes.
#include <algorithm>
#include <cctype>
#include <utility>

#include "files/detail/npy_format.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

namespace {

/// What numpy.dtype takes for a type: a code with its size, a letter, a name without an order of bytes.
struct Description {
  std::string_view code, letter, name;
  ElementType type;
};

constexpr Description kDescriptions[] = {
    {"b1", "?", "bool", ElementType::boolean},    {"u1", "B", "uint8", ElementType::uint8},
    {"i1", "b", "int8", ElementType::int8},       {"i2", "h", "int16", ElementType::int16},
    {"u2", "H", "uint16", ElementType::uint16},   {"f2", "e", "float16", ElementType::float16},
    {"i4", "i", "int32", ElementType::int32},     {"u4", "I", "uint32", ElementType::uint32},
    {"f4", "f", "float32", ElementType::float32}, {"f8", "d", "float64", ElementType::float64},
    {"i8", "l", "int64", ElementType::int64},     {"u8", "L", "uint64", ElementType::uint64},
    {"i8", "q", "int", ElementType::int64},       {"u8", "Q", "uint", ElementType::uint64},
    {"f8", "d", "float", ElementType::float64},   {"f8", "d", "double", ElementType::float64},
    {"f4", "f", "single", ElementType::float32},  {"f2", "e", "half", ElementType::float16}};

class LiteralParser {
 public:
  LiteralParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      read_member();
      if (accept(',')) continue;
      expect('}');
      break;
    }
    skip_spaces();
    check(position_ == text_.size(), "{}: the header goes on behind its dictionary", file_);
    check(has_type_ && has_order_ && has_shape_, "{}: the header misses {}", file_,
          !has_type_    ? "'descr'"
          : !has_order_ ? "'fortran_order'"
                        : "'shape'");
    return header_;
  }

 private:
  void read_member() {
    const std::string_view key = read_text();
    expect(':');
    if (key == "descr") {
      once(has_type_, key);
      read_type();
    } else if (key == "fortran_order") {
      once(has_order_, key);
      header_.fortran_order = read_bool();
    } else if (key == "shape") {
      once(has_shape_, key);
      read_shape();
    } else {
      throw Error(fmt::format("{}: the header holds '{}'; expected 'descr', 'fortran_order' and 'shape'",
                              file_, io::printable(key)));
    }
  }

  void once(bool& seen, std::string_view key) {
    check(!seen, "{}: the header holds '{}' twice", file_, io::printable(key));
    seen = true;
  }

  void read_type() {
    check(peek() != '[', "{}: holds records with named fields, which no tensor does", file_);
    const std::string_view descr = read_text();
    const bool has_order =
        !descr.empty() && std::string_view("<>=|").find(descr[0]) != std::string_view::npos;
    const std::string_view type = descr.substr(has_order ? 1 : 0);
    for (const Description& known : kDescriptions) {
      const bool has_name = type == known.code || type == known.letter || (!has_order && type == known.name);
      if (!has_name) continue;
      header_.type = known.type;
      header_.big_endian = has_order && descr[0] == '>';  // '=', '|' and none are this machine's order
      return;
    }
    throw Error(
        fmt::format("{}: holds elements of type '{}'; what can be read are bool, and integers and floats of "
                    "up to 8 bytes",
                    file_, io::printable(descr)));
  }

  /// (), (3,), (2, 3) or (2, 3,); Python 2 wrote (2L, 3L).
  void read_shape() {
    expect('(');
    bool comma = true;
    while (!accept(')')) {
      if (!comma) fail("',' or ')'");
      check(header_.shape.size() < Shape::kMaxDims, "{}: has more than {} dims", file_, Shape::kMaxDims);
      header_.shape.push_back(read_integer());
      accept('L');
      comma = accept(',');
    }
    check(comma || header_.shape.size() > 1, "{}: the shape ({}) is a number; expected a tuple", file_,
          header_.shape.empty() ? 0 : header_.shape[0]);
  }

  std::int64_t read_integer() {
    if (!std::isdigit(static_cast<unsigned char>(peek()))) fail("a size");
    std::int64_t value = 0;
    for (; position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_]));
         ++position_) {
      check(!__builtin_mul_overflow(value, 10, &value) &&
                !__builtin_add_overflow(value, text_[position_] - '0', &value),
            "{}: a size in the header does not fit int64", file_);
    }
    return value;
  }

  bool read_bool() {
    skip_spaces();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (!text_.substr(position_).starts_with(word)) continue;
      position_ += word.size();
      return value;
    }
    fail("True or False");
  }

  /// Between quotes of either kind; nothing that numpy writes here needs an escape.
  std::string_view read_text() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a text in quotes");
    const std::size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos) fail("a text that ends");
    const std::string_view inner = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return inner;
  }

  void skip_spaces() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])))
      ++position_;
  }
  char peek() {
    skip_spaces();
    return position_ < text_.size() ? text_[position_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c || position_ == text_.size()) return false;
    ++position_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}'", c));
  }
  [[noreturn]] void fail(std::string_view expected) const {
    throw Error(fmt::format("{}: the header does not describe an array: at \"{}\"; expected {}", file_,
                            io::printable(text_.substr(position_, 20)), expected));
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t position_ = 0;
  NpyHeader header_;
  bool has_type_ = false, has_order_ = false, has_shape_ = false;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& file) {
  return LiteralParser(text, file).parse();
}

}  // namespace xtape::detail
