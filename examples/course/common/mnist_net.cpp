// The layers, their initial values, and the rows of pixels.
#include "mnist_net.hpp"

#include <algorithm>

#include "data.hpp"
#include "weights.hpp"

namespace course {

using namespace xtape;

nn::MLP mnist_net(const MnistNetOptions& options) {
  const std::int64_t units = options.units;
  nn::MLP net({784, units, units, units, 10}, {.activation = options.activation, .dropout = options.dropout});
  set_keras_weights(net);
  return net;
}

datasets::TensorDataset digits(const datasets::MNIST& mnist, std::int64_t count) {
  const std::int64_t n = count < 0 ? mnist.size() : std::min(count, mnist.size());
  return {pixel_rows(narrow(mnist.images(), 0, 0, n), 0, 1), narrow(mnist.labels(), 0, 0, n)};
}

}  // namespace course
