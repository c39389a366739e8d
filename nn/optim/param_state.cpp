// Converting the tensors of a state, and what is said of a name that it lacks.
#include "nn/optim/param_state.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace xtape::optim {

namespace {

constexpr std::array<std::string_view, 5> kKinds{"count", "number", "tensor", "list of tensors",
                                                 "list of numbers"};

}  // namespace

ParamState::ParamState(std::initializer_list<Entry> entries) : entries_(entries) {}
ParamState::ParamState(const ParamState&) = default;
ParamState::ParamState(ParamState&&) noexcept = default;
ParamState& ParamState::operator=(const ParamState&) = default;
ParamState& ParamState::operator=(ParamState&&) noexcept = default;
ParamState::~ParamState() = default;

void ParamState::convert_all(DType dtype) {
  const auto convert = [&](Tensor& x) {
    if (x.defined() && x.dtype() != dtype) x = x.to(dtype);
  };
  for (auto& [name, value] : entries_) {
    if (auto* tensor = std::get_if<Tensor>(&value)) convert(*tensor);
    if (auto* tensors = std::get_if<std::vector<Tensor>>(&value)) std::ranges::for_each(*tensors, convert);
  }
  dtype_ = dtype;
}

void ParamState::make_zeros(Tensor& value, const Tensor& param) {
  value = xtape::zeros(param.shape(), {.dtype = param.dtype()});
}

ParamState::Value& ParamState::find(std::string_view name, std::size_t kind) {
  std::vector<std::string_view> there;
  for (auto& [known, value] : entries_) {
    there.push_back(known);
    if (known != name) continue;
    check(value.index() == kind, "optim: the state \"{}\" holds a {}", name, kKinds[value.index()]);
    return value;
  }
  throw Error(
      fmt::format("optim: there is no state \"{}\"; initial_state() has [{}]", name, fmt::join(there, ", ")));
}

}  // namespace xtape::optim
