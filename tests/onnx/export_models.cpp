// Saves the nets of the examples as ONNX, each with inputs and results, for checks by other programs:
//
//   export_models FOLDER
#include <fmt/format.h>

#include <filesystem>

#include "examples/common/fast_cnn.hpp"
#include "examples/common/gpt.hpp"
#include "examples/common/models.hpp"
#include "tests/onnx/exported.hpp"

using namespace xtape;

namespace {

/// The nets that stand in the programs themselves, as they are there.
struct CharLstm : nn::ModuleOf<CharLstm> {
  nn::Embedding embedding = register_module("embedding", nn::Embedding(60, 32));
  nn::LSTM lstm = register_module("lstm", nn::LSTM(32, 32, {.num_layers = 2, .batch_first = true}));
  nn::Linear head = register_module("head", nn::Linear(32, 60));

  std::pair<Tensor, nn::LSTMState> forward(const Tensor& tokens) {
    auto [hidden, after] = lstm(embedding(tokens));
    return {head(hidden), after};
  }
};

struct Vae : nn::ModuleOf<Vae> {
  nn::Linear hidden = register_module("hidden", nn::Linear(784, 400));
  nn::Linear mean = register_module("mean", nn::Linear(400, 20));
  nn::Linear log_variance = register_module("log_variance", nn::Linear(400, 20));
  nn::Sequential decoder =
      register_module("decoder", nn::Sequential{nn::Linear(20, 400), nn::ReLU(), nn::Linear(400, 784)});

  /// Without noise, which is no part of a file.
  std::vector<Tensor> forward(const Tensor& images) {
    const Tensor h = relu(hidden(images.flatten(1))), mu = mean(h);
    return {sigmoid(decoder(mu)).reshape({-1, 1, 28, 28}), mu, exp(0.5 * log_variance(h))};
  }
};

struct Makemore : nn::ModuleOf<Makemore> {
  nn::Parameter embedding = register_parameter("embedding", randn({27, 10}));
  nn::Linear hidden = register_module("hidden", nn::Linear(30, 200));
  nn::Linear out = register_module("out", nn::Linear(200, 27));

  Tensor forward(const Tensor& contexts) {
    const Tensor rows = index_select(embedding, 0, contexts.reshape({-1}));
    return out(tanh(hidden(rows.reshape({-1, 30}))));
  }
};

struct Pinn : nn::ModuleOf<Pinn> {
  nn::MLP net =
      register_module("net", nn::MLP({2, 20, 20, 20, 20, 20, 1}, {.activation = nn::Activation::tanh}));
  Tensor forward(const Tensor& t, const Tensor& x) {
    return -sin(3.14159265358979 * x) + t * (1 - square(x)) * net(cat({t, x}, 1));
  }
};

const onnx::SaveOptions kOpenBatch{.dynamic_axes = {{"x", {0}}}};

template <class Model>
void export_images(const std::filesystem::path& folder, Model model, const Shape& image) {
  const auto images = [&](std::int64_t n) { return std::vector{rand({n, image[0], image[1], image[2]})}; };
  for (int i = 0; i < 3; ++i) model(images(16)[0]);  // running statistics of their own
  model.eval();
  test::write_exported(folder, model, {images(3), images(1), images(8)}, kOpenBatch);
}

template <class Model>
void export_tokens(const std::filesystem::path& folder, Model& model, std::int64_t letters,
                   std::int64_t length, const onnx::SaveOptions& options) {
  const auto tokens = [&](std::int64_t n, std::int64_t steps) {
    return std::vector{randint(0, letters, {n, steps})};
  };
  std::vector<std::vector<Tensor>> calls{tokens(2, length), tokens(5, length)};
  if (options.dynamic_axes.at("x").size() > 1) calls.push_back(tokens(3, length / 2 + 1));
  test::write_exported(folder, model, calls, options);
}

void export_all(const std::filesystem::path& folder) {
  manual_seed(1);
  export_images(folder / "mlp", examples::mlp({784, 128, 64, 10}, 0.2), {1, 28, 28});
  export_images(folder / "lenet", examples::lenet(10), {1, 28, 28});
  export_images(folder / "small_cnn", examples::small_cnn(10, 0.2), {1, 28, 28});
  export_images(folder / "resnet20", examples::resnet20(10), {3, 32, 32});
  export_images(folder / "fast_cnn", examples::fast_cnn(rand({64, 3, 32, 32}), 10), {3, 32, 32});
  Vae vae;
  test::write_exported(folder / "vae", vae, {{rand({2, 1, 28, 28})}, {rand({5, 1, 28, 28})}},
                       {.output_names = {"images", "mean", "deviation"}, .dynamic_axes = {{"x", {0}}}});

  const onnx::SaveOptions both{.dynamic_axes = {{"x", {{0, "batch"}, {1, "length"}}}}};
  examples::Gpt gpt({.characters = 65, .context = 32, .layers = 3, .heads = 4, .width = 64});
  export_tokens(folder / "char_gpt", gpt, 65, 32, both);
  examples::Gpt addition({.characters = 13, .context = 15, .layers = 2, .heads = 4, .width = 32});
  export_tokens(folder / "addition", addition, 13, 12, both);
  CharLstm lstm;
  onnx::SaveOptions of_lstm = both;
  of_lstm.output_names = {"scores", "h", "c"};
  export_tokens(folder / "char_lstm", lstm, 60, 7, of_lstm);
  Makemore makemore;
  export_tokens(folder / "makemore", makemore, 27, 3, kOpenBatch);

  Pinn pinn;
  pinn.to(kFloat64);
  const auto points = [](std::int64_t n) {
    return std::vector{rand({n, 1}, {.dtype = kFloat64}), rand({n, 1}, {.dtype = kFloat64}) * 2 - 1};
  };
  test::write_exported(folder / "pinn", pinn, {points(7), points(100)},
                       {.input_names = {"t", "x"}, .dynamic_axes = {{"t", {0}}, {"x", {0}}}});
  nn::Sequential tabular{nn::Linear(8, 64), nn::ReLU(),        nn::Linear(64, 64),
                         nn::ReLU(),        nn::Linear(64, 1), [](const Tensor& x) { return squeeze(x, 1); }};
  test::write_exported(folder / "tabular", tabular, {{randn({4, 8})}, {randn({9, 8})}}, kOpenBatch);
  nn::Sequential dqn{nn::Linear(4, 128), nn::ReLU(), nn::Linear(128, 128), nn::ReLU(), nn::Linear(128, 2)};
  test::write_exported(folder / "dqn", dqn, {{randn({4, 4})}, {randn({1, 4})}}, kOpenBatch);
}

}  // namespace

int main(int argc, char** argv) try {
  check(argc == 2, "export_models FOLDER");
  export_all(argv[1]);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
