// Says what PNG files show, by a net that was trained and saved before.
//
//   mnist --dataset fashion --model cnn --save net.safetensors
//   classify --dataset fashion --model cnn net.safetensors shoe.png shirt.png
//
// The weights may also come from PyTorch, in a .pt file of a net with the same layers, or from a checkpoint:
// --key model checkpoint-9.safetensors.
#include <fmt/format.h>

#include <string>
#include <vector>

#include <xtape/pictures.hpp>

#include "common/image_sets.hpp"
#include "common/models.hpp"
#include "common/options.hpp"

using namespace xtape;

namespace {

nn::Sequential make_model(const std::string& name) {
  if (name == "lenet") return examples::lenet(10);
  if (name == "cnn") return examples::small_cnn(10, 0.3);
  if (name == "resnet20") return examples::resnet20(10);
  return examples::mlp({28 * 28, 512, 512, 10}, 0.2);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Says what PNG files show, by a net that was trained before.", "classify");
  std::string set = "mnist", model = "mlp", key, weights;
  std::vector<std::string> files;
  app.option_defaults()->always_capture_default();
  app.add_option("--dataset", set, "what the net was trained on: mnist, fashion or cifar10")
      ->check(CLI::IsMember({"mnist", "fashion", "cifar10"}));
  app.add_option("--model", model, "mlp, lenet, cnn or resnet20")
      ->check(CLI::IsMember({"mlp", "lenet", "cnn", "resnet20"}));
  app.add_option("--key", key, "the weights' place in a file with more in it, such as model");
  app.add_option("weights", weights, "a .safetensors or .pt file")->required();
  app.add_option("images", files, "PNG files")->required();
  return examples::run(app, argc, argv, [&] {
    const examples::ImageSet& data = examples::image_set(set);
    nn::Sequential net = make_model(model);
    load(net, weights, {.key = key});
    net.eval();
    const NoGradGuard no_grad;
    const datasets::Compose transform{datasets::ToFloat(), data.normalize()};
    for (const std::string& file : files) {
      const Tensor image =
          pictures::load_png(file, {.channels = data.channels, .size = {data.side, data.side}});
      const auto [share, index] = softmax(net(transform(image.unsqueeze(0))), 1)[0].max(0);
      const auto place = static_cast<std::size_t>(index.item<std::int64_t>());
      fmt::print("{}: {} ({:.1f}%)\n", file, data.classes[place], 100 * share.item());
    }
  });
}
