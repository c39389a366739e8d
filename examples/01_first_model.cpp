// A first model: learns to tell ten kinds of clothes apart from 60,000 small images, in seconds.
#include <fmt/format.h>

#include <xtape/xtape.hpp>

using namespace xtape;

int main(int argc, char** argv) try {
  const auto root = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
  const auto train = datasets::FashionMNIST(root, {.train = true});
  const auto test = datasets::FashionMNIST(root, {.train = false});

  manual_seed(0);
  nn::Sequential model{nn::Flatten(), nn::Linear(784, 128), nn::ReLU(), nn::Linear(128, 10)};
  optim::Adam optimizer(model.parameters(), {.lr = 1e-3});

  for (int epoch = 1; epoch <= 5; ++epoch) {
    for (const auto& [images, labels] : datasets::DataLoader(train, {.batch_size = 64, .shuffle = true})) {
      optimizer.zero_grad();
      Tensor loss = nn::cross_entropy(model(images), labels);
      loss.backward();
      optimizer.step();
    }
    fmt::print("epoch {}  test accuracy {:.2f}%\n", epoch, 100 * nn::accuracy(model, test));
  }
} catch (const std::exception& error) {
  fmt::print(stderr, "01_first_model: {}\n", error.what());
  return 1;
}
