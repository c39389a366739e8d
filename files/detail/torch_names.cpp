// A walk over the tree, within bounds that follow from the size of the file.
#include "files/detail/torch_names.hpp"

#include <optional>
#include <utility>

#include "autograd/base/error.hpp"
#include "files/detail/branch.hpp"
#include "files/detail/torch_tensor.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

using Kind = PickleValue::Kind;
using Meaning = TorchGlobal::Meaning;

namespace {

constexpr int kMaxDepth = 100;
constexpr std::uint64_t kNameBytes = 16;  // of all names together, for each byte of the file

/// As Python prints a key; nothing for tuples and the like.
std::optional<std::string> name_of(const PickleValue& key) {
  switch (key.kind) {
    case Kind::text:
    case Kind::bytes: return std::string(key.text());
    case Kind::integer: return std::to_string(key.integer);
    case Kind::boolean: return key.integer != 0 ? "True" : "False";
    case Kind::none: return "None";
    case Kind::real: return fmt::format("{}", key.real);
    default: return std::nullopt;
  }
}

bool is_mapping(const PickleValue& value) {
  const TorchGlobal* callee = callee_of(value);
  return value.is(Kind::dict) || (callee != nullptr && callee->meaning == Meaning::mapping);
}

/// Whether a tensor can stand in the value, or be it.
bool holds_values(const PickleValue& value) {
  return value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::dict) || value.is(Kind::call);
}

class Walk {
 public:
  using Visit = std::function<void(const std::string&, const PickleValue&)>;

  Walk(const std::string& key, const std::string& file, std::uint64_t bytes, const Visit& visit)
      : branch_(key), file_(file), values_left_(bytes), visit_(visit) {
    names_left_ = bytes > UINT64_MAX / kNameBytes ? UINT64_MAX : bytes * kNameBytes;
  }

  void value(const PickleValue& value) {
    count();
    if (is_torch_tensor(value)) return tensor(value);
    check(depth_ < kMaxDepth, "{}: its lists and dictionaries lie more than {} deep in each other", file_,
          kMaxDepth);
    ++depth_;
    if (value.is(Kind::list) || value.is(Kind::tuple)) {
      elements(value.node->items);
    } else if (is_mapping(value)) {
      if (value.is(Kind::call)) given_pairs(value.node->parts[1].node->items);
      pairs(value.node->items);
    }
    --depth_;
  }

 private:
  void tensor(const PickleValue& value) {
    if (!branch_.holds(path_)) return;  // it stands where the branch could go on
    check(nameless_ == 0, "{}: below \"{}\" a tensor has a key that is neither text nor number", file_,
          io::printable(path_));
    check(io::is_utf8(path_), "{}: the name \"{}\" is not UTF-8", file_, io::printable(path_));
    charge(path_.size());
    visit_(branch_.name_within(path_), value);
  }

  void count() {
    check(values_left_ > 0,
          "{}: its lists and dictionaries refer to each other so often that they hold more values than the "
          "file has bytes",
          file_);
    --values_left_;
  }

  void elements(const std::vector<PickleValue>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (holds_values(items[i])) {
        below(std::to_string(i), items[i]);
      } else {
        count();
      }
    }
  }
  void pairs(const std::vector<PickleValue>& items) {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) below(items[i], items[i + 1]);
  }
  /// OrderedDict([[key, value], ...]), as Python 2 wrote it.
  void given_pairs(const std::vector<PickleValue>& arguments) {
    if (arguments.empty()) return;
    if (is_mapping(arguments[0])) return value(arguments[0]);
    if (!arguments[0].is(Kind::list)) return;
    for (const PickleValue& pair : arguments[0].node->items) {
      check((pair.is(Kind::list) || pair.is(Kind::tuple)) && pair.node->items.size() == 2,
            "{}: an OrderedDict is made of what are not pairs", file_);
      below(pair.node->items[0], pair.node->items[1]);
    }
  }

  /// Names are copied for each place, so that a long key that is used often could take any time.
  void charge(std::size_t characters) {
    check(characters < names_left_, "{}: the names of its tensors are together longer than {} times the file",
          file_, kNameBytes);
    names_left_ -= characters;
  }

  void below(const PickleValue& key, const PickleValue& value) {
    if (!holds_values(value)) return count();
    const std::optional<std::string> name = name_of(key);
    nameless_ += name ? 0 : 1;
    below(name ? *name : "", value);
    nameless_ -= name ? 0 : 1;
  }
  void below(std::string_view name, const PickleValue& value) {
    charge(name.size());
    const std::size_t length = path_.size();
    if (is_nested_) path_ += '.';
    path_ += name;
    const bool was_nested = std::exchange(is_nested_, true);
    if (branch_.may_hold(path_)) this->value(value);
    is_nested_ = was_nested;
    path_.resize(length);
  }

  Branch branch_;
  const std::string& file_;
  std::uint64_t values_left_, names_left_;
  const Visit& visit_;
  std::string path_;
  bool is_nested_ = false;
  int nameless_ = 0;  // keys on the path that give no name
  int depth_ = 0;
};

}  // namespace

void for_each_torch_tensor(const PickleValue& root, const std::string& key, const std::string& file,
                           std::uint64_t bytes,
                           const std::function<void(const std::string& name, const PickleValue&)>& visit) {
  Walk(key, file, bytes, visit).value(root);
}

std::vector<std::string> torch_keys(const PickleValue& root) {
  std::vector<std::string> keys;
  if (is_torch_tensor(root)) return {""};
  if (!is_mapping(root)) return keys;
  for (std::size_t i = 0; i + 1 < root.node->items.size(); i += 2)
    keys.push_back(name_of(root.node->items[i]).value_or("?"));
  return keys;
}

}  // namespace xtape::detail
