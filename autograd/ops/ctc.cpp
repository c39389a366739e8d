// The CTC loss and its gradient as ops. The gradient's own is that of the loss made of other ops, twice.
#include "autograd/ops/ctc.hpp"

#include "autograd/graph/backward.hpp"
#include "autograd/graph/record.hpp"
#include "autograd/kernels/ctc.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using std::int64_t;

constexpr double kHardlyEver = -1e30;  // a finite logarithm of 0, which keeps gradients finite

struct Settings {
  int64_t blank = 0;
  bool zero_infinity = false;

  Attributes attributes() const { return {{"blank", blank}, {"zero_infinity", zero_infinity}}; }
};

/// The labels {N, 2 S + 1} with blanks around each.
Tensor with_blanks(const Tensor& targets, int64_t blank) {
  const Tensor blanks = full(targets.shape(), blank, {.dtype = kInt64});
  const Tensor pairs = reshape(stack({blanks, targets}, 2), {targets.size(0), 2 * targets.size(1)});
  return cat({pairs, full({targets.size(0), 1}, blank, {.dtype = kInt64})}, 1);
}

/// x {N, places} moved on by `count` places.
Tensor moved(const Tensor& x, int64_t count) {
  const int64_t places = x.size(1), kept = std::max<int64_t>(0, places - count);
  const Tensor front = full({x.size(0), places - kept}, kHardlyEver, {.dtype = x.dtype()});
  return cat({front, narrow(x, 1, 0, kept)}, 1);
}

/// The losses {N} by ops that differentiate any number of times. Each n has one time or more.
Tensor composed_losses(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                       const Tensor& target_lengths, const Settings& settings) {
  const DType dtype = log_probs.dtype();
  const int64_t batch = targets.size(0), places = 2 * targets.size(1) + 1;
  // Labels behind a target's end may be any numbers.
  const Tensor labels = with_blanks(clamp(targets, 0, log_probs.size(2) - 1), settings.blank);
  const Tensor place = arange(0, places);
  const Tensor two_before =
      cat({labels.slice(1, 0, std::min<int64_t>(2, places)), labels.slice(1, 0, places - 2)}, 1)
          .slice(1, 0, places);
  const Tensor skips = logical_and(remainder(place, 2) == 1, labels != two_before);
  const auto at_time = [&](int64_t t) { return gather(select(log_probs, 0, t), 1, labels); };
  Tensor sums = where(place.expand({batch, places}) < 2, at_time(0), full({}, kHardlyEver, {.dtype = dtype}));
  for (int64_t t = 1; t < log_probs.size(0); ++t) {
    const Tensor skipped = masked_fill(moved(sums, 2), logical_not(skips), kHardlyEver);
    const Tensor next = logsumexp(stack({sums, moved(sums, 1), skipped}), 0) + at_time(t);
    sums = where(unsqueeze(input_lengths > t, 1), next, sums);
  }
  const Tensor last = unsqueeze(2 * target_lengths, 1);
  const Tensor before = masked_fill(gather(sums, 1, clamp_min(last - 1, 0)), last == 0, kHardlyEver);
  return -logsumexp(cat({gather(sums, 1, last), before}, 1), 1);
}

/// Cases of both ops, with a gradient of the losses where one is wanted.
template <class O>
Cases<O> ctc_cases(bool with_gradient) {
  Cases<O> cases;
  const auto add = [&](int64_t times, int64_t classes, const std::vector<std::vector<int64_t>>& targets,
                       const std::vector<int64_t>& input_lengths, const std::vector<int64_t>& target_lengths,
                       const Settings& settings, const std::string& error = "") {
    const auto n = static_cast<int64_t>(targets.size());
    const auto width = n == 0 ? 0 : static_cast<int64_t>(targets[0].size());
    std::vector<int64_t> flat;
    for (const auto& row : targets) flat.insert(flat.end(), row.begin(), row.end());
    const auto make = [=] {
      const Tensor x = 2 * sin(1.9 * arange(0, times * n * classes, {.dtype = kFloat64}));
      std::vector<Tensor> in{log_softmax(reshape(x, {times, n, classes}), 2), from_vector(flat, {n, width}),
                             from_vector(input_lengths, {n}), from_vector(target_lengths, {n})};
      if (with_gradient) in.push_back(sin(arange(1, n + 1, {.dtype = kFloat64})) + 0.3);
      return in;
    };
    cases.add({.make = make, .error = error}, O{settings});
  };
  const std::string op(O::name);
  add(4, 3, {{1, 2}, {2, 2}}, {4, 3}, {2, 2}, {});
  add(3, 4, {{0, 3}, {1, 0}}, {3, 2}, {1, 2}, {.blank = 2});
  add(3, 2, {{1}, {1}}, {3, 3}, {1, 0}, {});
  add(2, 3, {{1, 1}, {2, 1}}, {2, 2}, {2, 2}, {.zero_infinity = true});
  add(2, 3, {{}}, {2}, {0}, {});
  add(2, 3, {}, {}, {}, {});
  if (with_gradient) return cases;
  add(2, 3, {{1, 3}}, {2}, {2}, {}, op + ": label 3 of target 0 is out of range for 3 classes");
  add(2, 3, {{1, 9}}, {3}, {1}, {}, op + ": input length 3 of target 0 is out of range for 2 times");
  add(2, 3, {{1, 9}}, {2}, {3}, {}, op + ": target length 3 of target 0 is out of range for 2 labels");
  add(2, 3, {{1}}, {2}, {1}, {.blank = 3}, op + ": blank 3 is out of range for 3 classes");
  return cases;
}

kernels::CtcCall call_of(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                         const Tensor& target_lengths, const Settings& settings) {
  return {log_probs, targets, input_lengths, target_lengths, settings.blank, settings.zero_infinity};
}

/// dlog_probs[t, n, c] = -g[n] (the probability that time t of target n is c, given the target)
struct CtcLossBackward {
  static constexpr std::string_view name = "ctc_loss_backward";
  static constexpr Reads reads = Reads::inputs;

  Settings settings;

  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths, const Tensor& g) const {
    return kernels::ctc_loss_backward(call_of(log_probs, targets, input_lengths, target_lengths, settings),
                                      g);
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    if (in[1].size(0) == 0) return;
    const bool recorded = grad_enabled();
    const EnableGradGuard on;
    const auto differentiable = [&](const Tensor& x) {
      return recorded && x.requires_grad() ? x : x.detach().requires_grad_();
    };
    const Tensor x = differentiable(in[0]), g = differentiable(in[4]);
    const Tensor losses = composed_losses(x, in[1], in[2], in[3], settings);
    const Tensor counted = where(losses < -kHardlyEver / 2, g, zeros_like(g.detach()));
    const Tensor dx = grad({losses}, {x}, {.grad_outputs = {counted}, .create_graph = true})[0];
    const auto gradients = grad({dx}, {x, g}, {.grad_outputs = {h}, .create_graph = recorded});
    wrt(0, [&] { return gradients[0]; });
    wrt(4, [&] { return gradients[1]; });
  }

  Attributes attributes() const { return settings.attributes(); }
  static Cases<CtcLossBackward> cases() { return ctc_cases<CtcLossBackward>(true); }
};

/// losses[n] = -log of the sum, over all sequences of times that spell target n, of their probabilities
struct CtcLoss {
  static constexpr std::string_view name = "ctc_loss";
  static constexpr Reads reads = Reads::inputs;

  Settings settings;

  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths) const {
    check_ranges(log_probs, targets, input_lengths, target_lengths);
    return kernels::ctc_loss(call_of(log_probs, targets, input_lengths, target_lengths, settings));
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(CtcLossBackward{settings}, in[0], in[1], in[2], in[3], g); });
  }

  Attributes attributes() const { return settings.attributes(); }
  static Cases<CtcLoss> cases() { return ctc_cases<CtcLoss>(false); }

 private:
  void check_ranges(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                    const Tensor& target_lengths) const;
};

void CtcLoss::check_ranges(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                           const Tensor& target_lengths) const {
  const int64_t times = log_probs.size(0), classes = log_probs.size(2), width = targets.size(1);
  check(settings.blank >= 0 && settings.blank < classes, "ctc_loss: blank {} is out of range for {} classes",
        settings.blank, classes);
  const int64_t *label = targets.data<int64_t>(), *inputs = input_lengths.data<int64_t>(),
                *lengths = target_lengths.data<int64_t>();
  for (int64_t n = 0; n < targets.size(0); ++n, label += width) {
    check(inputs[n] >= 0 && inputs[n] <= times,
          "ctc_loss: input length {} of target {} is out of range for {} times", inputs[n], n, times);
    check(lengths[n] >= 0 && lengths[n] <= width,
          "ctc_loss: target length {} of target {} is out of range for {} labels", lengths[n], n, width);
    for (int64_t s = 0; s < lengths[n]; ++s) {
      check(label[s] >= 0 && label[s] < classes,
            "ctc_loss: label {} of target {} is out of range for {} classes", label[s], n, classes);
    }
  }
}

}  // namespace

Tensor ctc_losses(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                  const Tensor& target_lengths, int64_t blank, bool zero_infinity) {
  return record(CtcLoss{{blank, zero_infinity}}, log_probs, targets, input_lengths, target_lengths);
}

}  // namespace xtape
