// Dataset: what a DataLoader reads from, and Example, what it gives. A program's own datasets derive from it.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::datasets {

/// One example of any number of tensors, or a batch of them, with one more dim in front: `{x}`, `{x, y}`,
/// `{ids, mask, label}`. `const auto& [x, y] = example` names the first two; what is absent is undefined.
struct Example {
  Tensor data = {};
  Tensor target = {};
  std::vector<Tensor> rest = {};  ///< the third tensor and those after it

  Example() = default;
  Example(Tensor first, Tensor second = {})  // NOLINT: implicit, so that get() may `return {x, y};`
      : data(std::move(first)), target(std::move(second)) {}
  template <std::same_as<Tensor>... T>
  requires(sizeof...(T) > 0) Example(Tensor first, Tensor second, T... more)
      : data(std::move(first)), target(std::move(second)), rest{std::move(more)...} {}
  template <std::same_as<std::vector<Tensor>> V>  // a template, so that Example({x, y}) is two tensors
  Example(V tensors) {                            // NOLINT: implicit as above
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      (i == 0 ? data : i == 1 ? target : rest.emplace_back()) = std::move(tensors[i]);
    }
  }

  /// How many there are; one or two undefined ones at the end of a pair do not count.
  std::size_t size() const {
    if (!rest.empty()) return 2 + rest.size();
    return target.defined() ? 2 : data.defined() ? 1 : 0;
  }
  /// Throws if i is out of range.
  const Tensor& operator[](std::size_t i) const;
  Tensor& operator[](std::size_t i) { return const_cast<Tensor&>(std::as_const(*this)[i]); }

  /// f(x) in place of each tensor x; undefined ones stay.
  template <class F>
  Example map(const F& f) const {
    Example result = *this;
    for (std::size_t i = 0; i < size(); ++i) {
      if (result[i].defined()) result[i] = f(result[i]);
    }
    return result;
  }
};

/// The first two tensors, for structured bindings.
template <std::size_t I, class E>
requires(I < 2 && std::same_as<std::remove_cvref_t<E>, Example>) auto&& get(E&& example) {
  if constexpr (I == 0) {
    return std::forward<E>(example).data;
  } else {
    return std::forward<E>(example).target;
  }
}

/// A numbered collection of examples. Datasets are handles: a copy is cheap and shares what the original
/// holds. A loader calls get_batch from its workers' threads, from several at once where it has more than
/// one.
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual std::int64_t size() const = 0;
  /// The example at `index`, without a batch dim.
  virtual Example get(std::int64_t index) const = 0;
  /// The examples at `indices`, by default_collate. Random transforms draw from `generator` alone.
  virtual Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const;

  Example operator[](std::int64_t index) const { return get(index); }

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;  // protected, so that nothing slices
  Dataset(Dataset&&) = default;
  Dataset& operator=(const Dataset&) = default;
  Dataset& operator=(Dataset&&) = default;
};

/// A dataset that makes whole batches, and an example as a batch of one.
class BatchDataset : public Dataset {
 public:
  Example get(std::int64_t index) const override;
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override = 0;
};

/// A dataset that loaders and subsets keep: a copy, so that temporaries may be passed. Where only a base
/// class is known a copy is impossible; the result refers to `dataset` then, which must outlive it.
template <class Base = Dataset, std::derived_from<Base> D>
std::shared_ptr<const Base> share(const D& dataset) {
  if constexpr (std::is_copy_constructible_v<D>) {
    if (typeid(dataset) == typeid(D)) return std::make_shared<const D>(dataset);
  }
  return {std::shared_ptr<const Base>(), &dataset};
}

/// The batch whose tensor i holds the examples' tensors i, stacked along a new first dim. Throws where the
/// examples differ in their number of tensors, or in the shapes or dtypes of these.
Example default_collate(const std::vector<Example>& examples);

/// The one example of the batch {index}: get(index) of a dataset that makes batches.
Example example_of_batch(const Dataset& dataset, std::int64_t index,
                         Generator& generator = default_generator());

/// The rows x[i] for i in `indices`, as a new tensor without history; an index out of range is an Error.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> indices);

}  // namespace xtape::datasets

template <>
struct std::tuple_size<xtape::datasets::Example> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I>
struct std::tuple_element<I, xtape::datasets::Example> {
  using type = xtape::Tensor;
};
