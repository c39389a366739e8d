// The greatest and smallest elements and their places, over all, one or several dims; see reduce.hpp.
#pragma once

#include <optional>

#include "autograd/ops/reduce.hpp"
#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The greatest (smallest) element; ties share the gradient evenly. NaN wins. No elements: an Error.
Tensor amax(const Tensor& x);
Tensor amax(const Tensor& x, const Dims& dim, bool keepdim = false);
Tensor amin(const Tensor& x);
Tensor amin(const Tensor& x, const Dims& dim, bool keepdim = false);

/// max(x): as amax over all. max(x, dim): values and the index of the first greatest; the gradient goes
/// there.
Tensor max(const Tensor& x);
ValuesIndices max(const Tensor& x, Dim dim, bool keepdim = false);
Tensor max(const Tensor& a, const Tensor& b);  ///< maximum(a, b)
Tensor min(const Tensor& x);
ValuesIndices min(const Tensor& x, Dim dim, bool keepdim = false);
Tensor min(const Tensor& a, const Tensor& b);

struct AminmaxOptions {
  std::optional<Dim> dim = {};
  bool keepdim = false;
};
/// {min, max}: amin and amax of all, or along one dim.
MinMax aminmax(const Tensor& x, const AminmaxOptions& options = {});
MinMax aminmax(const Tensor& x, Dim dim, bool keepdim = false);

/// int64 index of the first greatest (smallest) element; without dim, into the flattened tensor.
Tensor argmax(const Tensor& x);
Tensor argmax(const Tensor& x, Dim dim, bool keepdim = false);
Tensor argmin(const Tensor& x);
Tensor argmin(const Tensor& x, Dim dim, bool keepdim = false);

// with the last by name
Tensor amax(const Tensor& x, const Dims& dim, const KeepdimOptions& options);
Tensor amin(const Tensor& x, const Dims& dim, const KeepdimOptions& options);
ValuesIndices max(const Tensor& x, Dim dim, const KeepdimOptions& options);
ValuesIndices min(const Tensor& x, Dim dim, const KeepdimOptions& options);
Tensor argmax(const Tensor& x, Dim dim, const KeepdimOptions& options);
Tensor argmin(const Tensor& x, Dim dim, const KeepdimOptions& options);

}  // namespace xtape
