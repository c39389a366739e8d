// The workload of a name.
#include "benchmarks/distributed/trainings.hpp"

#include <stdexcept>
#include <vector>

#include "benchmarks/gpt_training.hpp"
#include "benchmarks/image_modules.hpp"
#include "benchmarks/mlp_training.hpp"

namespace bench {

namespace {

template <class OfKind, class Spec>
Training training_of(Spec spec, int part) {
  spec.batch /= part;
  const auto training = std::make_shared<OfKind>(spec);
  return {.net = {training, &training->net()}, .step = [training] { training->step(); }};
}

}  // namespace

Training make_training(const std::string& workload, int part) {
  for (const Mlp& spec : trainings())
    if (spec.name == workload) return training_of<MlpTraining>(spec, part);
  for (const ImageNet& spec : image_trainings())
    if (spec.name == workload) return training_of<ImageTraining>(spec, part);
  for (const Gpt& spec : gpts())
    if (spec.name == workload) return training_of<GptTraining>(spec, part);
  throw std::invalid_argument("there is no training " + workload);
}

}  // namespace bench
