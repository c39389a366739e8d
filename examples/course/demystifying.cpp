// The "demystifying neural networks" notebook: 784-512-10 on the first 1000 images of MNIST, from the
// notebook's own initial weights, 500 full-batch steps in float64. Every cost is compared with numpy's.
//
//   build/release/examples/course/demystifying --data FOLDER [--activation relu|tanh|sigmoid]
//
// OUTPUT
#include <fmt/format.h>

#include <fstream>

#include "../common/progress.hpp"
#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/numpy_random.hpp"
#include "common/pictures.hpp"

using namespace xtape;

namespace {

constexpr double kRate = 0.1;
constexpr double kNotebookSpeed = 21.37;  // iterations per second

struct NetOptions {
  std::string activation = "relu";
  std::string costs = COURSE_GOLDEN "/demystifying_costs.txt";
  bool no_data = false;
};

nn::Activation activation_of(const std::string& name) {
  if (name == "tanh") return nn::Activation::tanh;
  return name == "sigmoid" ? nn::Activation::sigmoid : nn::Activation::relu;
}

/// np.random.seed(3), then randn(512, 784), randn(512, 1), randn(10, 512), randn(10, 1), each times 0.01.
nn::MLP make_net(nn::Activation activation) {
  course::NumpyRandom numpy(3);
  StateDict weights;
  weights["0.weight"] = 0.01 * numpy.randn({512, 784});
  weights["0.bias"] = 0.01 * numpy.randn({512});
  weights["2.weight"] = 0.01 * numpy.randn({10, 512});
  weights["2.bias"] = 0.01 * numpy.randn({10});
  nn::MLP net({784, 512, 10}, {.activation = activation, .dtype = kFloat64});
  net.load_state_dict(weights);
  return net;
}

/// numpy's generator, without any file: values that numpy printed.
void check_weights(const nn::MLP& net, course::Checks& checks) {
  fmt::print("the notebook's initial weights\n");
  const Tensor first = course::NumpyRandom(1).randn({3});
  checks.near("seed(1); randn(3)", first, tensor({1.62434536, -0.61175641, -0.52817175}, {.dtype = kFloat64}),
              1e-8);
}

/// The notebook's costs before each of the 500 updates, by numpy.
std::vector<double> read_costs(const std::string& path) {
  std::ifstream file(path);
  std::vector<double> costs;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) costs.push_back(std::stod(line));
  }
  check(costs.size() == 500, "--costs {}: {} numbers; expected the notebook's 500", path, costs.size());
  return costs;
}

struct Digits {
  Tensor x, labels;
};

/// The first `count` images as float64 rows in [0, 1].
Digits first_digits(const datasets::MNIST& set, std::int64_t count) {
  return {course::pixel_rows(narrow(set.images(), 0, 0, count), 0, 1, kFloat64),
          narrow(set.labels(), 0, 0, count)};
}

double accuracy(nn::MLP& net, const Digits& digits) {
  const NoGradGuard no_grad;
  return nn::accuracy(net(digits.x), digits.labels);
}

}  // namespace
