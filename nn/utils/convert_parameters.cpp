// Parameters in a row.
#include "nn/utils/convert_parameters.hpp"

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/shape.hpp"

namespace xtape::nn::utils {

Tensor parameters_to_vector(const std::vector<Tensor>& parameters) {
  check(!parameters.empty(), "parameters_to_vector: there are no parameters");
  std::vector<Tensor> parts;
  for (const Tensor& parameter : parameters) parts.push_back(parameter.reshape({-1}));
  return cat(parts, 0);
}

void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters) {
  std::int64_t count = 0;
  for (const Tensor& parameter : parameters) count += parameter.numel();
  check(vector.dim() == 1 && vector.numel() == count,
        "vector_to_parameters: a vector of shape {} for parameters of {} elements", vector.shape(), count);
  const NoGradGuard no_grad;
  std::int64_t first = 0;
  for (const Tensor& parameter : parameters) {
    parameter.copy_(vector.narrow(0, first, parameter.numel()).reshape(parameter.shape()));
    first += parameter.numel();
  }
}

}  // namespace xtape::nn::utils
