// Sets of dims: reading them from a list, and the shapes that follow.
#include "autograd/base/detail/dims.hpp"

namespace xtape {

DimSet dim_set(const Dims& dims, int count, const char* op) {
  DimSet set;
  for (std::int64_t dim : dims) {
    const auto place = static_cast<std::size_t>(wrap_dim(dim, count, op));
    check(!set[place], "{}: dim {} appears more than once in {}", op, place, dims);
    set.set(place);
  }
  return dims.empty() ? set.set() : set;
}

Shape reduced_shape(const Shape& shape, DimSet dims, bool keepdim) {
  Shape reduced;
  for (int i = 0; i < shape.size(); ++i) {
    if (!dims[static_cast<std::size_t>(i)])
      reduced.push_back(shape[i]);
    else if (keepdim)
      reduced.push_back(1);
  }
  return reduced;
}

std::int64_t reduced_count(const Shape& shape, DimSet dims) {
  Shape reduced;
  for (int i = 0; i < shape.size(); ++i) reduced.push_back(dims[static_cast<std::size_t>(i)] ? shape[i] : 1);
  return reduced.numel();
}

}  // namespace xtape
