// Rows looked up, written and added up by int64 indices. Whatever is written has one order on any number of
// threads.
#pragma once

#include "autograd/base/detail/dims.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::kernels {

using detail::IndexedDims;

/// Throws the Error of `op` where an index is not in [0, size), or in [-size, size) if negative ones may be.
enum class Negative { refused, taken };
void check_indices(const Tensor& index, std::int64_t size, int dim, Negative negative, const char* op);

/// The row-major numbers of places that several indices of one shape name: of each, `sizes` is how many there
/// are. Checked by the caller.
Tensor joint_index(const std::vector<Tensor>& indices, const std::vector<std::int64_t>& sizes);

/// y[o, i..., inner] = x[o, index[i...], inner], with o all dims before `dims`. x has any strides; index and
/// y are contiguous, and y has as many elements as that takes. In these three, negative indices count from
/// the end, and all have been checked.
void take(const Tensor& x, IndexedDims dims, const Tensor& index, const Tensor& y);
/// y[o, index[i...], inner] = v[o, i..., inner], the last of those that meet; y of any strides.
void put(const Tensor& y, IndexedDims dims, const Tensor& index, const Tensor& v);
/// y[o, index[i...], inner] += v[o, i..., inner], in the order of the indices; of bools, "or".
void add_at(const Tensor& y, IndexedDims dims, const Tensor& index, const Tensor& v);

/// y[..., label[...]] = 1 among int64 zeros.
Tensor one_hot(const Tensor& labels, std::int64_t classes);

}  // namespace xtape::kernels
