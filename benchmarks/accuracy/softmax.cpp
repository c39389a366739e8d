// The softmax family, forward and backward.
#include <algorithm>
#include <cmath>

#include "benchmarks/accuracy/reductions.hpp"

using namespace xtape;

namespace bench {

namespace {

// Labels and incoming gradients: counted, not drawn, so that op and reference agree.
std::size_t label_of(std::size_t r, std::size_t n) { return 7 * r % n; }
double gradient_of(std::size_t r, std::size_t i) {
  return (static_cast<double>((31 * r + 17 * i) % 64) - 31.5) / 64;
}

Tensor labels_for(const Tensor& x) {
  std::vector<std::int64_t> labels;
  for (std::int64_t r = 0; r < x.size(0); ++r)
    labels.push_back(static_cast<std::int64_t>(label_of(std::size_t(r), std::size_t(x.size(1)))));
  return from_vector(labels, {x.size(0)});
}

/// Incoming gradients for lines along dim.
Tensor gradients_for(const Tensor& x, std::int64_t dim) {
  const std::int64_t lines = x.size(1 - dim), n = x.size(dim);
  std::vector<double> g;
  for (std::int64_t r = 0; r < lines; ++r) {
    for (std::int64_t i = 0; i < n; ++i) g.push_back(gradient_of(std::size_t(r), std::size_t(i)));
  }
  const Tensor rows = from_vector(g, {lines, n}).to(x.dtype());
  return dim == 1 ? rows : rows.t().clone();
}

/// The gradient of f(x) for incoming gradients g.
template <class F>
Tensor pulled_back(const Tensor& x, const Tensor& g, const F& f) {
  const Tensor leaf = x.clone().requires_grad_();
  f(leaf).backward(g);
  return leaf.grad();
}

/// max, log(sum e^x) and softmax of a line. An argument x - max that is rounded leaves e^(x - max) with an
/// error of eps |x - max|: the scale of y is y (1 + |x - max|), that of log y is 1 + |x - max|.
template <class W>
struct Soft {
  explicit Soft(std::span<const W> line) : x(line), max(*std::max_element(x.begin(), x.end())) {
    W sum = 0;
    for (const W v : x) sum += std::exp(v - max);
    log_sum = max + std::log(sum);
  }
  W y(std::size_t i) const { return std::exp(x[i] - log_sum); }
  W scale(std::size_t i) const { return 1 + std::abs(x[i] - max); }

  std::span<const W> x;
  W max, log_sum = 0;
};

}  // namespace

template <class T>
std::vector<Reduction<T>> softmax_family() {
  using W = Wide<T>;
  using L = Line<T>;
  using E = Exact<T>;
  const auto losses = [](const Tensor& x, nn::Reduction reduction) {
    return nn::cross_entropy(x, labels_for(x), {.reduction = reduction});
  };
  return {
      {"logsumexp", [](const Tensor& x, std::int64_t dim) { return logsumexp(x, dim); },
       [](L x, std::size_t, E& e) {
         const Soft<W> soft(x);
         e.add(soft.log_sum, 1 + std::abs(soft.log_sum));
       }},
      {"softmax", [](const Tensor& x, std::int64_t dim) { return softmax(x, dim); },
       [](L x, std::size_t, E& e) {
         const Soft<W> soft(x);
         for (std::size_t i = 0; i < x.size(); ++i) e.add(soft.y(i), soft.y(i) * soft.scale(i));
       }},
      {"log_softmax", [](const Tensor& x, std::int64_t dim) { return log_softmax(x, dim); },
       [](L x, std::size_t, E& e) {
         const Soft<W> soft(x);
         for (std::size_t i = 0; i < x.size(); ++i) e.add(x[i] - soft.log_sum, soft.scale(i));
       }},
      {"cross_entropy", [=](const Tensor& x, std::int64_t) { return losses(x, nn::Reduction::none); },
       [](L x, std::size_t r, E& e) {
         const Soft<W> soft(x);
         const std::size_t label = label_of(r, x.size());
         e.add(soft.log_sum - x[label], soft.scale(label));
       },
       false},
      {"softmax, backward",
       [](const Tensor& x, std::int64_t dim) {
         return pulled_back(x, gradients_for(x, dim), [=](const Tensor& v) { return softmax(v, dim); });
       },
       [](L x, std::size_t r, E& e) {  // y (g - sum(g y))
         const Soft<W> soft(x);
         W mean = 0, magnitude = 0;
         for (std::size_t i = 0; i < x.size(); ++i) {
           mean += soft.y(i) * W(gradient_of(r, i));
           magnitude += soft.y(i) * soft.scale(i) * std::abs(W(gradient_of(r, i)));
         }
         for (std::size_t i = 0; i < x.size(); ++i) {
           const W g = W(gradient_of(r, i));
           e.add(soft.y(i) * (g - mean), soft.y(i) * soft.scale(i) * (std::abs(g) + magnitude));
         }
       }},
      {"log_softmax, backward",
       [](const Tensor& x, std::int64_t dim) {
         return pulled_back(x, gradients_for(x, dim), [=](const Tensor& v) { return log_softmax(v, dim); });
       },
       [](L x, std::size_t r, E& e) {  // g - y sum(g)
         const Soft<W> soft(x);
         W sum = 0, magnitude = 0;
         for (std::size_t i = 0; i < x.size(); ++i) {
           sum += W(gradient_of(r, i));
           magnitude += std::abs(W(gradient_of(r, i)));
         }
         for (std::size_t i = 0; i < x.size(); ++i) {
           const W g = W(gradient_of(r, i)), y = soft.y(i);
           e.add(g - y * sum, std::abs(g) + y * soft.scale(i) * magnitude);
         }
       }},
      {"cross_entropy, backward",
       [=](const Tensor& x, std::int64_t) {
         return pulled_back(x, ones({x.size(0)}, {.dtype = x.dtype()}),
                            [&](const Tensor& v) { return losses(v, nn::Reduction::none); });
       },
       [](L x, std::size_t r, E& e) {  // y, less 1 at the label
         const Soft<W> soft(x);
         for (std::size_t i = 0; i < x.size(); ++i) {
           const W one = i == label_of(r, x.size()) ? 1 : 0;
           e.add(soft.y(i) - one, soft.y(i) * soft.scale(i) + one);
         }
       },
       false},
  };
}

template std::vector<Reduction<float>> softmax_family<float>();
template std::vector<Reduction<double>> softmax_family<double>();

}  // namespace bench
