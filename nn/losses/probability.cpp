// Losses on probabilities: binary cross-entropy of probabilities or logits, and the Kullback-Leibler
// divergence.
#include "nn/losses/probability.hpp"

#include <cmath>

#include "autograd/graph/record.hpp"
#include "nn/losses/detail/elementwise.hpp"

namespace xtape::nn {

namespace {

constexpr double kLeastLog = -100;  // as in PyTorch: a certain but wrong prediction costs 100, not infinity
constexpr double kLeastProduct = 1e-12;  // of x (1 - x) in the gradient

/// y = (x - t) / (x (1 - x)), the slope of the binary cross-entropy, with a denominator of at least 1e-12
/// dx = g (x^2 - 2 x t + t) / (x (1 - x))^2, both factors at least 1e-12, as in PyTorch
struct BinaryCrossEntropySlope {
  static constexpr std::string_view name = "binary_cross_entropy_slope";
  static constexpr op::Reads reads = op::Reads::inputs;

  Tensor forward(const Tensor& x, const Tensor& t) const {
    return (x - t) / clamp(x * (1 - x), kLeastProduct);
  }
  void vjp(const op::Inputs& in, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    const Tensor& x = in[0];
    const Tensor& t = in[1];
    wrt(0, [&] {
      const Tensor denominator = square(clamp(x, kLeastProduct) * clamp(1 - x, kLeastProduct));
      return g * ((square(x) - 2 * x * t + t) / denominator);
    });
    wrt(1, [&] { return -g / clamp(x * (1 - x), kLeastProduct); });
  }
  static double reference(double x, double t) { return (x - t) / std::max(x * (1 - x), kLeastProduct); }
  static op::Cases<BinaryCrossEntropySlope> cases() {
    return {{.inputs = {{3, 4}, {3, 4}}, .low = 0.2, .high = 0.8},
            {.inputs = {{}, {}}, .low = 0.2, .high = 0.8},
            {.inputs = {{3, 4}, {4}}, .low = 0.2, .high = 0.8},
            {.inputs = {{0, 3}, {0, 3}}}};
  }
};

/// y = -t log x - (1 - t) log(1 - x)      dx = (x - t) / (x (1 - x))      dt = log(1 - x) - log x
/// An op of its own, since autograd through the clamped logarithms gives 0 times infinity at x = 0 and x = 1.
/// The target's gradient is bounded by 100 there, as the loss is; PyTorch's is infinite.
struct BinaryCrossEntropy {
  static constexpr std::string_view name = "binary_cross_entropy";
  static constexpr op::Reads reads = op::Reads::inputs;

  Tensor forward(const Tensor& x, const Tensor& t) const {
    return (t - 1) * clamp(log1p(-x), kLeastLog) - t * clamp(log(x), kLeastLog);
  }
  void vjp(const op::Inputs& in, const Tensor&, const Tensor& g, op::Wrt& wrt) const {
    const Tensor& x = in[0];
    const Tensor& t = in[1];
    wrt(0, [&] { return g * record(BinaryCrossEntropySlope{}, x, t); });
    wrt(1, [&] { return g * (clamp(log1p(-x), kLeastLog) - clamp(log(x), kLeastLog)); });
  }
  static double reference(double x, double t) {
    return -t * std::max(std::log(x), kLeastLog) - (1 - t) * std::max(std::log1p(-x), kLeastLog);
  }
  static op::Cases<BinaryCrossEntropy> cases() {
    return {{.inputs = {{3, 4}, {3, 4}}, .low = 0.1, .high = 0.9},
            {.inputs = {{}, {}}, .low = 0.1, .high = 0.9},
            {.inputs = {{3, 4}, {4}}, .low = 0.1, .high = 0.9},
            {.inputs = {{0, 3}, {0, 3}}},
            {.inputs = {{2}, {3}}, .low = 0.1, .high = 0.9, .error = "{2}"}};
  }
};

Tensor weighted(const Tensor& losses, const Tensor& weight) {
  return weight.defined() ? losses * weight.to(losses.dtype()) : losses;
}

/// The binary losses want equal shapes, as in PyTorch: a broadcast target is a mistake there.
void check_binary(const Tensor& input, const Tensor& target, std::string_view op) {
  check_target(input, target, op);
  check(target.shape() == input.shape(), "{}: the target's shape {} differs from the input's {}", op,
        target.shape(), input.shape());
  check(target.is_floating_point(), "{}: the target is {}; expected float32 or float64", op, target.dtype());
}

void check_fits(const Tensor& weight, const Tensor& input, const char* what, std::string_view op) {
  if (!weight.defined()) return;
  check(xtape::detail::broadcasts_to(weight.shape(), input.shape()),
        "{}: the {}'s shape {} does not broadcast to the input's {}", op, what, weight.shape(),
        input.shape());
}

void check_probabilities(const Tensor& input) {
  const Tensor x = input.detach().contiguous();
  xtape::detail::visit_floating(x.dtype(), "binary_cross_entropy", [&]<class T>(T) {
    const T* values = x.data<T>();
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      check(values[i] >= 0 && values[i] <= 1,
            "binary_cross_entropy: element {} is {}; expected probabilities from 0 to 1 (for logits there is "
            "binary_cross_entropy_with_logits)",
            i, values[i]);
    }
  });
}

}  // namespace

Tensor binary_cross_entropy(const Tensor& input, const Tensor& target,
                            const BinaryCrossEntropyOptions& options) {
  constexpr std::string_view op = "binary_cross_entropy";
  check_binary(input, target, op);
  check_fits(options.weight, input, "weight", op);
  check_probabilities(input);
  const Tensor losses = record(BinaryCrossEntropy{}, input, target.to(input.dtype()));
  return reduced(weighted(losses, options.weight), options.reduction, op);
}

Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options) {
  constexpr std::string_view op = "binary_cross_entropy_with_logits";
  check_binary(logits, target, op);
  check_fits(options.weight, logits, "weight", op);
  check_fits(options.pos_weight, logits, "pos_weight", op);
  // softplus(-x) = -log sigmoid(x); below e^-40 the 1 + in log(1 + e^-x) is lost in float64 too
  const Tensor minus_log_sigmoid = softplus(-logits, /*beta=*/1, /*threshold=*/40);
  const Tensor positive = options.pos_weight.defined()
                              ? ((options.pos_weight.to(logits.dtype()) - 1) * target + 1) * minus_log_sigmoid
                              : minus_log_sigmoid;
  const Tensor losses = (1 - target) * logits + positive;
  return reduced(weighted(losses, options.weight), options.reduction, op);
}

Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivOptions& options) {
  check_target(input, target, "kl_div");
  Tensor losses;
  if (options.log_target) {
    losses = exp(target) * (target - input);
  } else {
    // t log t is 0 at t = 0, and has no gradient there; below 0 it is NaN
    const Tensor safe = masked_fill(target, target == 0, 1);
    losses = target * log(safe) - target * input;
  }
  if (options.reduction != Reduction::batchmean) return reduced(losses, options.reduction, "kl_div");
  return sum(losses) / (input.dim() > 0 ? input.size(0) : 1);
}

}  // namespace xtape::nn
