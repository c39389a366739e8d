// Views with other dims: compositions of permute, transpose, reshape and expand.
#include "autograd/ops/axes.hpp"

#include "autograd/base/detail/dims.hpp"

#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

Tensor move_dims(const Tensor& x, const Dims& source, const Dims& destination, const char* op) {
  if (is_traced()) [[unlikely]]
    return report(op, {x}, {{"source", source}, {"destination", destination}},
                  [&] { return move_dims(x, source, destination, op); });
  const int count = static_cast<int>(x.dim());
  check(source.size() == destination.size(), "{}: source {} and destination {} are of different lengths", op,
        source, destination);
  Dims order = Shape::filled(count, -1);
  DimSet moved;
  for (int i = 0; i < source.size(); ++i) {
    const int from = wrap_dim(source[i], count, op), to = wrap_dim(destination[i], count, op);
    if (count == 0) return x;
    check(!moved[static_cast<std::size_t>(from)] && order[to] < 0, "{}: a dim is named twice in {} or {}", op,
          source, destination);
    moved.set(static_cast<std::size_t>(from));
    order[to] = from;
  }
  int next = 0;
  for (std::int64_t& place : order) {
    if (place >= 0) continue;
    while (moved[static_cast<std::size_t>(next)]) ++next;
    place = next++;
  }
  return permute(x, order);
}

/// f(x), reported as `op`.
template <class F>
Tensor named(const char* op, const Tensor& x, const F& f) {
  if (is_traced()) [[unlikely]]
    return report(op, {x}, {}, f);
  return f();
}

}  // namespace

Tensor movedim(const Tensor& x, const Dims& source, const Dims& destination) {
  return move_dims(x, source, destination, "movedim");
}
Tensor moveaxis(const Tensor& x, const Dims& source, const Dims& destination) {
  return move_dims(x, source, destination, "moveaxis");
}
Tensor swapaxes(const Tensor& x, Dim axis0, Dim axis1) { return transpose(x, axis0, axis1); }
Tensor swapdims(const Tensor& x, Dim dim0, Dim dim1) { return transpose(x, dim0, dim1); }
Tensor adjoint(const Tensor& x) {
  check(x.dim() >= 2, "adjoint: expected a matrix or a batch of them, got {}", x.shape());
  return transpose(x, -2, -1);
}
Tensor ravel(const Tensor& x) { return reshape(x, {-1}); }

Tensor unflatten(const Tensor& x, Dim dim, const Shape& sizes) {
  if (is_traced()) [[unlikely]]
    return report("unflatten", {x}, {{"dim", dim}, {"sizes", sizes}},
                  [&] { return unflatten(x, dim, sizes); });
  const int count = static_cast<int>(x.dim());
  check(count > 0, "unflatten: a 0-d tensor has no dim to unflatten");
  const int at = wrap_dim(dim, count, "unflatten");
  check(!sizes.empty(), "unflatten: no sizes were given for dim {} of {}", at, x.shape());
  std::int64_t known = 1;
  int unknown = -1;
  for (int i = 0; i < sizes.size(); ++i) {
    check(sizes[i] >= 0 || (sizes[i] == -1 && unknown < 0),
          "unflatten: {} may hold one -1 and no other negative size", sizes);
    if (sizes[i] < 0)
      unknown = i;
    else
      known *= sizes[i];
  }
  const std::int64_t size = x.shape()[at];
  check(unknown < 0 ? known == size : known != 0 && size % known == 0,
        "unflatten: sizes {} do not make up dim {} of size {}", sizes, at, size);
  Shape shape = x.shape();
  shape.erase(at);
  for (int i = 0; i < sizes.size(); ++i) shape.insert(at + i, i == unknown ? size / known : sizes[i]);
  return x.view(shape);
}

Tensor atleast_1d(const Tensor& x) {
  if (x.dim() > 0) return x;
  return named("atleast_1d", x, [&] { return unsqueeze(x, 0); });
}
Tensor atleast_2d(const Tensor& x) {
  if (x.dim() > 1) return x;
  return named("atleast_2d", x, [&] { return unsqueeze(atleast_1d(x), 0); });
}
Tensor atleast_3d(const Tensor& x) {
  if (x.dim() > 2) return x;
  return named("atleast_3d", x, [&] { return unsqueeze(atleast_2d(x), -1); });
}

std::vector<Tensor> broadcast_tensors(const std::vector<Tensor>& tensors) {
  if (is_traced()) [[unlikely]]
    return report("broadcast_tensors", tensors, {}, [&] { return broadcast_tensors(tensors); });
  Shape shape;
  for (const Tensor& x : tensors) shape = broadcast_shapes(shape, x.shape(), "broadcast_tensors");
  std::vector<Tensor> expanded;
  for (const Tensor& x : tensors) expanded.push_back(x.expand(shape));
  return expanded;
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, std::string_view indexing) {
  if (is_traced()) [[unlikely]]
    return report("meshgrid", tensors, {{"indexing", indexing}}, [&] { return meshgrid(tensors, indexing); });
  check(!tensors.empty(), "meshgrid: expected at least one tensor, got an empty list");
  check(indexing == "ij" || indexing == "xy", "meshgrid: indexing is \"{}\"; expected \"ij\" or \"xy\"",
        indexing);
  Shape shape;
  for (const Tensor& x : tensors) {
    check(x.dim() <= 1, "meshgrid: a tensor of shape {}; expected 0-d and 1-d ones", x.shape());
    check(x.dtype() == tensors[0].dtype(), "meshgrid: tensors of {} and {}; expected one dtype",
          tensors[0].dtype(), x.dtype());
    shape.push_back(x.numel());
  }
  const bool swapped = indexing == "xy" && tensors.size() > 1;
  std::vector<Tensor> grids;
  for (int i = 0; i < shape.size(); ++i) {
    Shape along = Shape::filled(shape.size(), 1);
    along[i] = shape[i];
    const Tensor grid = reshape(tensors[static_cast<std::size_t>(i)], along).expand(shape);
    grids.push_back(swapped ? transpose(grid, 0, 1) : grid);
  }
  return grids;
}

Tensor cartesian_prod(const std::vector<Tensor>& tensors) {
  if (is_traced()) [[unlikely]]
    return report("cartesian_prod", tensors, {}, [&] { return cartesian_prod(tensors); });
  for (const Tensor& x : tensors)
    check(x.dim() == 1, "cartesian_prod: a tensor of shape {}; expected 1-d ones", x.shape());
  if (tensors.size() == 1) return tensors[0];
  std::vector<Tensor> columns = meshgrid(tensors);
  for (Tensor& column : columns) column = reshape(column, {-1});
  return stack(columns, 1);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, const MeshgridOptions& options) {
  return meshgrid(tensors, options.indexing);
}

}  // namespace xtape
