// Dataset: what a DataLoader reads from, and Example, what it gives. A program's own datasets derive from it.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <typeinfo>

#include "autograd/random.hpp"
#include "autograd/tensor.hpp"

namespace xtape::datasets {

/// One example, or a batch of them with a first dim more: `const auto& [x, y] = example`.
struct Example {
  Tensor data = {};
  Tensor target = {};
};

/// A numbered collection of examples. Datasets are handles: a copy is cheap and shares what the original
/// holds. A loader with a worker calls get_batch from that thread.
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual std::int64_t size() const = 0;
  /// The example at `index`, without a batch dim.
  virtual Example get(std::int64_t index) const = 0;
  /// The examples at `indices`, stacked along a new first dim. Random transforms draw from `generator` alone.
  virtual Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const;

  Example operator[](std::int64_t index) const { return get(index); }

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;  // protected, so that nothing slices
  Dataset(Dataset&&) = default;
  Dataset& operator=(const Dataset&) = default;
  Dataset& operator=(Dataset&&) = default;
};

/// A dataset that loaders and subsets keep: a copy, so that temporaries may be passed. Where only a base
/// class is known a copy is impossible; the result refers to `dataset` then, which must outlive it.
template <std::derived_from<Dataset> D>
std::shared_ptr<const Dataset> share(const D& dataset) {
  if constexpr (std::is_copy_constructible_v<D>) {
    if (typeid(dataset) == typeid(D)) return std::make_shared<const D>(dataset);
  }
  return {std::shared_ptr<const Dataset>(), &dataset};
}

/// The rows x[i] for i in `indices`, as a new tensor without history; an index out of range is an Error.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> indices);

}  // namespace xtape::datasets
