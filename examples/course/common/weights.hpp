// Initial values as the notebooks choose them.
#pragma once

#include <functional>

#include <xtape/xtape.hpp>

namespace course {

/// Fills each weight by `fill`, and each bias with zeros.
void set_weights(const xtape::nn::Module& model, const std::function<void(const xtape::Tensor&)>& fill);

/// As Keras' Dense has them: Glorot's uniform weights, zero biases.
void set_keras_weights(const xtape::nn::Module& model);

}  // namespace course
