// Training and inference of the convolutional nets, as a user would write them.
#include "benchmarks/steps_images.hpp"

#include <xtape/xtape.hpp>

#include "benchmarks/image_modules.hpp"

using namespace xtape;

namespace {

void run_training(const bench::Measurement& measurement, const std::string& peer,
                  const bench::ImageNet& spec) {
  bench::ImageTraining training(spec);
  measurement.run(
      spec.name, peer, [&] { training.step(); }, [&] { return training.loss(); },
      [&] { training.restart(); });
}

void run_inference(const bench::Measurement& measurement, const std::string& peer,
                   const bench::ImageNet& spec) {
  nn::Sequential net = bench::make_image_net(spec);
  net.eval();
  const NoGradGuard no_grad;
  const Tensor x = bench::images(spec);
  Tensor out;
  measurement.run(
      spec.name, peer, [&] { out = net(x); }, [&] { return sum(abs(out)).item(); });
}

}  // namespace

void run_image_nets(const bench::Measurement& measurement, const std::string& peer) {
  for (const bench::ImageNet& net : bench::image_trainings())
    if (measurement.wants(net.name)) run_training(measurement, peer, net);
  for (const bench::ImageNet& net : bench::image_inferences())
    if (measurement.wants(net.name)) run_inference(measurement, peer, net);
}
