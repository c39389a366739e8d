// The CIFAR-10 exercise's two- and three-layer nets on its exact vectors: scores, losses and gradients. Needs
// no data.
//
//   build/release/examples/course/cifar_layers
//
// Each line of the output compares a number with the exercise's, and the exit code is 1 if one differs:
//
//   two layers: 5, 50, 7
//     ok    scores of the first sample                   7 numbers, off by 4.8e-09, expected at most 1e-08
//     ...
//     ok    loss with reg = 1                            26.5948426952, expected 26.5948426952 +- 1e-10
//     ...
//     ok    reg 0.7: gradients against differences       1.07611e-08, expected at most 3e-07
//     ok    reg 0.7: gradients by hand and autograd      3.32922e-15, expected at most 1e-12
//   three layers: 5, 50, 30, 7
//     ...
//     ok    reg 0.7: gradients against differences       5.40379e-08, expected at most 4e-06
//     ok    reg 0.7: gradients by hand and autograd      1.62004e-15, expected at most 1e-12
#include <fmt/format.h>

#include <algorithm>

#include "common/by_hand.hpp"
#include "common/checks.hpp"
#include "common/options.hpp"

using namespace xtape;
using course::by_hand::Layer;

namespace {

/// Three samples of five features; the exercise's linspace(-5.5, 4.5, N * D).reshape(D, N).T
const Tensor& samples() {
  static const Tensor x = t(reshape(linspace(-5.5, 4.5, 15, {.dtype = kFloat64}), {5, 3}));
  return x;
}
const Tensor& labels() {
  static const Tensor y = tensor({0, 5, 1});
  return y;
}

/// Fully connected layers with relu between them, filled with the exercise's numbers: weights from -0.7 to
/// 0.3 in the first layer and from -0.3 to 0.4 in the others, the first bias from -0.1 to 0.9, the others
/// from -0.9 to 0.1. The exercise's theta is {in, out}, a layer's weight {out, in}.
nn::MLP make_net(const std::vector<std::int64_t>& sizes) {
  nn::MLP net(sizes, {.activation = nn::Activation::relu, .dtype = kFloat64});
  const std::vector<Layer> layers = course::by_hand::layers_of(net);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::int64_t in = sizes[l], out = sizes[l + 1];
    const double w0 = l == 0 ? -0.7 : -0.3, w1 = l == 0 ? 0.3 : 0.4, b0 = l == 0 ? -0.1 : -0.9;
    layers[l].W.copy_(t(reshape(linspace(w0, w1, in * out, {.dtype = kFloat64}), {in, out})));
    layers[l].b.copy_(linspace(b0, b0 + 1, out, {.dtype = kFloat64}));
  }
  return net;
}

/// Cross-entropy + 0.5 reg sum W^2, as the library spells it.
Tensor loss(nn::MLP& net, double reg) {
  return nn::cross_entropy(net(samples()), labels()) + nn::l2_penalty(net, reg);
}

struct LossAndGradients {
  double loss;
  std::vector<Layer> gradients;
};

/// The same layer by layer, with the gradients: what the exercise asks its reader to write.
LossAndGradients loss_by_hand(const std::vector<Layer>& layers, double reg) {
  using namespace course::by_hand;
  const Pass pass = forward(layers, samples(), nn::Activation::relu);
  const Cost cost = softmax_cross_entropy(pass.Z.back(), labels());
  LossAndGradients result{cost.J, backward(layers, pass, cost.dZ, nn::Activation::relu)};
  for (std::size_t l = 0; l < layers.size(); ++l) {
    result.loss += 0.5 * reg * sum(square(layers[l].W)).item();
    result.gradients[l].W += reg * layers[l].W;
  }
  return result;
}

/// Central differences of the loss by hand, (4 D(h) - D(2 h)) / 3 with D(h) = (f(x + h) - f(x - h)) / 2 h:
/// the errors in h^2 cancel, so h may be great enough for the rounding of a loss near 60 not to show.
std::vector<Tensor> differences(const std::vector<Tensor>& theta, double reg) {
  constexpr double h = 5e-4;
  const auto f = [reg](const std::vector<Tensor>& x) {
    return tensor(loss_by_hand(course::by_hand::layers_from(x), reg).loss, {.dtype = kFloat64});
  };
  const std::vector<Tensor> narrow = numerical_gradient(f, theta, h),
                            wide = numerical_gradient(f, theta, 2 * h);
  std::vector<Tensor> numeric;
  for (std::size_t i = 0; i < theta.size(); ++i) numeric.push_back((4 * narrow[i] - wide[i]) / 3);
  return numeric;
}

/// Gradients by hand equal those of autograd, and those of autograd equal central differences: max |a - n| /
/// max(1e-8, |a| + |n|) over all parameters, the exercise's measure, is at most `tolerance`.
void check_gradients(nn::MLP& net, double reg, double tolerance, course::Checks& checks) {
  const std::vector<Layer> layers = course::by_hand::layers_of(net);
  net.zero_grad();
  loss(net, reg).backward();
  const std::vector<Layer> gradients = course::by_hand::gradients_of(net);
  const std::vector<Tensor> numeric = differences(course::by_hand::tensors(layers), reg);

  double worst = 0;
  const std::vector<Tensor> analytic = course::by_hand::tensors(gradients);
  for (std::size_t i = 0; i < numeric.size(); ++i) {
    worst = std::max(worst, relative_error(analytic[i], numeric[i]));
  }
  const double by_hand = course::by_hand::worst_error(loss_by_hand(layers, reg).gradients, gradients);
  checks.at_most(fmt::format("reg {}: gradients against differences", reg), worst, tolerance);
  checks.at_most(fmt::format("reg {}: gradients by hand and autograd", reg), by_hand, 1e-12);
}

void check_losses(nn::MLP& net, double plain, double regularised, course::Checks& checks) {
  const std::vector<Layer> layers = course::by_hand::layers_of(net);
  checks.near("loss", loss(net, 0).item(), plain, 1e-10);
  checks.near("loss with reg = 1", loss(net, 1).item(), regularised, 1e-10);
  checks.near("loss by hand", loss_by_hand(layers, 0).loss, plain, 1e-10);
  checks.near("loss by hand with reg = 1", loss_by_hand(layers, 1).loss, regularised, 1e-10);
}

void two_layers(course::Checks& checks) {
  fmt::print("two layers: 5, 50, 7\n");
  nn::MLP net = make_net({5, 50, 7});
  const Tensor scores = net(samples());
  const TensorOptions f64{.dtype = kFloat64};
  checks.near(
      "scores of the first sample", scores[0],
      tensor({11.53165108, 12.2917344, 13.05181771, 13.81190102, 14.57198434, 15.33206765, 16.09215096}, f64),
      1e-8);
  checks.near("scores of class 0", select(scores, 1, 0), tensor({11.53165108, 12.05769098, 12.58373087}, f64),
              1e-8);
  checks.near("scores of class 6", select(scores, 1, 6), tensor({16.09215096, 16.18839143, 16.2846319}, f64),
              1e-8);
  check_losses(net, 3.4702243556, 26.5948426952, checks);
  for (double reg : {0.0, 0.7}) check_gradients(net, reg, 3e-7, checks);
}

void three_layers(course::Checks& checks) {
  fmt::print("three layers: 5, 50, 30, 7\n");
  nn::MLP net = make_net({5, 50, 30, 7});
  const Tensor scores = net(samples());
  checks.near("first score of the first sample", scores[0][0].item(), 24.7529953, 1e-8);
  checks.near("last score of the first sample", scores[0][6].item(), 34.08055524, 1e-8);
  check_losses(net, 6.56064352723, 59.1928674811, checks);
  for (double reg : {0.0, 0.7}) check_gradients(net, reg, 4e-6, checks);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The CIFAR-10 exercise's nets on its exact vectors; needs no data.", "cifar_layers");
  course::Options options;
  course::add_options(app, options);
  return course::run(app, argc, argv, [] {
    course::Checks checks;
    two_layers(checks);
    three_layers(checks);
    checks.finish();
  });
}
