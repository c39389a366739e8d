// Views with other dims, by the names that NumPy knows them by, and tensors brought to one shape or number of
// dims.
#pragma once

#include <string_view>
#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// Puts each dim of `source` where `destination` says; the others keep their order.
Tensor movedim(const Tensor& x, const Dims& source, const Dims& destination);
Tensor moveaxis(const Tensor& x, const Dims& source, const Dims& destination);
Tensor swapaxes(const Tensor& x, Dim axis0, Dim axis1);  ///< transpose
Tensor swapdims(const Tensor& x, Dim dim0, Dim dim1);    ///< transpose
Tensor adjoint(const Tensor& x);                         ///< the last two dims exchanged
Tensor ravel(const Tensor& x);                           ///< flattened, always to one dim
/// `dim` as several dims of `sizes`, one of which may be -1.
Tensor unflatten(const Tensor& x, Dim dim, const Shape& sizes);

/// Dims of size 1 in front, up to one.
Tensor atleast_1d(const Tensor& x);
Tensor atleast_2d(const Tensor& x);
/// {n} becomes {1, n, 1}, {n, m} becomes {n, m, 1}.
Tensor atleast_3d(const Tensor& x);

/// All expanded to the shape that they broadcast to.
std::vector<Tensor> broadcast_tensors(const std::vector<Tensor>& tensors);

/// Coordinates of a grid, one tensor for each of the 1-d (or 0-d) tensors: {m}, {n} give two of {m, n},
/// views. With indexing "xy" the first two dims are exchanged.
std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, std::string_view indexing = "ij");
struct MeshgridOptions {
  std::string_view indexing = "ij";
};
std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, const MeshgridOptions& options);
/// All tuples of one element each of the 1-d tensors: {count, tensors}; of one tensor itself.
Tensor cartesian_prod(const std::vector<Tensor>& tensors);

}  // namespace xtape
