// The machine of pickles: a stack of values, marks on it, and a memo. Nothing recurses, and each instruction
// makes one value at most.
#include "files/detail/pickle.hpp"

#include <bit>
#include <charconv>
#include <map>
#include <utility>

#include "files/detail/pickle_ops.hpp"
#include "files/detail/pickle_parts.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

using Kind = PickleValue::Kind;
using namespace pickle_op;

namespace {

PickleValue of_kind(Kind kind) {
  PickleValue value;
  value.kind = kind;
  return value;
}

PickleValue with_integer(Kind kind, std::int64_t integer) {
  PickleValue value = of_kind(kind);
  value.integer = integer;
  return value;
}

/// Two's complement, lowest byte first.
std::int64_t signed_integer(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  if (bytes.empty()) return 0;
  const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

}  // namespace

class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, const Pickle::FindGlobal& find_global, const std::string& file,
                Pickle& result)
      : bytes_(bytes, file), stack_(bytes_), find_global_(find_global), result_(result) {}

  void run() {
    for (auto op = bytes_.next(); op != STOP; op = bytes_.next()) {
      const bool is_known = makes_number(op) || makes_text(op) || makes_container(op) ||
                            fills_container(op) || remembers(op) || makes_object(op) || arranges(op);
      if (!is_known) {
        bytes_.require(false,
                       fmt::format("instruction 0x{:02x} is not one that tensors are written with", op));
      }
    }
    result_.root_ = stack_.pop();
    result_.size_ = bytes_.position();
  }

 private:
  void push_text(Kind kind, std::string_view text) {
    bytes_.require(text.size() <= UINT32_MAX, "a text is longer than 4 GiB");
    PickleValue value = of_kind(kind);
    value.length = static_cast<std::uint32_t>(text.size());
    value.characters = text.data();
    stack_.push(value);
  }
  PickleNode& push_node(Kind kind, std::vector<PickleValue> items = {}) {
    PickleNode& node = result_.nodes_.emplace_back();
    node.items = std::move(items);
    PickleValue value = of_kind(kind);
    value.node = &node;
    stack_.push(value);
    return node;
  }

  // The instructions. Each function gives whether `op` is one of its.

  bool makes_number(unsigned char op) {
    switch (op) {
      case NONE: stack_.push({}); return true;
      case NEWTRUE: stack_.push(with_integer(Kind::boolean, 1)); return true;
      case NEWFALSE: stack_.push(with_integer(Kind::boolean, 0)); return true;
      case BININT: stack_.push(with_integer(Kind::integer, signed_integer(bytes_.take(4)))); return true;
      case BININT1: stack_.push(with_integer(Kind::integer, bytes_.next())); return true;
      case BININT2:
        stack_.push(with_integer(Kind::integer, bytes_.take_number<std::uint16_t>()));
        return true;
      case LONG1: push_long(bytes_.take(bytes_.next())); return true;
      case LONG4: push_long(bytes_.take(bytes_.take_number<std::uint32_t>())); return true;
      case INT:
      case LONG: push_decimal(bytes_.take_line()); return true;
      case BINFLOAT: push_float(bytes_.take(8)); return true;
      default: return false;
    }
  }
  void push_long(std::string_view bytes) {
    if (bytes.size() > 8) return push_text(Kind::large_integer, bytes);
    stack_.push(with_integer(Kind::integer, signed_integer(bytes)));
  }
  void push_decimal(std::string_view line) {
    if (line == "00" || line == "01") return stack_.push(with_integer(Kind::boolean, line == "01"));
    std::string_view digits = line;
    if (digits.ends_with('L')) digits.remove_suffix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    bytes_.require(error != std::errc::invalid_argument && end == digits.data() + digits.size(),
                   "an integer is not a number");
    if (error == std::errc::result_out_of_range) return push_text(Kind::large_integer, line);
    stack_.push(with_integer(Kind::integer, value));
  }
  /// Highest byte first, unlike all else in a pickle.
  void push_float(std::string_view bytes) {
    PickleValue value = of_kind(Kind::real);
    value.real = std::bit_cast<double>(__builtin_bswap64(io::get<std::uint64_t>(bytes, 0)));
    stack_.push(value);
  }

  bool makes_text(unsigned char op) {
    switch (op) {
      case BINSTRING:
      case BINUNICODE: push_text(Kind::text, bytes_.take(bytes_.take_number<std::uint32_t>())); return true;
      case SHORT_BINSTRING:
      case SHORT_BINUNICODE: push_text(Kind::text, bytes_.take(bytes_.next())); return true;
      case BINUNICODE8: push_text(Kind::text, bytes_.take(bytes_.take_number<std::uint64_t>())); return true;
      case SHORT_BINBYTES: push_text(Kind::bytes, bytes_.take(bytes_.next())); return true;
      case BINBYTES: push_text(Kind::bytes, bytes_.take(bytes_.take_number<std::uint32_t>())); return true;
      case BINBYTES8: push_text(Kind::bytes, bytes_.take(bytes_.take_number<std::uint64_t>())); return true;
      default: return false;
    }
  }

  bool makes_container(unsigned char op) {
    switch (op) {
      case EMPTY_LIST: push_node(Kind::list); return true;
      case EMPTY_TUPLE: push_node(Kind::tuple); return true;
      case EMPTY_DICT: push_node(Kind::dict); return true;
      case EMPTY_SET: push_node(Kind::set); return true;
      case LIST: push_node(Kind::list, stack_.pop_marked()); return true;
      case TUPLE: push_node(Kind::tuple, stack_.pop_marked()); return true;
      case FROZENSET: push_node(Kind::set, stack_.pop_marked()); return true;
      case DICT: push_node(Kind::dict, pairs(stack_.pop_marked())); return true;
      case TUPLE1: push_node(Kind::tuple, stack_.pop(1)); return true;
      case TUPLE2: push_node(Kind::tuple, stack_.pop(2)); return true;
      case TUPLE3: push_node(Kind::tuple, stack_.pop(3)); return true;
      default: return false;
    }
  }
  std::vector<PickleValue> pairs(std::vector<PickleValue> values) const {
    bytes_.require(values.size() % 2 == 0, "a key has no value");
    return values;
  }

  bool fills_container(unsigned char op) {
    switch (op) {
      case APPEND: add(stack_.pop(1), Kind::list); return true;
      case APPENDS: add(stack_.pop_marked(), Kind::list); return true;
      case ADDITEMS: add(stack_.pop_marked(), Kind::set); return true;
      case SETITEM: add(stack_.pop(2), Kind::dict); return true;
      case SETITEMS: add(pairs(stack_.pop_marked()), Kind::dict); return true;
      default: return false;
    }
  }
  void add(const std::vector<PickleValue>& values, Kind kind) {
    PickleValue& target = stack_.top();
    bytes_.require(target.is(kind) || (kind == Kind::dict && target.is(Kind::call)),
                   "elements are added to what cannot have them");
    std::vector<PickleValue>& items = target.node->items;
    items.insert(items.end(), values.begin(), values.end());
  }

  bool remembers(unsigned char op) {
    switch (op) {
      case BINPUT: memo_[bytes_.next()] = stack_.top(); return true;
      case LONG_BINPUT: memo_[bytes_.take_number<std::uint32_t>()] = stack_.top(); return true;
      case MEMOIZE: memo_[static_cast<std::uint32_t>(memo_.size())] = stack_.top(); return true;
      case BINGET: stack_.push(remembered(bytes_.next())); return true;
      case LONG_BINGET: stack_.push(remembered(bytes_.take_number<std::uint32_t>())); return true;
      default: return false;
    }
  }
  PickleValue remembered(std::uint32_t index) const {
    const auto found = memo_.find(index);
    bytes_.require(found != memo_.end(), "the memo has no such entry");
    return found->second;
  }

  bool makes_object(unsigned char op) {
    switch (op) {
      case GLOBAL: {
        const std::string_view module = bytes_.take_line();
        push_global(module, bytes_.take_line());
        return true;
      }
      case STACK_GLOBAL: {
        const PickleValue name = stack_.pop(), module = stack_.pop();
        bytes_.require(module.is(Kind::text) && name.is(Kind::text),
                       "a global is named by what is not a text");
        push_global(module.text(), name.text());
        return true;
      }
      case REDUCE:
      case NEWOBJ: push_call(); return true;
      case BUILD: {
        const PickleValue state = stack_.pop();
        bytes_.require(stack_.top().is(Kind::call), "a state is given to what has none");
        stack_.top().node->parts.push_back(state);
        return true;
      }
      case BINPERSID: {
        const PickleValue id = stack_.pop();
        PickleNode& node = push_node(Kind::persistent);
        node.parts = {id};
        result_.persistents_.push_back(&node);
        return true;
      }
      default: return false;
    }
  }
  void push_global(std::string_view module, std::string_view name) {
    const std::string whole = std::string(module) + "." + std::string(name);
    const std::optional<std::int64_t> global = find_global_(whole);
    check(global.has_value(),
          "{}: its pickle names \"{}\", which is none of the globals that tensors, numbers, texts, lists and "
          "dictionaries need; torch.save(model.state_dict(), ...) names no other",
          bytes_.file(), io::printable(whole));
    stack_.push(with_integer(Kind::global, *global));
  }
  void push_call() {
    const PickleValue arguments = stack_.pop(), callee = stack_.pop();
    bytes_.require(callee.is(Kind::global) && arguments.is(Kind::tuple), "a call is not one of a global");
    push_node(Kind::call).parts = {callee, arguments};
  }

  bool arranges(unsigned char op) {
    switch (op) {
      case PROTO: {
        bytes_.require(bytes_.next() <= 5, "its protocol is none of 0 to 5");
        return true;
      }
      case FRAME: bytes_.take_number<std::uint64_t>(); return true;
      case MARK: stack_.mark(); return true;
      case POP: stack_.drop(); return true;
      case POP_MARK: stack_.pop_marked(); return true;
      default: return false;
    }
  }

  PickleBytes bytes_;
  PickleStack stack_;
  const Pickle::FindGlobal& find_global_;
  Pickle& result_;
  std::map<std::uint32_t, PickleValue> memo_;  // ordered, so that no choice of numbers makes it slow
};

Pickle::Pickle(std::string_view bytes, const FindGlobal& find_global, const std::string& file) {
  PickleMachine(bytes, find_global, file, *this).run();
}

}  // namespace xtape::detail
