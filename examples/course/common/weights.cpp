// Weights are the parameters of two dims.
#include "weights.hpp"

namespace course {

using namespace xtape;

void set_weights(const nn::Module& model, const std::function<void(const Tensor&)>& fill) {
  for (const Tensor& parameter : model.parameters()) {
    if (parameter.dim() > 1) {
      fill(parameter);
    } else {
      nn::init::zeros_(parameter);
    }
  }
}

void set_keras_weights(const nn::Module& model) {
  set_weights(model, [](const Tensor& weight) { nn::init::xavier_uniform_(weight); });
}

}  // namespace course
