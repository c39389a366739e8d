// Draws of indices by weights: binary searches in the row's sums. Without replacement, a draw of an index
// that is out already is repeated, and where that happens too often the sums are made anew without those that
// are out.
#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/ops/random.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// One row of weights at a time, and the indices that are drawn by them.
template <class T>
class Row {
 public:
  Row(std::int64_t categories, Generator& generator)
      : sums_(static_cast<std::size_t>(categories)), generator_(generator) {}

  /// Throws Error where the weights are not a distribution.
  void read(const T* weights) {
    weights_ = weights;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      check(weights[i] >= 0 && std::isfinite(weights[i]),
            "multinomial: weight {} at index {} is not a finite number of at least 0", weights[i], i);
    }
    add_up([](std::size_t) { return false; });
    check(sums_.back() > 0, "multinomial: a row of weights has the sum 0; expected a positive one");
  }

  void with_replacement(std::int64_t* out, std::int64_t samples) {
    uniform_.resize(static_cast<std::size_t>(samples));
    generator_.fill_uniform(uniform_.data(), samples);
    for (double u : uniform_) *out++ = index_at(u);
  }

  void without_replacement(std::int64_t* out, std::int64_t samples) {
    const auto positive =
        std::count_if(weights_, weights_ + sums_.size(), [](T weight) { return weight > 0; });
    check(positive >= samples,
          "multinomial: {} samples without replacement, but only {} weights of a row are positive", samples,
          positive);
    is_out_.assign(sums_.size(), false);
    for (std::int64_t i = 0; i < samples; ++i) {
      out[i] = index_at(generator_.uniform());
      for (int repeats = 0; is_out_[static_cast<std::size_t>(out[i])]; ++repeats) {
        if (repeats == kRepeats) add_up([&](std::size_t k) { return is_out_[k]; });
        out[i] = index_at(generator_.uniform());
      }
      is_out_[static_cast<std::size_t>(out[i])] = true;
    }
  }

 private:
  static constexpr int kRepeats = 8;

  template <class IsLeftOut>
  void add_up(const IsLeftOut& is_left_out) {
    double sum = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      if (weights_[i] > 0 && !is_left_out(i))
        last_ = static_cast<std::int64_t>(i), sum += static_cast<double>(weights_[i]);
      sums_[i] = sum;
    }
  }

  /// The first index whose sum is above that part of the whole. The search has no branch to mispredict.
  std::int64_t index_at(double part) const {
    const double mark = part * sums_.back();
    const double* first = sums_.data();
    for (std::size_t n = sums_.size(); n > 1; n -= n / 2) first += first[n / 2 - 1] <= mark ? n / 2 : 0;
    const std::int64_t found = first - sums_.data() + (*first <= mark);
    return std::min(found, last_);  // a mark may be rounded up to the whole
  }

  const T* weights_ = nullptr;
  std::vector<double> sums_;  // of the weights up to each
  std::vector<double> uniform_;
  std::vector<bool> is_out_;  // drawn before
  std::int64_t last_ = 0;     // the last index that may be drawn
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
  Generator& generator = options.generator ? *options.generator : default_generator();
  visit_floating(x.dtype(), "multinomial", [&](auto zero) {
    const auto* from = weights.data<decltype(zero)>();
    auto* to = out.data<std::int64_t>();
    Row<decltype(zero)> row(categories, generator);
    for (std::int64_t r = 0; r < rows; ++r, from += categories, to += num_samples) {
      row.read(from);
      if (options.replacement || num_samples == 1)
        row.with_replacement(to, num_samples);
      else
        row.without_replacement(to, num_samples);
    }
  });
  return out;
}
Tensor multinomial(const Tensor& x, std::int64_t num_samples, bool replacement) {
  return multinomial(x, num_samples, MultinomialOptions{.replacement = replacement});
}

}  // namespace xtape
