// Shape arithmetic: strides, wrapping of negative dims, NumPy broadcasting.
#include "autograd/base/shape.hpp"

#include <algorithm>
#include <ostream>

namespace xtape {

std::string Shape::to_string() const {
  std::string text = "{";
  for (int i = 0; i < dim_; ++i) text += (i ? ", " : "") + std::to_string((*this)[i]);
  return text + "}";
}

void Shape::throw_full() { throw Error(fmt::format("a tensor has at most {} dims", kMaxDims)); }

std::int64_t Shape::numel_of_many() const {
  check(std::find(begin(), end(), 0) != end(), "a tensor of shape {} has too many elements", to_string());
  return 0;
}

int wrap_dim(std::int64_t dim, int dims, const char* op) {
  const int range = std::max(dims, 1);
  check(dim >= -range && dim < range, "{}: dim {} is out of range for a tensor of {} dims; expected {} to {}",
        op, dim, dims, -range, range - 1);
  return static_cast<int>(dim < 0 ? dim + range : dim);
}

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op) {
  if (a == b) return a;
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape shape = longer;
  const int lead = longer.size() - shorter.size();
  for (int i = shorter.size() - 1; i >= 0; --i) {
    std::int64_t& size = shape[lead + i];
    check(size == shorter[i] || size == 1 || shorter[i] == 1,
          "{}: shapes {} and {} do not broadcast; sizes {} and {} differ and neither is 1", op, a, b,
          &longer == &a ? size : shorter[i], &longer == &a ? shorter[i] : size);
    if (size == 1) size = shorter[i];
  }
  return shape;
}

bool detail::broadcasts_to(const Shape& from, const Shape& to) {
  const int lead = to.size() - from.size();
  if (lead < 0) return false;
  for (int i = 0; i < from.size(); ++i) {
    if (from[i] != to[lead + i] && from[i] != 1) return false;
  }
  return true;
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

}  // namespace xtape
