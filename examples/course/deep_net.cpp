// Deep nets as in the notes: any number of layers by hand beside autograd, the gradient check by the ratio of
// norms, dropout with a keep probability per layer, and batch, mini-batch and stochastic descent side by
// side. On two half moons, then digit 0 against the rest.
//
//   build/release/examples/course/deep_net --data FOLDER    (--no-data: the half moons alone)
//
// The output of seed 0; the exit code is 1 if a number is wrong:
//
//   gradient checks
//     ok    gradient of prod(x)                          5 numbers, off by 0.0e+00, expected at most 1e-15
//     ok    ratio for f = prod(x), step 1e-3             1.0398e-14, expected at most 1e-12
//     ok    ratio where one element is 1% off            0.00219024, expected at least 0.0001
//     ok    relu: gradients by hand and autograd         1.43875e-16, expected at most 1e-12
//     ok    relu: ratio against differences              1.33621e-09, expected at most 1e-06
//     ...
//   dropout
//     ok    keep 0.9: share kept                         0.89975, expected 0.9 +- 1e-02
//     ...
//   keep 1.00, 1.00, 1.00: train cost 0.0022, error 0.0000; dev cost 2.1317, error 0.1875
//   keep 0.95, 0.50, 0.80: train cost 0.2122, error 0.1000; dev cost 0.4395, error 0.1405
//     ok    dev cost - train cost with dropout           0.227339, expected at most 2.12947
//   descents
//   batch                  60 steps  cost 0.6486 -> 0.3055  accuracy 0.8900  0.02 s
//   mini-batch of 32      600 steps  cost 0.6868 -> 0.2323  accuracy 0.9033  0.04 s
//   stochastic          18000 steps  cost 0.9026 -> 0.0937  accuracy 0.9533  0.44 s
//   picture: course_output/deep_net_descents.svg
//     ...
//   digit 0 against the rest, 58800 images
//   ...
//   (Epoch 5 / 5) train acc: 0.998639; val_acc: 0.995000
//   neither high bias nor high variance (train error 0.21%, dev error 0.50%, e = 1.00%): both errors are
//   below e
//     ok    error on the 10,000 test images              0.0029, expected at most 0.005
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "common/by_hand.hpp"
#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/diagnosis.hpp"
#include "common/pictures.hpp"
#include "common/regularisation.hpp"
#include "common/yes_or_no.hpp"

using namespace xtape;
using nn::Activation;

namespace {

const TensorOptions kDouble{.dtype = kFloat64};

/// The notes' check: F, central differences with step 1e-3, and grad are held together by the ratio
/// |F - grad| / (|F| + |grad|). For f = prod(x), which is linear in each x_i, the differences are exact.
void check_ratio(course::Checks& checks) {
  const auto f = [](const std::vector<Tensor>& x) { return prod(x[0]); };
  const Tensor x = tensor({1.5, -2, 0.5, 3, 0.25}, {.dtype = kFloat64, .requires_grad = true});
  const Tensor F = numerical_gradient(f, {x}, 1e-3)[0];
  const Tensor gradient = grad({f({x})}, {x})[0];  // d prod(x) / dx_i = the product of the others
  checks.near("gradient of prod(x)", gradient, prod(x.detach()) / x.detach(), 1e-15);
  checks.at_most("ratio for f = prod(x), step 1e-3", norm_relative_error(F, gradient), 1e-12);

  const Tensor wrong = gradient.clone();
  wrong[2] *= 1.01;
  checks.at_least("ratio where one element is 1% off", norm_relative_error(F, wrong), 1e-4);
}

/// 2-16-8-4-1: dZ of the last layer is (A - Y) / n; each layer below gets dA = dZ W and dZ = dA g'(Z). By
/// hand, by autograd, and by the ratio against differences.
void check_backward(Activation g, const datasets::TensorDataset& data, course::Checks& checks) {
  using namespace course::by_hand;
  nn::MLP net({2, 16, 8, 4, 1}, {.activation = g, .dtype = kFloat64});
  nn::binary_cross_entropy_with_logits(net(data.x()), data.y()).backward();

  const std::vector<Layer> layers = layers_of(net);
  const auto J = [&](const std::vector<Tensor>& theta) {
    const Pass pass = forward(layers_from(theta), data.x(), g);
    return tensor(sigmoid_log_loss(pass.Z.back(), data.y()).J, kDouble);
  };
  const Pass pass = forward(layers, data.x(), g);
  const Cost cost = sigmoid_log_loss(pass.Z.back(), data.y());
  const std::vector<Layer> gradients = backward(layers, pass, cost.dZ, g);
  checks.at_most(fmt::format("{}: gradients by hand and autograd", nn::to_string(g)),
                 worst_error(gradients, gradients_of(net)), 1e-12);
  const std::vector<Layer> differences = layers_from(numerical_gradient(J, tensors(layers), 1e-5));
  checks.at_most(fmt::format("{}: ratio against differences", nn::to_string(g)),
                 worst_error(gradients, differences), 1e-6);
}

/// Inverted dropout: in training a value is kept with probability k and divided by k, so that its mean stays;
/// in evaluation nothing happens.
void check_dropout(course::Checks& checks) {
  for (double keep : {0.9, 0.5}) {
    nn::Dropout layer({.p = 1 - keep});
    const Tensor x = ones({100'000}, kDouble), y = layer(x);
    const Tensor kept = y != 0;
    checks.near(fmt::format("keep {}: share kept", keep), mean(kept.to(kFloat64)).item(), keep, 0.01);
    checks.near(fmt::format("keep {}: greatest value", keep), max(y).item(), 1 / keep, 1e-14);
    checks.near(fmt::format("keep {}: mean", keep), mean(y).item(), 1, 0.02);
    layer.eval();
    checks.near(fmt::format("keep {}: in evaluation", keep), layer(x), x, 0);
  }
}

/// The same epochs, rate and initial weights: one step per epoch on all samples, one per 32 samples, and one
/// per sample. The first is smooth and slow, the last fast and noisy.
void compare_descents(const course::Options& options, const datasets::Dataset& train,
                      course::Checks& checks) {
  const std::int64_t epochs = options.quick ? 15 : 60;
  struct Descent {
    const char* name;
    std::int64_t batch_size;
  };
  std::vector<course::Curve> curves;
  for (const Descent& descent :
       {Descent{"batch", train.size()}, {"mini-batch of 32", 32}, {"stochastic", 1}}) {
    manual_seed(options.seed);
    nn::MLP net({2, 16, 8, 1}, {.activation = Activation::tanh, .dtype = kFloat64});
    optim::SGD sgd(net.parameters(), {.lr = 0.1});
    const nn::History history =
        nn::Trainer(net, sgd, course::yes_or_no(epochs, descent.batch_size)).fit(train);
    curves.push_back({descent.name, history.values(&nn::EpochRecord::train_loss)});
    fmt::print("{:<18} {:>6} steps  cost {:.4f} -> {:.4f}  accuracy {:.4f}  {:.2f} s\n", descent.name,
               history.losses.size(), history.losses.front(), curves.back().y.back(),
               history.epochs.back().train_accuracy, history.seconds);
  }
  course::draw_curves(options, "deep_net_descents.svg", curves,
                      {.title = "two half moons, 2-16-8-1, rate 0.1", .x = "epoch", .y = "cost"});
  checks.at_most("cost: mini-batch against batch", curves[1].y.back(), curves[0].y.back());
  checks.at_most("cost: stochastic against mini-batch", curves[2].y.back(), curves[1].y.back());
}

/// Few noisy samples: without dropout the net learns them by heart.
void compare_dropout(const course::Options& options, Generator& generator, course::Checks& checks) {
  const datasets::TensorDataset train = course::moons(80, 0.35, generator);
  const datasets::TensorDataset dev = course::moons(2000, 0.35, generator);
  std::vector<nn::Evaluation> on_train, on_dev;
  for (const std::vector<double>& keep_prob : {std::vector<double>{1, 1, 1}, {0.95, 0.5, 0.8}}) {
    manual_seed(options.seed);
    nn::Sequential net = course::net_with_dropout({2, 64, 32, 1}, keep_prob, {.dtype = kFloat64});
    optim::Adam adam(net.parameters(), {.lr = 0.01});
    nn::Trainer trainer(net, adam, course::yes_or_no(options.quick ? 200 : 1000, 80));
    trainer.fit(train);
    on_train.push_back(trainer.evaluate(train));
    on_dev.push_back(trainer.evaluate(dev));
    fmt::print("keep {:.2f}: train cost {:.4f}, error {:.4f}; dev cost {:.4f}, error {:.4f}\n",
               fmt::join(keep_prob, ", "), on_train.back().loss, 1 - on_train.back().accuracy,
               on_dev.back().loss, 1 - on_dev.back().accuracy);
  }
  const double gap = on_dev[0].loss - on_train[0].loss, gap_with = on_dev[1].loss - on_train[1].loss;
  checks.at_most("dev cost - train cost with dropout", gap_with, gap);
}

void half_moons(const course::Options& options) {
  Generator generator(options.seed);
  const datasets::TensorDataset data = course::moons(500, 0.2, generator);
  course::Checks checks;
  fmt::print("gradient checks\n");
  check_ratio(checks);
  for (Activation g : {Activation::relu, Activation::tanh, Activation::sigmoid}) {
    check_backward(g, course::moons(20, 0.2, generator), checks);
  }
  fmt::print("dropout\n");
  check_dropout(checks);
  compare_dropout(options, generator, checks);
  fmt::print("descents\n");
  const auto [train, dev, test] = datasets::random_split(data, {0.6, 0.2, 0.2}, {.generator = &generator});
  compare_descents(options, train, checks);
  checks.finish();
}

/// Dropout in every layer, the input's too.
void digit_zero(const course::Options& options) {
  const auto [train, dev, test] = course::zero_or_not(options);
  fmt::print("digit 0 against the rest, {} images\n", train.size());
  manual_seed(options.seed);
  nn::Sequential net = course::net_with_dropout({784, 128, 64, 1}, {0.9, 0.8, 0.8});
  fmt::print("{}\n", net);
  optim::Adam adam(net.parameters());
  nn::TrainerOptions training = course::yes_or_no(options.quick ? 2 : 5, 128);
  training.print_every = 200;
  training.seed = options.seed;
  nn::Trainer(net, adam, training).fit(train, dev);
  fmt::print("{}\n", course::diagnose(course::error(net, train), course::error(net, dev)).text);
  course::Checks checks;
  checks.at_most("error on the 10,000 test images", course::error(net, test), options.quick ? 0.02 : 0.005);
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Deep nets: gradient checks, dropout per layer, three descents.", "deep_net");
  course::Options options;
  bool no_data = false;
  course::add_options(app, options);
  course::add_no_data(app, no_data);
  return course::run(app, argc, argv, [&] {
    manual_seed(options.seed);
    half_moons(options);
    if (!no_data) digit_zero(options);
  });
}
