// Embedding: a lookup of rows whose gradient leaves the row for padding out.
#include "autograd/ops/embedding.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

constexpr IndexedDims kRows{0, 1};
constexpr std::int64_t kNoPadding = -1;  // as ATen's op has it

/// Inputs of a case: the indices, and a float64 table.
std::function<std::vector<Tensor>()> with_table(const std::vector<std::int64_t>& indices,
                                                const Shape& index_shape, const Shape& table) {
  return [=] { return std::vector<Tensor>{from_vector(indices, index_shape), float_ramp(table)}; };
}

/// y[i..., :] = weight[indices[i...], :]      dweight[row, :] = sum of g[i..., :] where indices[i...] = row
struct Embedding {
  static constexpr std::string_view name = "embedding";
  static constexpr Reads reads = Reads::input0;
  static constexpr bool adds_part = true;
  static constexpr bool strided = true;

  std::int64_t padding_idx = kNoPadding;

  Tensor forward(const Tensor& indices, const Tensor& weight) const {
    const Tensor at = indices.contiguous();
    kernels::check_indices(at, weight.shape()[0], 0, kernels::Negative::refused, "embedding");
    Shape shape = at.shape();
    shape.push_back(weight.shape()[1]);
    const Tensor y = make_tensor(shape, weight.dtype());
    kernels::take(weight, kRows, at, y);
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(
        1,
        [&] {
          return put_places(zeros(wrt.shape(1), {.dtype = wrt.dtype(1)}), kRows, x[0],
                            without_padding(g, x[0]), true);
        },
        [&](const Tensor& sum) {
          kernels::add_at(sum, kRows, x[0].contiguous(), without_padding(g, x[0]).contiguous());
        });
  }

  Attributes attributes() const { return {{"padding_idx", padding_idx}}; }
  static Cases<Embedding> cases() {
    return Cases<Embedding>()
        .add({.make = with_table({2, 0, 2, 1}, {4}, {3, 4})})
        .add({.make = with_table({1, 0, 4, 1, 1, 2}, {2, 3}, {5, 2})},
             {3})                                                // of what is read no row is padding:
        .add({.make = with_table({3, 0}, {2, 1}, {4, 1})}, {1})  // its gradient is not a derivative
        .add({.make = with_table({1}, {}, {2, 3})})
        .add({.make = with_table({}, {0, 2}, {2, 3})}, {0})
        .add({.make = with_table({0, 1}, {2}, {2, 0})})
        .add({.make = with_table({0, 2}, {2}, {2, 3}),
              .error = "embedding: index 2 at position 1 is out of range for dim 0 of size 2"})
        .add({.make = with_table({-1, 0}, {2}, {2, 3}), .error = "embedding: index -1 at position 0"});
  }

 private:
  Tensor without_padding(const Tensor& g, const Tensor& indices) const {
    if (padding_idx == kNoPadding) return g;
    return masked_fill(g, unsqueeze(indices == padding_idx, -1), 0);
  }
};

/// The row for padding counted from the front.
std::int64_t padding_row(std::int64_t padding_idx, std::int64_t rows) {
  check(padding_idx >= -rows && padding_idx < rows, "embedding: padding_idx {} is out of range for {} rows",
        padding_idx, rows);
  return padding_idx < 0 ? padding_idx + rows : padding_idx;
}

}  // namespace

Tensor embedding(const Tensor& indices, const Tensor& weight, const EmbeddingFuncOptions& options) {
  check(indices.dtype() == kInt64 || indices.dtype() == kInt32,
        "embedding: the indices are {}; expected int64 or int32", indices.dtype());
  check(weight.dim() == 2, "embedding: the weight is of shape {}; expected {{rows, dim}}", weight.shape());
  const std::int64_t padding =
      options.padding_idx ? padding_row(*options.padding_idx, weight.size(0)) : kNoPadding;
  return record(Embedding{padding}, indices.to(kInt64), weight);
}

}  // namespace xtape
