// Models that are saved and loaded again: they give the same, and learn the same.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "autograd/ops/create.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/conv.hpp"
#include "nn/layers/embedding.hpp"
#include "nn/layers/flatten.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/normalization.hpp"
#include "nn/layers/pooling.hpp"
#include "nn/layers/recurrent.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/layers/transformer.hpp"
#include "nn/losses/classification.hpp"
#include "nn/module/clone.hpp"
#include "nn/module/module_of.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/sgd.hpp"
#include "onnx/load.hpp"
#include "tests/onnx/saved.hpp"

using namespace xtape;
using namespace xtape::testing;

namespace {

struct Words : nn::ModuleOf<Words> {
  nn::Embedding embedding = register_module("embedding", nn::Embedding(20, 16));
  nn::GRU gru =
      register_module("gru", nn::GRU(16, 8, {.num_layers = 2, .batch_first = true, .bidirectional = true}));
  nn::TransformerEncoderLayer layer = register_module(
      "layer",
      nn::TransformerEncoderLayer(16, 4, {.dim_feedforward = 32, .dropout = 0, .batch_first = true}));
  nn::Linear head = register_module("head", nn::Linear(16, 5));

  Tensor forward(const Tensor& words) { return head(layer(gru(embedding(words)).output).mean(1)); }
};

template <class Net>
std::set<std::string> names_of_parameters(Net& net) {
  std::set<std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) names.insert(name);
  return names;
}

/// The losses of a training on one batch.
template <class Net>
std::vector<double> losses_of(Net& net, const Tensor& x, const Tensor& labels) {
  net.train();
  optim::SGD optimizer(net.parameters(), {.lr = 0.05, .momentum = 0.9});
  std::vector<double> losses;
  for (int step = 0; step < 100; ++step) {
    optimizer.zero_grad();
    const Tensor loss = nn::cross_entropy(net(x), labels);
    loss.backward();
    optimizer.step();
    losses.push_back(loss.item());
  }
  return losses;
}

template <class Net>
void expect_the_same(Net& net, const Tensor& x, const Tensor& other_x, std::int64_t classes) {
  net.eval();
  const TemporaryFolder folder;
  onnx::save(net, x, folder / "model.onnx", {.dynamic_axes = {{"x", {0}}}});
  onnx::Model loaded = onnx::load(folder / "model.onnx");
  BOOST_TEST(names_of_parameters(loaded) == names_of_parameters(net), boost::test_tools::per_element());
  for (const Tensor& input : {x, other_x})
    BOOST_TEST(allclose(loaded(input), net(input), {.rtol = 1e-6, .atol = 1e-6}));

  const Tensor labels = arange(x.size(0)) % classes;
  const std::vector<double> expected = losses_of(net, x, labels), losses = losses_of(loaded, x, labels);
  BOOST_TEST(expected.back() < 0.5 * expected.front());
  for (std::size_t i = 0; i < expected.size(); ++i)
    BOOST_TEST(std::abs(losses[i] - expected[i]) <= 1e-4 * (1e-2 + expected[i]),
               "step " << i << ": " << losses[i] << ", expected " << expected[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_round_trip)

BOOST_AUTO_TEST_CASE(fully_connected_layers) {
  manual_seed(1);
  nn::Sequential net{nn::Linear(6, 16), nn::Tanh(),          nn::Linear(16, 16),
                     nn::GELU(),        nn::LayerNorm({16}), nn::Linear(16, 3)};
  expect_the_same(net, randn({12, 6}), randn({5, 6}), 3);
}

BOOST_AUTO_TEST_CASE(convolutions_with_batch_norm) {
  manual_seed(2);
  nn::Sequential net{nn::Conv2d(2, 8, 3, {.padding = 1}),
                     nn::BatchNorm2d(8),
                     nn::ReLU(),
                     nn::MaxPool2d(2),
                     nn::Conv2d(8, 8, 3),
                     nn::GroupNorm(2, 8),
                     nn::SiLU(),
                     nn::AdaptiveAvgPool2d(1),
                     nn::Flatten(),
                     nn::Linear(8, 4)};
  net(randn({16, 2, 10, 10}));
  expect_the_same(net, randn({8, 2, 10, 10}), randn({3, 2, 10, 10}), 4);
}

BOOST_AUTO_TEST_CASE(sequences_by_a_recurrent_layer_and_attention) {
  manual_seed(3);
  Words net;
  expect_the_same(net, randint(0, 20, {10, 7}), randint(0, 20, {2, 7}), 5);
}

BOOST_AUTO_TEST_SUITE_END()
