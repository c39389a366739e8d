// Teaches a trained net new classes: its last layer is replaced, the others stay as they are.
//
//   finetune --model net.onnx --images photos --save new.onnx
//
// `net.onnx` takes images {N, C, H, W} of one size; `photos` has a folder of PNG files for each class. A
// .safetensors or .pt file is the weights of one of the examples' nets: --net resnet20 --model resnet20.pt.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <xtape/onnx.hpp>
#include <xtape/optim.hpp>
#include <xtape/pictures.hpp>

#include "common/image_sets.hpp"
#include "common/models.hpp"
#include "common/options.hpp"

using namespace xtape;

namespace {

struct Options {
  std::string model, net = "resnet20", key, features, images, save;
  std::int64_t channels = 3, side = 32, batch = 32;
  int epochs = 20;
  double lr = 1e-2, validation = 0.2;
  std::uint64_t seed = 0;
};

nn::Sequential net_of(const std::string& name) {
  if (name == "lenet") return examples::lenet(10);
  if (name == "cnn") return examples::small_cnn(10, 0.3);
  return examples::resnet20(10);
}

/// All layers of a net but the last.
struct Body : nn::Module {
  explicit Body(const nn::Sequential& net) : whole(register_module("whole", net)) {}
  Tensor forward(const Tensor& x) override {
    Tensor y = x;
    for (std::int64_t i = 0; i + 1 < static_cast<std::int64_t>(whole.size()); ++i) y = whole[i](y);
    return y;
  }
  nn::Sequential whole;
};

/// The net without its last layer.
nn::Sequential body_of(const Options& options) {
  if (std::filesystem::path(options.model).extension() == ".onnx") {
    std::string features = options.features;
    if (features.empty()) {
      const std::vector<std::string> names = onnx::value_names(options.model);
      check(names.size() >= 2, "{} has one layer; expected some before the last one", options.model);
      features = names[names.size() - 2];
    }
    fmt::print("features: \"{}\"\n", features);
    return nn::Sequential{onnx::load(options.model, {.output_names = {features}})};
  }
  nn::Sequential whole = net_of(options.net);
  load(whole, options.model, {.key = options.key});
  return nn::Sequential{Body(whole)};
}

void finetune(const Options& options) {
  manual_seed(options.seed);
  const examples::ImageSet& set = examples::image_set(options.channels == 1 ? "fashion" : "cifar10");
  const pictures::ImageFolder data(options.images,
                                   {.channels = options.channels,
                                    .size = {options.side, options.side},
                                    .transform = datasets::Compose{datasets::ToFloat(), set.normalize()}});
  const auto [train, validation] = datasets::random_split(data, {1 - options.validation, options.validation});
  check(data.classes().size() > 1, "{} has one folder of images; expected one for each class",
        options.images);
  check(train.size() > 0 && validation.size() > 0, "{} images are too few to hold back a share of {} of them",
        data.size(), options.validation);
  fmt::print("{} images of {} classes: {}\n", data.size(), data.classes().size(),
             fmt::join(data.classes(), ", "));

  nn::Sequential net = body_of(options);
  net.requires_grad_(false);
  const Tensor example = rand({1, options.channels, options.side, options.side});
  net.eval();
  const Tensor features = flatten(net(example), 1);
  net.push_back(nn::Flatten());
  nn::Linear head(features.size(1), std::ssize(data.classes()));
  net.push_back(head);

  optim::Adam optimizer(head.parameters(), {.lr = options.lr});
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    double total = 0;
    net.eval();  // batch norm keeps the statistics that it was trained with
    const datasets::DataLoader loader(train, {.batch_size = options.batch, .shuffle = true});
    for (const auto& [x, y] : loader) {
      Tensor loss = nn::cross_entropy(net(x), y);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      total += loss.item();
    }
    const double loss = total / static_cast<double>(loader.size());
    check(std::isfinite(loss), "the loss is {}; a smaller --lr may help", loss);
    fmt::print("epoch {:2}/{}  loss {:.4f}  validation accuracy {:.2f}%\n", epoch, options.epochs, loss,
               100 * nn::accuracy(net, validation));
  }
  if (options.save.empty()) return;
  onnx::save(net, example, options.save,
             {.input_names = {"images"}, .output_names = {"scores"}, .dynamic_axes = {{"images", {0}}}});
  fmt::print("wrote {}\n", options.save);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Teaches a trained net new classes.", "finetune");
  Options o;
  app.option_defaults()->always_capture_default();
  app.add_option("--model", o.model, "an .onnx file, or the weights of --net as .safetensors or .pt")
      ->required();
  app.add_option("--net", o.net, "of the weights: lenet, cnn or resnet20")
      ->check(CLI::IsMember({"lenet", "cnn", "resnet20"}));
  app.add_option("--key", o.key, "the weights' place in a file with more in it, such as model");
  app.add_option(
      "--features", o.features,
      "of an .onnx file: the tensor that the new layer reads; by default what the last node reads");
  app.add_option("--images", o.images, "a folder with a folder of PNG files for each class")->required();
  app.add_option("--channels", o.channels, "of the images: 1 or 3")->check(CLI::IsMember({1, 3}));
  app.add_option("--side", o.side, "pixels a side, to which the images are resized")
      ->check(examples::in(1, 1024));
  app.add_option("--epochs", o.epochs)->check(examples::in(1, 10'000));
  app.add_option("--batch", o.batch)->check(examples::in(1, 100'000));
  app.add_option("--lr", o.lr, "learning rate")->check(examples::in(0, 1e6));
  app.add_option("--validation", o.validation, "share of the images that is not trained on")
      ->check(examples::in(0.01, 0.9));
  app.add_option("--seed", o.seed)->check(examples::in(0, 1e18));
  app.add_option("--save", o.save, "the .onnx file to write")->check(examples::file_to_write({".onnx"}));
  return examples::run(app, argc, argv, [&] { finetune(o); });
}
