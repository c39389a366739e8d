// All parameters of a model as one vector, and back.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn::utils {

/// All elements in a row, with history. Throws where there are no parameters.
Tensor parameters_to_vector(const std::vector<Tensor>& parameters);
/// Copies the elements of a vector into the parameters, unrecorded. Throws unless it has as many.
void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters);

}  // namespace xtape::nn::utils
