// Norms of vectors and of differences: compositions, but for the Euclidean distances of all pairs.
#include "autograd/ops/distance.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/distance.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// y_ij = |a_i - b_j|, a {b, n, d}, b {b, m, d}      da_i = sum_j w_ij (a_i - b_j), w = g / y, 0 where y is 0
struct Distances {
  static constexpr std::string_view name = "cdist";
  static constexpr Reads reads = Reads::inputs_and_output;

  Tensor forward(const Tensor& a, const Tensor& b) const { return kernels::distances(a, b); }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    const Tensor zero = y == 0, w = masked_fill(g / masked_fill(y, zero, 1), zero, 0);
    wrt(0, [&] { return x[0] * sum(w, -1, true) - matmul(w, x[1]); });
    wrt(1, [&] { return x[1] * unsqueeze(sum(w, -2), -1) - matmul(transpose(w, -2, -1), x[0]); });
  }
  static Cases<Distances> cases() {
    return {{.inputs = {{1, 2, 3}, {1, 4, 3}}},
            {.inputs = {{2, 3, 2}, {2, 1, 2}}},
            {.inputs = {{2, 0, 3}, {2, 2, 3}}}};
  }
};

/// x with its batch dims broadcast to `batch` and made one.
Tensor in_batches(const Tensor& x, Shape batch) {
  const std::int64_t count = batch.numel();
  batch.push_back(x.size(-2));
  batch.push_back(x.size(-1));
  return reshape(x.expand(batch), {count, x.size(-2), x.size(-1)});
}

Shape batch_dims(const Tensor& x) {
  Shape batch = x.shape();
  batch.erase(batch.size() - 1);
  batch.erase(batch.size() - 1);
  return batch;
}

}  // namespace

Tensor normalize(const Tensor& x, const NormalizeOptions& options) {
  return normalize(x, options.p, options.dim, options.eps);
}
Tensor normalize(const Tensor& x, double p, Dim dim, double eps) {
  if (is_traced()) [[unlikely]]
    return report("normalize", {x}, {{"p", p}, {"dim", dim}, {"eps", eps}},
                  [&] { return normalize(x, p, dim, eps); });
  return x / clamp_min(norm(x, p, {dim}, true), eps);
}

Tensor cosine_similarity(const Tensor& a, const Tensor& b, const CosineSimilarityOptions& options) {
  return cosine_similarity(a, b, options.dim, options.eps);
}
Tensor cosine_similarity(const Tensor& a, const Tensor& b, Dim dim, double eps) {
  if (is_traced()) [[unlikely]]
    return report("cosine_similarity", {a, b}, {{"dim", dim}, {"eps", eps}},
                  [&] { return cosine_similarity(a, b, dim, eps); });
  const DType dtype = floating(result_type(a, b));
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), "cosine_similarity");
  const auto unit = [&](const Tensor& x) { return normalize(x.to(dtype).expand(shape), 2, dim, eps); };
  return sum(unit(a) * unit(b), {dim});
}

Tensor pairwise_distance(const Tensor& a, const Tensor& b, const PairwiseDistanceOptions& options) {
  return pairwise_distance(a, b, options.p, options.eps, options.keepdim);
}
Tensor pairwise_distance(const Tensor& a, const Tensor& b, double p, double eps, bool keepdim) {
  if (is_traced()) [[unlikely]]
    return report("pairwise_distance", {a, b}, {{"p", p}, {"eps", eps}, {"keepdim", keepdim}},
                  [&] { return pairwise_distance(a, b, p, eps, keepdim); });
  return norm(a - b + eps, p, {-1}, keepdim);
}

Tensor cdist(const Tensor& a, const Tensor& b, double p) {
  check(a.dim() >= 2 && b.dim() >= 2,
        "cdist: the shapes are {} and {}; expected rows, {{..., n, d}} and {{..., m, d}}", a.shape(),
        b.shape());
  check(a.size(-1) == b.size(-1), "cdist: rows of {} and of {} numbers have no distance", a.size(-1),
        b.size(-1));
  check(p >= 0, "cdist: p is {}; expected a number of at least 0", p);
  const DType dtype = result_type(a, b);
  check_floating(dtype, "cdist");
  const Tensor x = a.to(dtype), y = b.to(dtype);
  if (p != 2) return norm(unsqueeze(x, -2) - unsqueeze(y, -3), p, {-1});
  Shape batch = broadcast_shapes(batch_dims(x), batch_dims(y), "cdist");
  const Tensor distances = record(Distances{}, in_batches(x, batch), in_batches(y, batch));
  batch.push_back(x.size(-2));
  batch.push_back(y.size(-2));
  return reshape(distances, batch);
}
Tensor cdist(const Tensor& a, const Tensor& b, const CdistOptions& options) { return cdist(a, b, options.p); }

}  // namespace xtape
