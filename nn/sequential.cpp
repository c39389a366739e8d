// Sequential's calls and look-up.
#include "nn/sequential.hpp"

namespace xtape::nn {

Sequential::Sequential(std::initializer_list<NamedModule> modules) {
  for (const NamedModule& named : modules) add_child(named.name(), named.module());
}

Module& Sequential::operator[](std::int64_t index) const {
  const auto count = static_cast<std::int64_t>(size());
  check(-count <= index && index < count, "{}: index {} is out of range for {} modules", name(), index,
        count);
  return *children()[static_cast<std::size_t>(index < 0 ? index + count : index)].second;
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor y = x;
  for (const auto& [name, child] : children()) y = (*child)(y);
  return y;
}

}  // namespace xtape::nn
