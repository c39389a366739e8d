// Logistic regression as in the notes: a = sigmoid(w x + b), the log-loss J and its gradients in closed form,
// beside autograd. First on two half moons, which no straight line separates, then digit 0 against the rest.
//
//   build/release/examples/course/logistic_regression --data FOLDER    (--no-data: the half moons alone)
//
// The output of seed 0; the exit code is 1 if a number is wrong:
//
//   closed forms
//     ok    J by autograd                                0.744768231313, expected 0.744768231313 +- 1e-14
//     ok    dw by autograd                               2 numbers, off by 3.9e-16, expected at most 1e-15
//     ok    db by autograd                               1 numbers, off by 1.4e-17, expected at most 1e-15
//     ...
//   two half moons
//   (Iteration 1 / 500) loss: 0.693147
//   ...
//   (Iteration 500 / 500) loss: 0.232084
//     ok    last J by hand and by autograd               0.232083816931, expected 0.232083816931 +- 1e-12
//     ok    first J: ln 2                                0.69314718056, expected 0.69314718056 +- 1e-12
//     ok    |dw| at the end                              0.000738014, expected at most 0.005
//     ok    dev accuracy                                 0.855, expected at least 0.8
//     ok    test accuracy                                0.83, expected at least 0.8
//   digit 0 against the rest, 58800 images
//   (Iteration 1 / 200) loss: 0.693147
//   ...
//   (Iteration 200 / 200) loss: 0.041313
//   picture: course_output/logistic_regression.svg
//     ok    last J by hand and by autograd               0.0413126684725, expected 0.0413126684725 +- 1e-04
//     ok    train accuracy                               0.98915, expected at least 0.985
//     ok    dev accuracy                                 0.99, expected at least 0.98
//     ok    accuracy on the 10,000 test images           0.9911, expected at least 0.985
//   (who always says no is right in 0.9020)
#include <fmt/format.h>

#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/pictures.hpp"
#include "common/printing.hpp"
#include "common/yes_or_no.hpp"

using namespace xtape;

namespace {

struct Closed {
  double J;
  Tensor dw, db;
};

/// J = -1/n sum (y log a + (1 - y) log(1 - a)),  dw = 1/n x (a - y)^T,  db = 1/n sum (a - y).
/// The notes keep samples in columns, x {d, n}; here they are rows, so dw {1, d} = 1/n (a - y)^T x.
Closed closed_form(const Tensor& x, const Tensor& y, const Tensor& w, const Tensor& b) {
  const auto n = static_cast<double>(x.size(0));
  const Tensor a = sigmoid(matmul(x, t(w)) + b);
  const auto log_of = [](const Tensor& p) { return clamp(log(p), -100); };  // as PyTorch: 0 log 0 is NaN
  return {-mean(y * log_of(a) + (1 - y) * log_of(1 - a)).item(), matmul(t(a - y), x) / n, sum(a - y, 0) / n};
}

/// At random weights: the closed forms, autograd through the sigmoid, and autograd through the logits.
void check_closed_forms(const datasets::TensorDataset& data, course::Checks& checks) {
  fmt::print("closed forms\n");
  nn::Linear model(2, 1, {.dtype = kFloat64});
  const Closed closed = closed_form(data.x(), data.y(), model.weight().detach(), model.bias().detach());
  const Tensor J = nn::binary_cross_entropy(sigmoid(model(data.x())), data.y());
  const std::vector<Tensor> by_autograd = grad({J}, model.parameters());
  checks.near("J by autograd", J.item(), closed.J, 1e-14);
  checks.near("dw by autograd", by_autograd[0], closed.dw, 1e-15);
  checks.near("db by autograd", by_autograd[1], closed.db, 1e-15);

  const Tensor of_logits = nn::binary_cross_entropy_with_logits(model(data.x()), data.y());
  const std::vector<Tensor> by_logits = grad({of_logits}, model.parameters());
  checks.near("J of the logits", of_logits.item(), closed.J, 1e-14);
  checks.near("dw of the logits", by_logits[0], closed.dw, 1e-15);
  checks.near("db of the logits", by_logits[1], closed.db, 1e-15);
}

struct Fit {
  nn::Linear model;
  std::vector<double> costs;
};

/// Full-batch gradient descent from zero weights with the closed forms, no tape.
Fit fit_by_hand(const datasets::TensorDataset& data, int steps, double rate) {
  Fit fit{nn::Linear(data.x().size(1), 1, {.dtype = data.x().dtype()}), {}};
  const Tensor w = nn::init::zeros_(fit.model.weight()).detach(),
               b = nn::init::zeros_(fit.model.bias()).detach();
  for (int step = 1; step <= steps; ++step) {
    const Closed closed = closed_form(data.x(), data.y(), w, b);
    w -= rate * closed.dw;
    b -= rate * closed.db;
    fit.costs.push_back(closed.J);
    if (step % (steps / 5) == 1 || step == steps) course::print_iteration(step, steps, closed.J);
  }
  return fit;
}

/// The same by the library.
Fit fit_by_autograd(const datasets::TensorDataset& data, int steps, double rate) {
  Fit fit{nn::Linear(data.x().size(1), 1, {.dtype = data.x().dtype()}), {}};
  for (const Tensor& parameter : fit.model.parameters()) nn::init::zeros_(parameter);
  optim::SGD sgd(fit.model.parameters(), {.lr = rate});
  for (int step = 1; step <= steps; ++step) {
    sgd.zero_grad();
    Tensor J = nn::binary_cross_entropy_with_logits(fit.model(data.x()), data.y());
    J.backward();
    sgd.step();
    fit.costs.push_back(J.item());
  }
  return fit;
}

double accuracy(nn::Linear& model, const datasets::Dataset& data) { return 1 - course::error(model, data); }

/// A straight line between the moons, and how near to the optimum of J it is: there dw and db are 0.
void half_moons(const course::Options& options) {
  Generator generator(options.seed);
  const datasets::TensorDataset data = course::moons(1000, 0.2, generator);
  course::Checks checks;
  check_closed_forms(data, checks);

  fmt::print("two half moons\n");
  const auto [train_part, dev_part, test_part] =
      datasets::random_split(data, {0.6, 0.2, 0.2}, {.generator = &generator});
  const auto [x, y] = course::all_of(train_part);
  const datasets::TensorDataset train(x, y);
  Fit by_hand = fit_by_hand(train, 500, 1.0), by_autograd = fit_by_autograd(train, 500, 1.0);
  const Closed closed = closed_form(x, y, by_hand.model.weight().detach(), by_hand.model.bias().detach());
  checks.near("last J by hand and by autograd", by_hand.costs.back(), by_autograd.costs.back(), 1e-12);
  checks.near("first J: ln 2", by_hand.costs.front(), 0.693147180560, 1e-12);
  checks.at_most("|dw| at the end", norm(closed.dw).item(), 5e-3);
  checks.at_least("dev accuracy", accuracy(by_hand.model, dev_part), 0.8);
  checks.at_least("test accuracy", accuracy(by_hand.model, test_part), 0.8);
  checks.finish();
}

void digit_zero(const course::Options& options) {
  const auto [train_part, dev_part, test] = course::zero_or_not(options);
  const auto [x, y] = course::all_of(train_part);
  const int steps = options.quick ? 30 : 200;
  const double rate = 0.5;

  fmt::print("digit 0 against the rest, {} images\n", x.size(0));
  const datasets::TensorDataset train(x, y);
  Fit by_hand = fit_by_hand(train, steps, rate), by_autograd = fit_by_autograd(train, steps, rate);
  course::draw_curves(options, "logistic_regression.svg",
                      {{"by hand", by_hand.costs}, {"by autograd", by_autograd.costs}},
                      {.title = "digit 0 against the rest", .x = "step", .y = "J"});

  course::Checks checks;
  const double always_no = 1 - mean(test.y()).item();
  checks.near("last J by hand and by autograd", by_hand.costs.back(), by_autograd.costs.back(), 1e-4);
  checks.at_least("train accuracy", accuracy(by_hand.model, train), options.quick ? 0.95 : 0.985);
  checks.at_least("dev accuracy", accuracy(by_hand.model, dev_part), options.quick ? always_no : 0.98);
  checks.at_least("accuracy on the 10,000 test images", accuracy(by_hand.model, test),
                  options.quick ? 0.95 : 0.985);
  fmt::print("(who always says no is right in {:.4f})\n", always_no);
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Logistic regression: closed forms beside autograd.", "logistic_regression");
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
