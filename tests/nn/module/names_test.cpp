// A program that opens both namespaces: every name of nn and optim stays unambiguous beside those of the
// standard library.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <xtape/nn.hpp>
#include <xtape/optim.hpp>

#include "datasets/sources/tensor_dataset.hpp"
#include "tests/support/expect.hpp"

// Deliberately as careless as a short program may be.
using namespace std;
using namespace xtape;

namespace {

struct Net : nn::Module {
  nn::Linear fc1 = register_module("fc1", nn::Linear(4, 8));
  nn::Linear fc2 = register_module("fc2", nn::Linear(8, 3));
  Tensor forward(const Tensor& x) override { return fc2(relu(fc1(flatten(x, 1)))); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_names)

BOOST_AUTO_TEST_CASE(a_program_with_both_namespaces_open_trains) {
  manual_seed(0);
  Net net;
  vector<Tensor> params = net.parameters();
  optim::SGD sgd(params, {.lr = 0.1, .momentum = 0.9});
  optim::lr_scheduler::OneCycleLR cycle(sgd, {.max_lr = 0.1, .total_steps = 50});
  Tensor x = randn({6, 2, 2}), labels = tensor({0, 1, 2, 0, 1, 2});
  double first = 0, last = 0;
  for (int i = 0; i < 50; ++i) {
    sgd.zero_grad();
    Tensor loss = cross_entropy(net(x), labels) + l2_penalty(net, 1e-3);
    loss.backward();
    nn::utils::clip_grad_norm_(params, 5.0);
    sgd.step();
    cycle.step();
    (i == 0 ? first : last) = loss.item();
  }
  BOOST_TEST(last < first);
  BOOST_TEST(nn::accuracy(net, datasets::TensorDataset(x, labels)) > 0.5);
  GradcheckResult r = gradcheck(net, x, labels, nn::cross_entropy);
  BOOST_CHECK_MESSAGE(r.ok, r.message);
  StateDict dict = net.state_dict();
  BOOST_TEST(dict.size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
