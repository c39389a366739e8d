// One hidden layer as in the notes: relu, tanh and sigmoid, its gradients by hand beside autograd, the slope
// of relu at 0, and L2 with a set of lambdas from which the dev error chooses. On two half moons, then digit
// 0 against the rest.
//
//   build/release/examples/course/shallow_net --data FOLDER    (--no-data: the half moons alone)
//
// The output of seed 0; the exit code is 1 if a number is wrong:
//
//   formulas
//     ok    relu: gradients by hand and autograd         2.62305e-16, expected at most 1e-13
//     ...
//     ok    slope of relu at 0, xtape's                  0, expected 0 +- 0e+00
//     ok    slope of relu at 0, the notes'               1, expected 1 +- 0e+00
//     ...
//   two half moons: which activation
//     ok    relu: best dev accuracy                      0.985, expected at least 0.93
//     ok    tanh: best dev accuracy                      0.98, expected at least 0.93
//     ok    sigmoid: best dev accuracy                   0.98, expected at least 0.93
//   picture: course_output/shallow_net_activations.svg
//   60 noisy samples: which lambda
//     lambda  train error  dev error  test error    sum W^2
//          0       0.0000     0.1680      0.1615    1876.93
//       0.01       0.0000     0.1620      0.1538     468.98
//        0.1       0.0333     0.1440      0.1275     101.56
//          1       0.2167     0.1730      0.1597       5.98
//         10       0.2500     0.2040      0.1947       1.56
//   chosen: lambda 0.1
//     ...
//   digit 0 against the rest, 58800 images, 32 hidden units
//   ...
//   (Epoch 5 / 5) train acc: 0.996871; val_acc: 0.993333
//   neither high bias nor high variance (train error 0.31%, dev error 0.67%, e = 1.00%): both errors are
//   below e
//     ok    error on the 10,000 test images              0.0036, expected at most 0.006
#include <fmt/format.h>

#include <algorithm>

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

/// dZ2 = (A2 - Y) / n,  dW2 = dZ2^T A1,  dZ1 = dZ2 W2 g'(Z1),  dW1 = dZ1^T x: the notes' formulas, with
/// samples in rows.
void check_backward(Activation g, const datasets::TensorDataset& data, course::Checks& checks) {
  using namespace course::by_hand;
  nn::MLP net({2, 8, 1}, {.activation = g, .dtype = kFloat64});
  nn::binary_cross_entropy_with_logits(net(data.x()), data.y()).backward();

  const std::vector<Layer> layers = layers_of(net);
  const Pass pass = forward(layers, data.x(), g);
  const Cost cost = sigmoid_log_loss(pass.Z.back(), data.y());
  const std::vector<Layer> gradients = backward(layers, pass, cost.dZ, g);
  checks.at_most(fmt::format("{}: gradients by hand and autograd", nn::to_string(g)),
                 worst_error(gradients, gradients_of(net)), 1e-13);
}

/// The slope of relu at 0. Anything from 0 to 1 is a subgradient there. The notes choose 1; xtape, as
/// PyTorch, chooses 0. It matters only where a value is exactly 0, as in a layer whose weights start as
/// zeros: slope 0 lets no gradient through it, slope 1 lets it through.
void check_slope_at_zero(course::Checks& checks) {
  const auto relu_of_the_notes = [](const Tensor& z) { return where(z >= 0, z, 0); };
  const auto slope = [](const auto& g, double at) {
    const Tensor z = tensor(at, {.dtype = kFloat64, .requires_grad = true});
    return grad({g(z)}, {z})[0].item();
  };
  const auto ours = [](const Tensor& z) { return relu(z); };
  checks.near("slope of relu at 0, xtape's", slope(ours, 0), 0, 0);
  checks.near("slope of relu at 0, the notes'", slope(relu_of_the_notes, 0), 1, 0);
  for (double at : {-1e-300, 1e-300}) {
    checks.near(fmt::format("slopes at {}, xtape's and the notes'", at), slope(ours, at),
                slope(relu_of_the_notes, at), 0);
  }
}

/// lambda / (2 n) sum norm(W)^2, weights only, spelt out and as one function; and its gradient lambda / n W.
void check_penalty(course::Checks& checks) {
  const double lambda = 0.7, n = 50;
  nn::MLP net({2, 8, 1}, {.dtype = kFloat64});
  const Tensor W1 = net.parameters()[0], W2 = net.parameters()[2];
  const Tensor penalty = course::frobenius_penalty(net, {.lambda = lambda, .n = 50});
  checks.near("lambda / (2 n) sum norm(W)^2", penalty.item(),
              lambda / (2 * n) * (sum(square(W1)) + sum(square(W2))).item(), 1e-14);
  checks.near("its gradient, lambda / n W", grad({penalty}, {W1})[0], lambda / n * W1.detach(), 1e-14);
}

/// The moons under each activation, all with the same training: a curve takes the place of the straight line.
void compare_activations(const course::Options& options, const datasets::Dataset& train,
                         const datasets::Dataset& dev, course::Checks& checks) {
  std::vector<course::Curve> curves;
  for (Activation g : {Activation::relu, Activation::tanh, Activation::sigmoid}) {
    nn::MLP net({2, 16, 1}, {.activation = g, .dtype = kFloat64});
    optim::Adam adam(net.parameters(), {.lr = 0.05});
    const nn::History history =
        nn::Trainer(net, adam, course::yes_or_no(options.quick ? 100 : 300, 32)).fit(train, dev);
    checks.at_least(fmt::format("{}: best dev accuracy", nn::to_string(g)),
                    history.best().validation_accuracy, 0.93);
    curves.push_back({std::string(nn::to_string(g)), history.values(&nn::EpochRecord::train_loss)});
  }
  course::draw_curves(options, "shallow_net_activations.svg", curves,
                      {.title = "two half moons, 16 hidden units", .x = "epoch", .y = "cost"});
}

struct Trial {
  double lambda, train_error, dev_error, test_error, squares;
};

/// Trains 2-100-1 with the penalty to the end: no early stopping beside it.
nn::MLP train_with(double lambda, const datasets::TensorDataset& train, std::int64_t epochs) {
  nn::MLP net({2, 100, 1}, {.activation = Activation::tanh, .dtype = kFloat64});
  optim::Adam adam(net.parameters(), {.lr = 0.03});
  nn::TrainerOptions training = course::yes_or_no(epochs, train.size());
  training.penalty = [&](const nn::Module& m) {
    return course::frobenius_penalty(m, {.lambda = lambda, .n = train.size()});
  };
  nn::Trainer(net, adam, training).fit(train);
  return net;
}

/// Few and noisy samples, many units: without a penalty the net learns the noise. The lambda of the lowest
/// dev error is chosen; the test error is for the reader, not for the choice.
void choose_lambda(const course::Options& options, Generator& generator, course::Checks& checks) {
  const datasets::TensorDataset train = course::moons(60, 0.35, generator);
  const datasets::TensorDataset dev = course::moons(1000, 0.35, generator);
  const datasets::TensorDataset test = course::moons(4000, 0.35, generator);
  std::vector<Trial> trials;
  fmt::print("{:>8} {:>12} {:>10} {:>11} {:>10}\n", "lambda", "train error", "dev error", "test error",
             "sum W^2");
  for (double lambda : {0.0, 0.01, 0.1, 1.0, 10.0}) {
    manual_seed(options.seed);  // the same initial weights for every lambda
    nn::MLP net = train_with(lambda, train, options.quick ? 300 : 3000);
    const Trial trial{lambda, course::error(net, train), course::error(net, dev), course::error(net, test),
                      2 * nn::l2_penalty(net, 1).item()};
    fmt::print("{:>8} {:>12.4f} {:>10.4f} {:>11.4f} {:>10.2f}\n", lambda, trial.train_error, trial.dev_error,
               trial.test_error, trial.squares);
    trials.push_back(trial);
  }
  const Trial& best = *std::ranges::min_element(trials, {}, &Trial::dev_error);
  fmt::print("chosen: lambda {}\n", best.lambda);
  for (std::size_t i = 1; i < trials.size(); ++i) {
    checks.at_most(fmt::format("sum W^2 with lambda {}", trials[i].lambda), trials[i].squares,
                   trials[i - 1].squares);
  }
  checks.at_most("dev error, chosen lambda against lambda 0", best.dev_error, trials.front().dev_error);
}

void half_moons(const course::Options& options) {
  Generator generator(options.seed);
  const datasets::TensorDataset data = course::moons(1000, 0.2, generator);
  course::Checks checks;
  fmt::print("formulas\n");
  for (Activation g : {Activation::relu, Activation::tanh, Activation::sigmoid})
    check_backward(g, data, checks);
  check_slope_at_zero(checks);
  check_penalty(checks);

  fmt::print("two half moons: which activation\n");
  const auto [train, dev, test] = datasets::random_split(data, {0.6, 0.2, 0.2}, {.generator = &generator});
  compare_activations(options, train, dev, checks);
  fmt::print("60 noisy samples: which lambda\n");
  choose_lambda(options, generator, checks);
  checks.finish();
}

void digit_zero(const course::Options& options) {
  const auto [train, dev, test] = course::zero_or_not(options);
  fmt::print("digit 0 against the rest, {} images, 32 hidden units\n", train.size());
  nn::MLP net({784, 32, 1});
  optim::Adam adam(net.parameters());
  nn::TrainerOptions training = course::yes_or_no(options.quick ? 3 : 5, 64);
  training.print_every = 500;
  nn::Trainer(net, adam, training).fit(train, dev);
  fmt::print("{}\n", course::diagnose(course::error(net, train), course::error(net, dev)).text);
  course::Checks checks;
  checks.at_most("error on the 10,000 test images", course::error(net, test), options.quick ? 0.02 : 0.006);
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("One hidden layer: activations, gradients by hand, lambdas.", "shallow_net");
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
