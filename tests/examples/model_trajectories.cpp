// LeNet and ResNet-20 with PyTorch's weights: the same outputs, and the same losses of a training.
#define BOOST_TEST_MODULE model_trajectories
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include <xtape/xtape.hpp>

#include "examples/common/models.hpp"

namespace {

using namespace xtape;
using nlohmann::json;

const std::string kFolder = XTAPE_TEST_DATA "/golden/models/";

struct Golden {
  explicit Golden(const std::string& model)
      : name(model),
        all(json::parse(std::ifstream(kFolder + "models.json"))),
        own(all.at("models").at(model)) {
    const auto& image = own.at("image");
    shape = {all.at("batch").get<std::int64_t>(), image.at(0).get<std::int64_t>(),
             image.at(1).get<std::int64_t>(), image.at(2).get<std::int64_t>()};
  }

  /// As the generator makes them, in tests/golden/generator/models.py.
  Tensor images(std::int64_t step, DType dtype) const {
    const Tensor places = arange(shape.numel()) + 1000003 * step;
    const Tensor mixed = remainder(remainder(places * 7919, 10007) * (remainder(places, 89) + 1), 2003);
    const Tensor rows = one_hot(labels(step), 10).index_select(1, remainder(arange(shape[2]), 10));
    return mixed.to(dtype).reshape(shape) / 1001 - 1 + rows.view({-1, 1, shape[2], 1}).to(dtype);
  }
  Tensor labels(std::int64_t step) const { return remainder(arange(shape[0]) * 3 + step * 7, 10); }

  std::string name;
  json all, own;
  Shape shape;
};

void expect_near(double value, double expected, double bound, const std::string& what) {
  BOOST_CHECK_MESSAGE(std::abs(value - expected) <= bound,
                      what << ": " << value << ", PyTorch has " << expected);
}

void expect_outputs(nn::Sequential& net, const Golden& golden, DType dtype, double bound) {
  const NoGradGuard no_grad;
  net.eval();
  const Tensor outputs = net(golden.images(0, dtype)).flatten();
  const json& expected = golden.own.at("outputs");
  BOOST_REQUIRE(outputs.numel() == std::ssize(expected));
  for (std::int64_t i = 0; i < outputs.numel(); ++i)
    expect_near(outputs[i].item(), expected.at(static_cast<std::size_t>(i)), bound, "output");
  net.train();
}

void expect_losses(nn::Sequential& net, const Golden& golden, DType dtype, double relative) {
  optim::SGD optimizer(net.parameters(), {.lr = golden.own.at("lr"), .momentum = golden.all.at("momentum")});
  std::int64_t step = 0;
  for (const double expected : golden.own.at("losses").at(std::string(name_of(dtype)))) {
    const Tensor loss = nn::cross_entropy(net(golden.images(step, dtype)), golden.labels(step));
    expect_near(loss.item(), expected, relative * expected, "the loss of step " + std::to_string(step));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    ++step;
  }
  BOOST_TEST(step == 20);
}

void check_model(const std::string& name, nn::Sequential (*make)(std::int64_t classes)) {
  const Golden golden(name);
  for (const DType dtype : {kFloat32, kFloat64}) {
    BOOST_TEST_CONTEXT(name << " in " << name_of(dtype)) {
      nn::Sequential net = make(10);
      net.load_state_dict(load(kFolder + name + ".safetensors"));
      net.to(dtype);
      expect_outputs(net, golden, dtype, dtype == kFloat32 ? 1e-5 : 1e-12);
      expect_losses(net, golden, dtype, dtype == kFloat32 ? 1e-4 : 1e-9);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(lenet_trains_as_in_pytorch) { check_model("lenet", examples::lenet); }
BOOST_AUTO_TEST_CASE(resnet20_trains_as_in_pytorch) { check_model("resnet20", examples::resnet20); }
