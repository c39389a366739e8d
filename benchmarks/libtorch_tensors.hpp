// The workloads' numbers as libtorch's tensors.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <cstring>
#include <vector>

inline torch::Tensor floats(const std::vector<float>& values, torch::IntArrayRef shape) {
  torch::Tensor x = torch::empty(shape);
  std::memcpy(x.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return x;
}

inline torch::Tensor labels(const std::vector<std::int64_t>& values) {
  return torch::tensor(torch::ArrayRef<std::int64_t>(values), torch::kInt64);
}
