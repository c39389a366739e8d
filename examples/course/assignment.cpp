// The MNIST assignment: a net of two layers with each forward and backward by hand, [784, 200, 10] on 2000
// digits, and then the same by autograd.
//
//   build/release/examples/course/assignment --data FOLDER
//
// The output of seed 0; the exit code is 1 if a number is wrong:
//
//   the assignment's unit vectors
//     ok    relu_der                                     4 numbers, off by 0.0e+00, expected at most 0e+00
//     ok    softmax_cross_entropy: loss                  1.22236555488, expected 1.22236555488 +- 1e-15
//     ok    softmax_cross_entropy: softmax               12 numbers, off by 5.0e-09, expected at most 1e-08
//     ok    softmax_cross_entropy: dZ                    12 numbers, off by 4.5e-09, expected at most 1e-08
//     ok    (A - Y) / m against autograd                 12 numbers, off by 2.8e-17, expected at most 1e-15
//   backward by hand, on a net 6, 5, 4
//     ok    gradients by hand and autograd               8.88326e-17, expected at most 1e-14
//     ok    scores by hand and nn::MLP                   32 numbers, off by 0.0e+00, expected at most 1e-14
//   picture: course_output/assignment_samples.png
//   500 full-batch steps on 2000 digits, by hand
//   (Iteration 1 / 500) loss: 2.302585
//   ...
//   (Iteration 500 / 500) loss: 0.113498
//   10.9 s by hand, 9.4 s by autograd
//   picture: course_output/assignment_cost.svg
//     ok    first cost                                   2.30258520508, expected 2.3026 +- 5e-05
//     ok    20th cost by hand and by autograd            2.0761159668, expected 2.07611632347 +- 1e-04
//     ok    last cost                                    0.113497596741, expected 0.13 +- 3e-02
//     ok    train accuracy                               0.9775, expected at least 0.97
//     ok    test accuracy                                0.9021, expected at least 0.89
#include <fmt/format.h>

#include <cmath>

#include "../common/progress.hpp"
#include "common/by_hand.hpp"
#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/numpy_random.hpp"
#include "common/pictures.hpp"
#include "common/printing.hpp"

using namespace xtape;
using course::by_hand::Layer;
constexpr nn::Activation kRelu = nn::Activation::relu;

namespace {

const TensorOptions kDouble{.dtype = kFloat64};

/// The assignment's own examples. Its samples are columns: Z {classes, samples}; ours are the rows of t(Z).
void check_unit_vectors(course::Checks& checks) {
  using namespace course::by_hand;
  fmt::print("the assignment's unit vectors\n");
  const Tensor dA = tensor({{0, 2}, {1, 1}}, kDouble), Z = tensor({{-1, 2}, {1, -2}}, kDouble);
  checks.near("relu_der", relu_der(dA, Z), tensor({{0, 2}, {1, 0}}, kDouble), 0);

  const Tensor scores = course::NumpyRandom(1).randn({3, 4}), labels = tensor({1, 0, 1, 2});
  const Cost cost = softmax_cross_entropy(t(scores), labels);
  checks.near("softmax_cross_entropy: loss", cost.J, 1.2223655548779273, 1e-15);
  checks.near("softmax_cross_entropy: softmax", t(cost.A),
              tensor({{.57495949, .38148818, .05547572, .36516899},
                      {.26917503, .07040735, .53857622, .49875847},
                      {.15586548, .54810447, .40594805, .13607254}},
                     kDouble),
              1e-8);
  checks.near("softmax_cross_entropy: dZ", t(cost.dZ),
              tensor({{.14373987, -.15462795, .01386893, .09129225},
                      {-.18270624, .01760184, -.11535594, .12468962},
                      {.03896637, .13702612, .10148701, -.21598186}},
                     kDouble),
              1e-8);

  const Tensor leaf = t(scores).requires_grad_();
  nn::cross_entropy(leaf, labels).backward();
  checks.near("(A - Y) / m against autograd", cost.dZ, leaf.grad(), 1e-15);
}

/// A small net in float64: the backward by hand gives what autograd gives, for every weight and bias.
void check_backward(course::Checks& checks) {
  using namespace course::by_hand;
  fmt::print("backward by hand, on a net 6, 5, 4\n");
  nn::MLP net({6, 5, 4}, {.dtype = kFloat64});
  const Tensor x = randn({8, 6}, kDouble), labels = randint(4, {8});
  nn::cross_entropy(net(x), labels).backward();

  const std::vector<Layer> layers = layers_of(net);
  const Pass pass = forward(layers, x, kRelu);
  const Cost cost = softmax_cross_entropy(pass.Z.back(), labels);
  const std::vector<Layer> gradients = backward(layers, pass, cost.dZ, kRelu);
  checks.at_most("gradients by hand and autograd", worst_error(gradients, gradients_of(net)), 1e-14);
  checks.near("scores by hand and nn::MLP", pass.Z.back(), net(x), 1e-14);
}

struct Samples {
  Tensor x, labels;
};
/// Pixels scaled to [-1, 1].
Samples samples(const Tensor& images, const Tensor& labels) {
  return {course::pixel_rows(images, -1, 1), labels};
}

/// N(0, 0.01^2) in the hidden layer, zeros elsewhere: the net begins with no opinion, at the cost ln 10
/// = 2.3026.
nn::MLP make_net() {
  nn::MLP net({784, 200, 10});
  const std::vector<Layer> layers = course::by_hand::layers_of(net);
  nn::init::normal_(layers[0].W, 0, 0.01);
  for (const Tensor& zero : {layers[0].b, layers[1].W, layers[1].b}) zero.zero_();
  return net;
}

/// Full-batch gradient descent as the assignment writes it; gives the cost before each step.
std::vector<double> train_by_hand(const std::vector<Layer>& layers, const Samples& train, int steps,
                                  double rate) {
  using namespace course::by_hand;
  std::vector<double> costs;
  for (int step = 1; step <= steps; ++step) {
    const Pass pass = forward(layers, train.x, kRelu);
    const Cost cost = softmax_cross_entropy(pass.Z.back(), train.labels);
    update(layers, backward(layers, pass, cost.dZ, kRelu), rate);
    costs.push_back(cost.J);
    if (step % 50 == 1 || step == steps) course::print_iteration(step, steps, cost.J);
  }
  return costs;
}

/// The same by the library.
std::vector<double> train_by_autograd(nn::Module& net, const Samples& train, int steps, double rate) {
  optim::SGD sgd(net.parameters(), {.lr = rate});
  std::vector<double> costs;
  for (int step = 1; step <= steps; ++step) {
    sgd.zero_grad();
    Tensor cost = nn::cross_entropy(net(train.x), train.labels);
    cost.backward();
    sgd.step();
    costs.push_back(cost.item());
  }
  return costs;
}

std::vector<std::string> texts(const Tensor& labels) {
  std::vector<std::string> texts;
  for (std::int64_t label : labels.to_vector<std::int64_t>()) texts.push_back(std::to_string(label));
  return texts;
}

void train(const course::Options& options) {
  const datasets::MNIST digits = course::mnist(options, true), test_digits = course::mnist(options, false);
  const Tensor chosen = narrow(randperm(digits.size()), 0, 0, 2000);
  const Tensor images = index_select(digits.images(), 0, chosen);
  const Samples train = samples(images, index_select(digits.labels(), 0, chosen));
  const Samples test = samples(test_digits.images(), test_digits.labels());
  course::draw_images(options, "assignment_samples.png", narrow(images, 0, 0, 100),
                      texts(narrow(train.labels, 0, 0, 100)));

  nn::MLP by_hand = make_net(), by_autograd = make_net();
  by_autograd.load_state_dict(by_hand.state_dict());
  const std::vector<Layer> layers = course::by_hand::layers_of(by_hand);
  const int steps = options.quick ? 20 : 500;
  fmt::print("{} full-batch steps on 2000 digits, by hand\n", steps);
  const examples::Stopwatch watch;
  const std::vector<double> costs = train_by_hand(layers, train, steps, 0.1);
  const double hand_seconds = watch.seconds();
  const std::vector<double> autograd_costs = train_by_autograd(by_autograd, train, steps, 0.1);
  fmt::print("{:.1f} s by hand, {:.1f} s by autograd\n", hand_seconds, watch.seconds() - hand_seconds);
  course::draw_curves(options, "assignment_cost.svg", {{"by hand", costs}, {"by autograd", autograd_costs}},
                      {.title = "784-200-10 on 2000 digits", .x = "step", .y = "cost"});

  course::Checks checks;
  const auto accuracy = [&](const Samples& set) {
    return nn::accuracy(course::by_hand::classify(layers, set.x, kRelu), set.labels);
  };
  const double train_accuracy = accuracy(train), test_accuracy = accuracy(test);
  checks.near("first cost", costs.front(), 2.3026, 5e-5);
  // In float32 the two round differently, and hundreds of steps make that visible.
  checks.near("20th cost by hand and by autograd", costs[19], autograd_costs[19], 1e-4);
  if (options.quick) {
    checks.at_most("last cost", costs.back(), costs.front());
  } else {
    // How far 500 steps get depends on the 2000 digits that were drawn: seed 0 must do as well as the
    // notebook.
    const double slack = options.seed == 0 ? 0 : 0.01;
    checks.near("last cost", costs.back(), 0.13, 0.03 + slack);
    checks.at_least("train accuracy", train_accuracy, 0.97 - slack);
    checks.at_least("test accuracy", test_accuracy, 0.89 - slack);
  }
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The MNIST assignment: two layers by hand, then by autograd.", "assignment");
  course::Options options;
  bool no_data = false;
  course::add_options(app, options);
  course::add_no_data(app, no_data);
  return course::run(app, argc, argv, [&] {
    manual_seed(options.seed);
    course::Checks checks;
    check_unit_vectors(checks);
    check_backward(checks);
    checks.finish();
    if (!no_data) train(options);
  });
}
