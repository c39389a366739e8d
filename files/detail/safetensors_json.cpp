// The JSON of a safetensors header, parsed as a stream: what does not belong is refused where it stands,
// before it takes memory, and a name that comes twice is seen (a parsed object would hold only one of them).
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>
#include <utility>

#include "files/detail/safetensors_header.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::pair<std::string_view, ElementType> kDTypes[] = {
    {"BOOL", ElementType::boolean},  {"U8", ElementType::uint8},    {"I8", ElementType::int8},
    {"I16", ElementType::int16},     {"U16", ElementType::uint16},  {"F16", ElementType::float16},
    {"BF16", ElementType::bfloat16}, {"I32", ElementType::int32},   {"U32", ElementType::uint32},
    {"F32", ElementType::float32},   {"F64", ElementType::float64}, {"I64", ElementType::int64},
    {"U64", ElementType::uint64}};

constexpr std::string_view kMetadata = "__metadata__";

class HeaderParser final : public nlohmann::json_sax<json> {
 public:
  explicit HeaderParser(const std::string& file) : file_(file) {}
  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { return other("null"); }
  bool boolean(bool) override { return other("a bool"); }
  bool number_integer(number_integer_t value) override { return other(fmt::format("the number {}", value)); }
  bool number_float(number_float_t, const string_t& text) override {
    return other("the number " + io::printable(text));
  }
  bool binary(binary_t&) override { return other("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (at_ != At::numbers) return other(fmt::format("the number {}", value));
    const std::size_t most = field_ == "shape" ? Shape::kMaxDims : 2;
    check(numbers_.size() < most, "{}: {} of tensor \"{}\" has more than {} numbers", file_,
          io::printable(field_), io::printable(name_), most);
    numbers_.push_back(value);
    return true;
  }

  bool string(string_t& text) override {
    if (at_ == At::metadata) {
      header_.metadata[field_] = text;
    } else if (at_ == At::fields && field_ == "dtype") {
      entry_.type = type_named(text);
    } else {
      return other("a text");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (skip_deeper()) return true;
    if (at_ == At::start) {
      at_ = At::names;
    } else if (at_ == At::names) {
      at_ = name_ == kMetadata ? At::metadata : At::fields;
      entry_ = {.name = name_};
      fields_.clear();
    } else {
      return other("an object");
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (skip_deeper()) return true;
    if (at_ != At::fields || field_ == "dtype") return other("a list");
    at_ = At::numbers;
    numbers_.clear();
    return true;
  }

  bool key(string_t& text) override {
    if (skipped_ > 0) return true;
    if (at_ == At::names) {
      name_ = text;
      check(names_.insert(name_).second, "{}: the name \"{}\" appears twice", file_, io::printable(name_));
    } else {
      field_ = text;
      check(fields_.insert(field_).second, "{}: \"{}\" appears twice in \"{}\"", file_, io::printable(field_),
            io::printable(name_));
    }
    return true;
  }

  bool end_object() override {
    if (skip_shallower()) return true;
    if (at_ == At::fields) finish_entry();
    at_ = at_ == At::names ? At::end : At::names;
    return true;
  }

  bool end_array() override {
    if (skip_shallower()) return true;
    at_ = At::fields;
    if (field_ == "shape") {
      for (std::uint64_t size : numbers_) {
        check(size <= kLargest, "{}: tensor \"{}\" has a size of {}", file_, io::printable(name_), size);
        entry_.shape.push_back(static_cast<std::int64_t>(size));
      }
    } else {
      check(numbers_.size() == 2, "{}: data_offsets of tensor \"{}\" has {} numbers; expected 2", file_,
            io::printable(name_), numbers_.size());
      entry_.begin = numbers_[0];
      entry_.end = numbers_[1];
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    const std::string_view text = error.what();  // may quote any length of the header
    throw Error(fmt::format("{}: the header is not valid JSON: {}", file_, io::printable(text, 300)));
  }

 private:
  /// Where the next value stands: the whole header, a tensor or the metadata by its name, a text of the
  /// metadata, a field of a tensor, a number of its shape or offsets.
  enum class At { start, names, metadata, fields, numbers, end };

  static constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

  /// Fields that the format does not know are passed over, whatever they hold, as by the reference
  /// implementation.
  bool in_unknown_field() const {
    return skipped_ > 0 ||
           (at_ == At::fields && field_ != "dtype" && field_ != "shape" && field_ != "data_offsets");
  }
  bool skip_deeper() {
    if (!in_unknown_field()) return false;
    ++skipped_;
    return true;
  }
  bool skip_shallower() {
    if (skipped_ == 0) return false;
    --skipped_;
    return true;
  }

  /// A value of a kind that nothing but an unknown field may have.
  bool other(std::string_view what) const {
    if (in_unknown_field()) return true;
    switch (at_) {
      case At::start: throw Error(fmt::format("{}: the header is {}; expected an object", file_, what));
      case At::names:
        throw Error(fmt::format("{}: \"{}\" is {}; expected an object", file_, io::printable(name_), what));
      case At::metadata:
        throw Error(fmt::format("{}: \"{}\" of the metadata is {}; expected a text", file_,
                                io::printable(field_), what));
      case At::numbers:
        throw Error(fmt::format("{}: {} of tensor \"{}\" holds {}; expected integers from 0 up", file_,
                                io::printable(field_), io::printable(name_), what));
      default:
        throw Error(fmt::format("{}: {} of tensor \"{}\" is {}", file_, io::printable(field_),
                                io::printable(name_), what));
    }
  }

  ElementType type_named(const std::string& text) const {
    std::string known;
    for (const auto& [dtype, type] : kDTypes) {
      if (text == dtype) return type;
      known += fmt::format(" {}", dtype);
    }
    throw Error(fmt::format("{}: tensor \"{}\" has the dtype {}; what can be read is{}", file_,
                            io::printable(name_), io::printable(text), known));
  }

  void finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      check(fields_.contains(field), "{}: tensor \"{}\" has no {}", file_, io::printable(name_), field);
    }
    header_.entries.push_back(std::move(entry_));
  }

  const std::string& file_;
  SafetensorsHeader header_;
  At at_ = At::start;
  int skipped_ = 0;  // objects and lists open within an unknown field
  std::string name_, field_;
  std::unordered_set<std::string> names_;
  std::set<std::string> fields_;
  std::vector<std::uint64_t> numbers_;
  SafetensorsEntry entry_;
};

std::string_view name_of(ElementType type) {
  for (const auto& [name, known] : kDTypes) {
    if (known == type) return name;
  }
  return "";
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& file) {
  check(text.starts_with('{'), "{}: the header does not begin with {{", file);
  // The parser would take it for the end of the text.
  check(text.find('\0') == std::string_view::npos, "{}: the header holds a zero byte", file);
  HeaderParser parser(file);
  json::sax_parse(text.begin(), text.end(), &parser);
  return parser.take();
}

std::string safetensors_json(const SafetensorsHeader& header, const std::string& file) {
  std::string text = "{";
  const auto member = [&](const std::string& name, const ordered_json& value) {
    if (text.size() > 1) text += ',';
    text += json(name).dump() + ':' + value.dump();
  };
  try {
    if (!header.metadata.empty()) member(std::string(kMetadata), header.metadata);
    for (const SafetensorsEntry& entry : header.entries) {
      check(entry.name != kMetadata, "{}: a tensor cannot be named \"{}\"", file, kMetadata);
      member(entry.name, {{"dtype", name_of(entry.type)},
                          {"shape", entry.shape.to_vector()},
                          {"data_offsets", {entry.begin, entry.end}}});
    }
  } catch (const json::type_error& error) {
    throw Error(fmt::format("{}: a name or a text of the metadata is not UTF-8: {}", file, error.what()));
  }
  text += '}';
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data begins at a multiple of 8
  return text;
}

}  // namespace xtape::detail
