// The models, as Sequentials, and the block of a residual net.
#include "models.hpp"

namespace examples {

using namespace xtape;

namespace {

nn::Conv2d conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return nn::Conv2d(in, out, 3, {.stride = stride, .padding = 1, .bias = false});
}

struct ResidualBlock : nn::Module {
  ResidualBlock(std::int64_t in, std::int64_t out)
      : stride(in == out ? 1 : 2),
        added(out - in),
        conv1(register_module("conv1", conv3x3(in, out, stride))),
        bn1(register_module("bn1", nn::BatchNorm2d(out))),
        conv2(register_module("conv2", conv3x3(out, out))),
        bn2(register_module("bn2", nn::BatchNorm2d(out))) {}

  Tensor forward(const Tensor& x) override {
    const Tensor y = bn2(conv2(relu(bn1(conv1(x)))));
    if (added == 0) return relu(x + y);
    const Tensor smaller = x.index({Slice(), Slice(), Slice(None, None, 2), Slice(None, None, 2)});
    return relu(pad(smaller, {0, 0, 0, 0, added / 2, added / 2}) + y);
  }

  std::int64_t stride, added;
  nn::Conv2d conv1;
  nn::BatchNorm2d bn1;
  nn::Conv2d conv2;
  nn::BatchNorm2d bn2;
};

}  // namespace

nn::Sequential mlp(const std::vector<std::int64_t>& sizes, double dropout) {
  return nn::Sequential{nn::Flatten(), nn::MLP(sizes, {.dropout = dropout})};
}

nn::Sequential lenet(std::int64_t classes) {
  return nn::Sequential{nn::Conv2d(1, 6, 5, {.padding = 2}),
                        nn::ReLU(),
                        nn::MaxPool2d(2),
                        nn::Conv2d(6, 16, 5),
                        nn::ReLU(),
                        nn::MaxPool2d(2),
                        nn::Flatten(),
                        nn::Linear(400, 120),
                        nn::ReLU(),
                        nn::Linear(120, 84),
                        nn::ReLU(),
                        nn::Linear(84, classes)};
}

nn::Sequential small_cnn(std::int64_t classes, double dropout) {
  nn::Sequential net;
  for (const std::int64_t channels : {32, 64}) {
    net.push_back(conv3x3(channels == 32 ? 1 : 32, channels));
    net.push_back(nn::MaxPool2d(2));  // first, so that what follows has a quarter of the numbers
    net.push_back(nn::BatchNorm2d(channels));
    net.push_back(nn::ReLU());
  }
  net.push_back(nn::Flatten());
  net.push_back(nn::Linear(64 * 7 * 7, 128));
  net.push_back(nn::ReLU());
  net.push_back(nn::Dropout({.p = dropout}));
  net.push_back(nn::Linear(128, classes));
  return net;
}

nn::Sequential resnet20(std::int64_t classes) {
  nn::Sequential net{conv3x3(3, 16), nn::BatchNorm2d(16), nn::ReLU()};
  std::int64_t channels = 16;
  for (const std::int64_t stage : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) {
      net.push_back(ResidualBlock(channels, stage));
      channels = stage;
    }
  }
  net.push_back(nn::AdaptiveAvgPool2d(1));
  net.push_back(nn::Flatten());
  net.push_back(nn::Linear(64, classes));
  return net;
}

}  // namespace examples
