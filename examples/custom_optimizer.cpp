// An optimiser of one's own in 15 lines, Lion, whose state is saved and loaded as that of any other.
//
//   custom_optimizer [EPOCHS]
//
// It learns to tell two spirals apart, once in a row and once with a stop in the middle: both end with the
// same bits. With the default of 100 epochs the accuracy on other points is 99.20% with AVX2, and 99.60% with
// AVX-512 (0.1 s).
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>

#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

/// Steps of one size, by the sign of a running mean of the gradient (Chen and others, "Symbolic discovery of
/// optimization algorithms", 2023).
struct Lion : optim::Optimizer {
  explicit Lion(const std::vector<Tensor>& params, double lr = 1e-4, double weight_decay = 0)
      : Optimizer(params, {{"lr", lr}, {"beta1", 0.9}, {"beta2", 0.99}, {"weight_decay", weight_decay}}) {}

  const char* name() const override { return "lion"; }
  State initial_state() const override { return {{"exp_avg", Tensor()}}; }
  void update(std::size_t group, const Tensor& p, const Tensor& g, State& state) override {
    const double lr = option(group, "lr"), b1 = option(group, "beta1"), b2 = option(group, "beta2");
    Tensor& mean = state.zeros("exp_avg", p);
    p *= 1 - lr * option(group, "weight_decay");
    p -= lr * sign(b1 * mean + (1 - b1) * g);
    mean = b2 * mean + (1 - b2) * g;
  }
};

/// `count` points of two spirals, each with the number of its spiral.
datasets::TensorDataset spirals(std::int64_t count, std::uint64_t seed) {
  Generator random(seed);
  const Tensor x = empty({count, 2});
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < count; ++i) {
    const double turn = 3 * std::sqrt(random.uniform());
    const double angle = std::numbers::pi * (turn + static_cast<double>(i % 2));
    x[i].copy_(tensor(
        {turn * std::cos(angle) + 0.1 * random.normal(), turn * std::sin(angle) + 0.1 * random.normal()}));
    labels.push_back(i % 2);
  }
  return {x, from_vector(labels, {count})};
}

nn::Sequential make_model() {
  Generator random(1);
  return {nn::MLP({2, 64, 64, 2}, {.generator = &random})};
}

/// The epochs from `first` on, up to `last`.
void train(nn::Module& model, optim::Optimizer& optimizer, const datasets::Dataset& data, int first,
           int last) {
  for (int epoch = first; epoch <= last; ++epoch) {
    Generator random(static_cast<std::uint64_t>(epoch));
    for (const auto& [x, y] :
         datasets::DataLoader(data, {.batch_size = 32, .shuffle = true, .generator = &random})) {
      optimizer.zero_grad();
      nn::cross_entropy(model(x), y).backward();
      optimizer.step();
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const int epochs = argc > 1 ? std::atoi(argv[1]) : 100;
  const auto data = spirals(1000, 2), test = spirals(1000, 3);

  nn::Sequential model = make_model();
  Lion lion(model.parameters(), 1e-3, 0.01);
  train(model, lion, data, 1, epochs);
  const double accuracy = nn::accuracy(model, test);
  fmt::print("test accuracy {:.2f}%\n", 100 * accuracy);

  // The same, but stopped in the middle, saved, and gone on with by an optimiser that is made anew.
  const auto folder = std::filesystem::temp_directory_path();
  const std::string weights = folder / "xtape-lion-model.safetensors",
                    state = folder / "xtape-lion.safetensors";
  {
    nn::Sequential half = make_model();
    Lion first(half.parameters(), 1e-3, 0.01);
    train(half, first, data, 1, epochs / 2);
    save(half.state_dict(), weights);
    save(first.state_dict(), state);
  }
  nn::Sequential resumed = make_model();
  Lion second(resumed.parameters());
  resumed.load_state_dict(load(weights));
  second.load_state_dict(load(state));
  train(resumed, second, data, epochs / 2 + 1, epochs);

  for (const auto& [name, value] : model.state_dict()) {
    check(equal(value, resumed.state_dict().at(name)), "{} differs after a stop", name);
  }
  fmt::print("a run that was stopped after epoch {} ended with the same bits\n", epochs / 2);
  check(accuracy > (epochs < 50 ? 0.7 : 0.97), "it has not learned: the accuracy is {:.4f}", accuracy);
} catch (const std::exception& error) {
  fmt::print(stderr, "custom_optimizer: {}\n", error.what());
  return 1;
}
