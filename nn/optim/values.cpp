// Looking a value up.
#include "nn/optim/values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/base/error.hpp"

namespace xtape::optim {

namespace {

constexpr auto kName = &Values::value_type::first;

}  // namespace

bool Values::contains(std::string_view name) const {
  return std::ranges::find(values_, name, kName) != values_.end();
}

double Values::at(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, kName);
  check(found != values_.end(), "optim: there is no option \"{}\"", name);
  return found->second;
}

double& Values::at(std::string_view name) {
  static_cast<void>(std::as_const(*this).at(name));  // throws where there is none
  return std::ranges::find(values_, name, kName)->second;
}

}  // namespace xtape::optim
