// Methods of Tensor: elements by index, mask or order. See methods.hpp.
#pragma once

#include <string_view>

#include "autograd/ops/index.hpp"
#include "autograd/ops/indexing.hpp"
#include "autograd/ops/masks.hpp"
#include "autograd/ops/scatter.hpp"
#include "autograd/ops/search.hpp"
#include "autograd/ops/sorting.hpp"

namespace xtape {

template <class Self>
class IndexMethods {
 public:
  // indexing
  auto index(const detail::IndexList& indices) const { return xtape::index(self(), indices); }
  auto index_put(const detail::IndexList& indices, const Self& values, bool accumulate = false) const {
    return xtape::index_put(self(), indices, values, accumulate);
  }
  auto index_put(const detail::IndexList& indices, Scalar value, bool accumulate = false) const {
    return xtape::index_put(self(), indices, value, accumulate);
  }
  auto index_select(Dim dim, const Self& index) const { return xtape::index_select(self(), dim, index); }
  auto index_add(Dim dim, const Self& index, const Self& src, Scalar alpha = 1) const {
    return xtape::index_add(self(), dim, index, src, alpha);
  }
  auto index_add(Dim dim, const Self& index, const Self& src, const AlphaOptions& options) const {
    return xtape::index_add(self(), dim, index, src, options);
  }
  auto index_copy(Dim dim, const Self& index, const Self& src) const {
    return xtape::index_copy(self(), dim, index, src);
  }
  auto index_fill(Dim dim, const Self& index, Scalar value) const {
    return xtape::index_fill(self(), dim, index, value);
  }
  auto index_fill(Dim dim, const Self& index, const Self& value) const {
    return xtape::index_fill(self(), dim, index, value);
  }
  auto take(const Self& index) const { return xtape::take(self(), index); }
  auto put(const Self& index, const Self& source, bool accumulate = false) const {
    return xtape::put(self(), index, source, accumulate);
  }
  auto gather(Dim dim, const Self& index) const { return xtape::gather(self(), dim, index); }
  auto take_along_dim(const Self& index) const { return xtape::take_along_dim(self(), index); }
  auto take_along_dim(const Self& index, Dim dim) const { return xtape::take_along_dim(self(), index, dim); }
  auto scatter(Dim dim, const Self& index, const Self& src) const {
    return xtape::scatter(self(), dim, index, src);
  }
  auto scatter(Dim dim, const Self& index, Scalar value) const {
    return xtape::scatter(self(), dim, index, value);
  }
  auto scatter_add(Dim dim, const Self& index, const Self& src) const {
    return xtape::scatter_add(self(), dim, index, src);
  }
  auto scatter_reduce(Dim dim, const Self& index, const Self& src, std::string_view reduce,
                      bool include_self = true) const {
    return xtape::scatter_reduce(self(), dim, index, src, reduce, include_self);
  }
  auto scatter_reduce(Dim dim, const Self& index, const Self& src, std::string_view reduce,
                      const ScatterReduceOptions& options) const {
    return xtape::scatter_reduce(self(), dim, index, src, reduce, options);
  }
  auto masked_select(const Self& mask) const { return xtape::masked_select(self(), mask); }
  auto masked_scatter(const Self& mask, const Self& source) const {
    return xtape::masked_scatter(self(), mask, source);
  }
  auto nonzero() const { return xtape::nonzero(self()); }
  auto nonzero_numpy() const { return xtape::nonzero_numpy(self()); }
  auto argwhere() const { return xtape::argwhere(self()); }
  auto unique() const { return xtape::unique(self()); }
  auto unique(const UniqueOptions& options) const { return xtape::unique(self(), options); }
  auto unique_consecutive() const { return xtape::unique_consecutive(self()); }
  auto unique_consecutive(const UniqueConsecutiveOptions& options) const {
    return xtape::unique_consecutive(self(), options);
  }
  auto bincount() const { return xtape::bincount(self()); }
  auto bincount(const Self& weights, std::int64_t minlength = 0) const {
    return xtape::bincount(self(), weights, minlength);
  }
  auto bincount(const BincountOptions& options) const { return xtape::bincount(self(), options); }
  auto sort(Dim dim = -1, bool descending = false) const { return xtape::sort(self(), dim, descending); }
  auto argsort(Dim dim = -1, bool descending = false) const {
    return xtape::argsort(self(), dim, descending);
  }
  auto sort(const SortOptions& options) const { return xtape::sort(self(), options); }
  auto argsort(const SortOptions& options) const { return xtape::argsort(self(), options); }
  auto topk(std::int64_t k, const TopkOptions& options) const { return xtape::topk(self(), k, options); }
  auto topk(std::int64_t k, Dim dim = -1, bool largest = true, bool sorted = true) const {
    return xtape::topk(self(), k, dim, largest, sorted);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace xtape
