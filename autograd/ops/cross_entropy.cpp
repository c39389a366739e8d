// Cross-entropy with class labels: softmax, logarithm and choice of the label in one op.
#include "autograd/kernels/cross_entropy.hpp"
#include "autograd/graph/record.hpp"
#include "autograd/ops/cross_entropy.hpp"

namespace xtape {

using namespace op;

namespace {

/// Throws unless x is {N, C}, and labels are {N} and int64.
void check_shapes(const Tensor& x, const Tensor& labels, std::string_view op) {
  check(x.is_floating_point() && x.dim() == 2, "{}: the scores are {} of shape {}; expected floats {{N, C}}",
        op, x.dtype(), x.shape());
  const std::int64_t rows = x.shape()[0];
  check(labels.dtype() == kInt64 && labels.shape() == Shape{rows},
        "{}: the labels are {} of shape {}; expected int64 {}", op, labels.dtype(), labels.shape(),
        Shape{rows});
}

/// Throws unless the labels are in [0, classes), naming the loss that the op belongs to.
void check_range(const Tensor& labels, std::int64_t classes) {
  const auto* label = labels.data<std::int64_t>();
  for (std::int64_t i = 0; i < labels.numel(); ++i) {
    check(0 <= label[i] && label[i] < classes,
          "cross_entropy: label {} at position {} is out of range for {} classes", label[i], i, classes);
  }
}

/// Scores of `shape` with labels, and a gradient for each row where one is asked for.
std::function<std::vector<Tensor>()> with_labels(const Shape& shape, const std::vector<std::int64_t>& labels,
                                                 bool with_gradient) {
  return [=] {
    const auto values = [](const Shape& of) {
      return reshape(2 * sin(1.7 * arange(0, of.numel(), {.dtype = kFloat64})), of);
    };
    std::vector<Tensor> inputs{values(shape), from_vector(labels, {labels.size()})};
    if (with_gradient) inputs.push_back(values({shape[0]}) + 0.5);
    return inputs;
  };
}

/// The cases of both ops; `gradient`: whether the op takes one.
template <class O>
Cases<O> label_cases(bool gradient) {
  const auto make = [gradient](const Shape& shape, const std::vector<std::int64_t>& labels) {
    return with_labels(shape, labels, gradient);
  };
  const std::string op(O::name);
  std::vector<std::int64_t> many(40);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i * 7 % 3);
  return {
      {.make = make({3, 4}, {2, 0, 3})},
      {.make = make({2, 40}, {39, 7})},
      {.make = make({40, 3}, many)},
      {.make = make({3, 1}, {0, 0, 0})},
      {.make = make({0, 3}, {})},
      {.make = make({2, 3}, {0}), .error = op + ": the labels are int64 of shape {1}; expected int64 {2}"}};
}

/// dx = (softmax(x) - one_hot(label)) g for each row, g {N}
struct LabelCrossEntropyBackward {
  static constexpr std::string_view name = "label_cross_entropy_backward";
  static constexpr Reads reads = Reads::inputs;
  static constexpr bool strided = true;  // the g of a mean is one number for all rows

  Tensor forward(const Tensor& x, const Tensor& labels, const Tensor& g) const {
    const Tensor scores = x.contiguous(), places = labels.contiguous();
    check_shapes(scores, places, name);  // their range is the forward's to check: nobody has written since
    return kernels::label_cross_entropy_backward(scores, places, g);
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    const Tensor s = softmax(in[0], 1);
    const Tensor hs = sum(h * s, 1);
    wrt(0, [&] { return s * (h - unsqueeze(hs, 1)) * unsqueeze(in[2], 1); });
    wrt(2, [&] { return hs - squeeze(gather(h, 1, unsqueeze(in[1], 1)), 1); });
  }
  static Cases<LabelCrossEntropyBackward> cases() { return label_cases<LabelCrossEntropyBackward>(true); }
};

/// y = log(sum(e^x)) - x[label] for each row of x {N, C}
struct LabelCrossEntropy {
  static constexpr std::string_view name = "label_cross_entropy";
  static constexpr Reads reads = Reads::input0 | Reads::input1;

  Tensor forward(const Tensor& x, const Tensor& labels) const {
    check_shapes(x, labels, name);
    check_range(labels, x.shape()[1]);
    return kernels::label_cross_entropy(x, labels);
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(LabelCrossEntropyBackward{}, in[0], in[1], g); });
  }
  static Cases<LabelCrossEntropy> cases() {
    return label_cases<LabelCrossEntropy>(false)
        .add({.make = with_labels({2, 3}, {0, 3}, false),
              .error = "cross_entropy: label 3 at position 1 is out of range for 3 classes"})
        .add({.make = with_labels({2, 3}, {0, -1}, false),
              .error = "cross_entropy: label -1 at position 1 is out of range"});
  }
};

}  // namespace

Tensor label_cross_entropy(const Tensor& logits, const Tensor& labels) {
  return record(LabelCrossEntropy{}, logits, labels);
}

}  // namespace xtape
