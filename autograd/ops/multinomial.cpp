// Draws of indices by weights. With replacement each is a binary search in the row's sums; without, it is a
// race: category i arrives after a time of the exponential distribution of rate weight i, and the first win.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/ops/random.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// One row of weights at a time, and the numbers that are drawn for it.
class Row {
 public:
  Row(std::int64_t categories, std::int64_t samples, Generator& generator)
      : sums_(static_cast<std::size_t>(categories)),
        uniform_(static_cast<std::size_t>(std::max(categories, samples))),
        generator_(generator) {}

  template <class T>
  void read(const T* weights) {
    positive_ = 0;
    double sum = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const auto weight = static_cast<double>(weights[i]);
      check(weight >= 0 && std::isfinite(weight),
            "multinomial: weight {} at index {} is not a finite number of at least 0", weight, i);
      if (weight > 0) last_ = static_cast<std::int64_t>(i), ++positive_;
      sums_[i] = sum += weight;
    }
    check(positive_ > 0, "multinomial: a row of weights has the sum 0; expected a positive one");
  }

  std::int64_t positive() const { return positive_; }

  void with_replacement(std::int64_t* out, std::int64_t samples) {
    generator_.fill_uniform(uniform_.data(), samples);
    for (std::int64_t i = 0; i < samples; ++i) {
      const double mark = uniform_[static_cast<std::size_t>(i)] * sums_.back();
      const auto found = std::upper_bound(sums_.begin(), sums_.end(), mark);
      out[i] = std::min<std::int64_t>(found - sums_.begin(), last_);  // a mark may be rounded up to the sum
    }
  }

  template <class T>
  void without_replacement(const T* weights, std::int64_t* out, std::int64_t samples) {
    const auto categories = static_cast<std::int64_t>(sums_.size());
    generator_.fill_uniform(uniform_.data(), categories);
    for (std::int64_t i = 0; i < categories; ++i) {
      auto& arrival = uniform_[static_cast<std::size_t>(i)];
      arrival = weights[i] > 0 ? -std::log1p(-arrival) / static_cast<double>(weights[i])
                               : std::numeric_limits<double>::infinity();
    }
    order_.resize(sums_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::partial_sort(order_.begin(), order_.begin() + samples, order_.end(),
                      [&](std::int64_t a, std::int64_t b) {
                        return uniform_[static_cast<std::size_t>(a)] < uniform_[static_cast<std::size_t>(b)];
                      });
    std::copy_n(order_.begin(), samples, out);
  }

 private:
  std::vector<double> sums_;     // of the weights up to each
  std::vector<double> uniform_;  // in [0, 1); then times of arrival
  std::vector<std::int64_t> order_;
  std::int64_t last_ = 0, positive_ = 0;  // the last positive weight, and how many there are
  Generator& generator_;
};

void check_arguments(const Tensor& x, std::int64_t samples, bool replacement) {
  check_floating(x.dtype(), "multinomial");
  check(x.dim() == 1 || x.dim() == 2,
        "multinomial: the weights have shape {}; expected {{categories}} or {{rows, categories}}", x.shape());
  check(samples > 0, "multinomial: expected at least 1 sample, got {}", samples);
  check(x.size(-1) > 0, "multinomial: the weights of shape {} have no category to draw", x.shape());
  check(replacement || samples <= x.size(-1),
        "multinomial: {} samples without replacement are more than the {} categories", samples, x.size(-1));
}

}  // namespace

Tensor multinomial(const Tensor& x, std::int64_t num_samples, const MultinomialOptions& options) {
  check_arguments(x, num_samples, options.replacement);
  const Tensor weights = x.detach().contiguous();
  const std::int64_t categories = x.size(-1), rows = x.numel() / categories;
  const Tensor out = make_tensor(x.dim() == 1 ? Shape{num_samples} : Shape{rows, num_samples}, kInt64);
  Row row(categories, num_samples, options.generator ? *options.generator : default_generator());
  visit_floating(x.dtype(), "multinomial", [&](auto zero) {
    const auto* from = weights.data<decltype(zero)>();
    auto* to = out.data<std::int64_t>();
    for (std::int64_t r = 0; r < rows; ++r, from += categories, to += num_samples) {
      row.read(from);
      if (options.replacement || num_samples == 1) {
        row.with_replacement(to, num_samples);
        continue;
      }
      check(row.positive() >= num_samples,
            "multinomial: {} samples without replacement, but only {} weights of a row are positive",
            num_samples, row.positive());
      row.without_replacement(from, to, num_samples);
    }
  });
  return out;
}
Tensor multinomial(const Tensor& x, std::int64_t num_samples, bool replacement) {
  return multinomial(x, num_samples, MultinomialOptions{.replacement = replacement});
}

}  // namespace xtape
