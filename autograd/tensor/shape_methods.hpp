// Methods of Tensor: other shapes, and elements in other places. See methods.hpp.
#pragma once

#include <optional>

#include "autograd/ops/axes.hpp"
#include "autograd/ops/diagonal.hpp"
#include "autograd/ops/join.hpp"
#include "autograd/ops/rearrange.hpp"
#include "autograd/ops/shape.hpp"
#include "autograd/ops/slice.hpp"

namespace xtape {

template <class Self>
class ShapeMethods {
 public:
  // shape
  auto reshape(const Shape& shape) const { return xtape::reshape(self(), shape); }
  auto flatten(Dim start_dim = 0, Dim end_dim = -1) const {
    return xtape::flatten(self(), start_dim, end_dim);
  }
  auto squeeze() const { return xtape::squeeze(self()); }
  auto squeeze(Dim dim) const { return xtape::squeeze(self(), dim); }
  auto unsqueeze(Dim dim) const { return xtape::unsqueeze(self(), dim); }
  auto transpose(Dim dim0, Dim dim1) const { return xtape::transpose(self(), dim0, dim1); }
  auto permute(const Dims& dims) const { return xtape::permute(self(), dims); }
  auto t() const { return xtape::t(self()); }
  auto broadcast_to(const Shape& shape) const { return xtape::broadcast_to(self(), shape); }
  auto narrow(Dim dim, std::int64_t start, std::int64_t length) const {
    return xtape::narrow(self(), dim, start, length);
  }
  auto slice(Dim dim, SliceBound start, SliceBound end = None, std::int64_t step = 1) const {
    return xtape::slice(self(), dim, start, end, step);
  }
  auto select(Dim dim, std::int64_t index) const { return xtape::select(self(), dim, index); }
  auto unbind(Dim dim = 0) const { return xtape::unbind(self(), dim); }
  auto split(std::int64_t size, Dim dim = 0) const { return xtape::split(self(), size, dim); }
  auto split(const Shape& sizes, Dim dim = 0) const { return xtape::split(self(), sizes, dim); }
  auto chunk(std::int64_t chunks, Dim dim = 0) const { return xtape::chunk(self(), chunks, dim); }
  auto flip(const Dims& dims) const { return xtape::flip(self(), dims); }
  auto fliplr() const { return xtape::fliplr(self()); }
  auto flipud() const { return xtape::flipud(self()); }
  auto rot90(std::int64_t k = 1, const Dims& dims = {0, 1}) const { return xtape::rot90(self(), k, dims); }
  auto rot90(const Rot90Options& options) const { return xtape::rot90(self(), options); }
  auto repeat(const Shape& sizes) const { return xtape::repeat(self(), sizes); }
  auto tile(const Shape& dims) const { return xtape::tile(self(), dims); }
  auto repeat_interleave(std::int64_t repeats, std::optional<Dim> dim = {}) const {
    return xtape::repeat_interleave(self(), repeats, dim);
  }
  auto repeat_interleave(const Self& repeats, std::optional<Dim> dim = {}) const {
    return xtape::repeat_interleave(self(), repeats, dim);
  }
  auto repeat_interleave(std::int64_t repeats, const RepeatInterleaveOptions& options) const {
    return xtape::repeat_interleave(self(), repeats, options);
  }
  auto repeat_interleave(const Self& repeats, const RepeatInterleaveOptions& options) const {
    return xtape::repeat_interleave(self(), repeats, options);
  }
  auto roll(const Shape& shifts, const Dims& dims = {}) const { return xtape::roll(self(), shifts, dims); }
  auto roll(const Shape& shifts, const RollOptions& options) const {
    return xtape::roll(self(), shifts, options);
  }
  auto movedim(const Dims& source, const Dims& destination) const {
    return xtape::movedim(self(), source, destination);
  }
  auto moveaxis(const Dims& source, const Dims& destination) const {
    return xtape::moveaxis(self(), source, destination);
  }
  auto swapaxes(Dim axis0, Dim axis1) const { return xtape::swapaxes(self(), axis0, axis1); }
  auto swapdims(Dim dim0, Dim dim1) const { return xtape::swapdims(self(), dim0, dim1); }
  auto adjoint() const { return xtape::adjoint(self()); }
  auto mT() const { return xtape::adjoint(self()); }
  auto ravel() const { return xtape::ravel(self()); }
  auto unflatten(Dim dim, const Shape& sizes) const { return xtape::unflatten(self(), dim, sizes); }
  auto atleast_1d() const { return xtape::atleast_1d(self()); }
  auto atleast_2d() const { return xtape::atleast_2d(self()); }
  auto atleast_3d() const { return xtape::atleast_3d(self()); }
  auto tril(std::int64_t diagonal = 0) const { return xtape::tril(self(), diagonal); }
  auto triu(std::int64_t diagonal = 0) const { return xtape::triu(self(), diagonal); }
  auto tril(const TriangleOptions& options) const { return xtape::tril(self(), options); }
  auto triu(const TriangleOptions& options) const { return xtape::triu(self(), options); }
  auto diagonal(std::int64_t offset = 0, Dim dim1 = 0, Dim dim2 = 1) const {
    return xtape::diagonal(self(), offset, dim1, dim2);
  }
  auto diagonal(const DiagonalOptions& options) const { return xtape::diagonal(self(), options); }
  auto diag_embed(std::int64_t offset = 0, Dim dim1 = -2, Dim dim2 = -1) const {
    return xtape::diag_embed(self(), offset, dim1, dim2);
  }
  auto diag_embed(const DiagEmbedOptions& options) const { return xtape::diag_embed(self(), options); }
  auto diag(std::int64_t diagonal = 0) const { return xtape::diag(self(), diagonal); }
  auto diag(const TriangleOptions& options) const { return xtape::diag(self(), options); }
  auto diagflat(std::int64_t offset = 0) const { return xtape::diagflat(self(), offset); }
  auto trace() const { return xtape::trace(self()); }
  auto pad(const Shape& padding, Scalar value = 0) const { return xtape::pad(self(), padding, value); }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
