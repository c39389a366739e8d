// What is wrong with a state, in words.
#include "nn/detail/state_check.hpp"

#include "io/utf8.hpp"

namespace xtape::nn::detail {

namespace {

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("\n  {}: {}", what, io::printable_list(names));
}

}  // namespace

const Tensor* StateCheck::find(std::string_view name) {
  known_.emplace(name);
  return dict_.contains(name) ? &dict_.at(name) : nullptr;
}

const Tensor* StateCheck::require(std::string_view name) {
  const Tensor* value = find(name);
  if (value == nullptr) missing_.emplace_back(name);
  return value;
}

bool StateCheck::is_defined(std::string_view name, const Tensor& value) {
  if (!value.defined()) note("undefined: \"{}\"", io::printable(name));
  return value.defined();
}

bool StateCheck::has_shape(std::string_view name, const Tensor& value, const Shape& shape) {
  if (!is_defined(name, value)) return false;
  const bool fits = value.shape() == shape;
  if (!fits) note("wrong shape: \"{}\" is {}; expected {}", io::printable(name), value.shape(), shape);
  return fits;
}

bool StateCheck::has_dtype(std::string_view name, const Tensor& value, DType dtype) {
  if (!is_defined(name, value)) return false;
  const bool fits = value.dtype() == dtype;
  if (!fits) note("wrong dtype: \"{}\" is {}; expected {}", io::printable(name), value.dtype(), dtype);
  return fits;
}

bool StateCheck::has_count(std::string_view name, const Tensor& value, std::int64_t count) {
  if (!is_defined(name, value)) return false;
  const bool fits = value.numel() == count;
  if (!fits) note("\"{}\" holds {} values; expected {}", io::printable(name), value.numel(), count);
  return fits;
}

bool StateCheck::is_list(std::string_view name, const Tensor& value) {
  if (!is_defined(name, value)) return false;
  const bool fits = value.dim() == 1;
  if (!fits) note("\"{}\" is of shape {}; expected a list", io::printable(name), value.shape());
  return fits;
}

std::vector<std::string> StateCheck::unexpected() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : dict_) {
    if (!known_.contains(name)) names.push_back(name);
  }
  return names;
}

std::string StateCheck::faults(bool strict) const {
  return (strict ? listed("missing", missing_) + listed("unexpected", unexpected()) : "") + faults_;
}

void StateCheck::finish(std::string_view name, bool strict) const {
  const std::string found = faults(strict);
  check(found.empty(), "load_state_dict: the state does not fit this {}:{}", name, found);
}

}  // namespace xtape::nn::detail
