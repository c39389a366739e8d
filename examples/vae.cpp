// A variational autoencoder: learns to draw clothes that nobody made (Diederik Kingma and Max Welling,
// "Auto-encoding variational Bayes", 2014).
//
//   vae [EPOCHS] [FOLDER] [PICTURES]
//
// FOLDER has Fashion-MNIST (by default that of Debian's package dataset-fashion-mnist). With the default of
// 10 epochs (40 s) the bound on the test images' negative log-likelihood is 244.13 nats an image. PICTURES, a
// folder, gets test images above what the net makes of them (reconstructed.png) and new ones (drawn.png).
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>

#include <xtape/pictures.hpp>
#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

constexpr std::int64_t kPixels = 28 * 28, kHidden = 400, kLatent = 20;

struct Vae : nn::ModuleOf<Vae> {
  nn::Linear hidden = register_module("hidden", nn::Linear(kPixels, kHidden));
  nn::Linear mean = register_module("mean", nn::Linear(kHidden, kLatent));
  nn::Linear log_variance = register_module("log_variance", nn::Linear(kHidden, kLatent));
  nn::Sequential decoder = register_module(
      "decoder", nn::Sequential{nn::Linear(kLatent, kHidden), nn::ReLU(), nn::Linear(kHidden, kPixels)});

  struct Output {
    Tensor logits, mean, log_variance;
  };
  Output forward(const Tensor& images) {
    const Tensor h = relu(hidden(images.flatten(1)));
    const Tensor mu = mean(h), log_var = log_variance(h);
    // Drawn as a function of noise, so that the gradient reaches the mean and the variance.
    return {decoder(mu + exp(0.5 * log_var) * randn_like(mu)), mu, log_var};
  }

  /// Images {n, 1, 28, 28} of the latent vectors z {n, kLatent}.
  Tensor draw(const Tensor& z) { return sigmoid(decoder(z)).reshape({-1, 1, 28, 28}); }
};

/// The negative evidence lower bound of a batch, in nats: what the pixels cost, and how far the latent
/// distribution is from the standard normal one.
Tensor negative_bound(const Vae::Output& y, const Tensor& images) {
  const Tensor pixels =
      nn::binary_cross_entropy_with_logits(y.logits, images.flatten(1), {.reduction = nn::Reduction::sum});
  const Tensor divergence = -0.5 * sum(1 + y.log_variance - square(y.mean) - exp(y.log_variance));
  return pixels + divergence;
}

double bound_on(Vae& net, const datasets::FashionMNIST& data) {
  const NoGradGuard no_grad;
  double total = 0;
  for (const auto& [images, labels] : datasets::DataLoader(data, {.batch_size = 1000}))
    total += negative_bound(net(images), images).item();
  return total / static_cast<double>(data.size());
}

void save_pictures(const std::string& folder, Vae& net, const datasets::FashionMNIST& data) {
  const NoGradGuard no_grad;
  const Tensor images = data.images().slice(0, 0, 10).to(kFloat32) / 255;
  const Tensor means = net(images).mean;
  pictures::save_image_grid(folder + "/reconstructed.png", cat({images, net.draw(means)}));
  pictures::save_image_grid(folder + "/drawn.png", net.draw(randn({60, kLatent})));
}

}  // namespace

int main(int argc, char** argv) try {
  const int epochs = argc > 1 ? std::atoi(argv[1]) : 10;
  const std::string root = argc > 2 ? argv[2] : "/usr/share/datasets/fashion-mnist";
  const auto train = datasets::FashionMNIST(root, {.train = true});
  const auto test = datasets::FashionMNIST(root, {.train = false});

  manual_seed(0);
  Vae net;
  optim::Adam optimizer(net.parameters(), {.lr = 1e-3});
  double bound = 0;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    for (const auto& [images, labels] : datasets::DataLoader(train, {.batch_size = 128, .shuffle = true})) {
      optimizer.zero_grad();
      Tensor loss = negative_bound(net(images), images) / images.size(0);
      loss.backward();
      optimizer.step();
    }
    bound = bound_on(net, test);
    fmt::print("epoch {:2}  bound on the test images {:.2f} nats\n", epoch, bound);
  }
  if (argc > 3) save_pictures(argv[3], net, test);
  check(bound < 270, "it has not learned: the bound is {:.2f}", bound);
} catch (const std::exception& error) {
  fmt::print(stderr, "vae: {}\n", error.what());
  return 1;
}
