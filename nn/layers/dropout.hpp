// Dropout and Dropout2d: random elements, or channels, become zero in training.
#pragma once

#include "nn/module/module.hpp"

namespace xtape::nn {

struct DropoutOptions {
  double p = 0.5;
  bool inplace = false;            ///< whether the input is written over
  Generator* generator = nullptr;  ///< the default generator where null
};

/// In training, zeroes each element with probability p and scales the rest by 1 / (1 - p); in evaluation
/// gives x.
class Dropout : public Module {
 public:
  explicit Dropout(const DropoutOptions& options = {});
  explicit Dropout(double p, bool inplace = false) : Dropout(DropoutOptions{p, inplace}) {}

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  DropoutOptions options_;
};

/// The same with whole channels of x {N, C, ...}.
class Dropout2d : public Module {
 public:
  explicit Dropout2d(const DropoutOptions& options = {});
  explicit Dropout2d(double p, bool inplace = false) : Dropout2d(DropoutOptions{p, inplace}) {}

  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  DropoutOptions options_;
};

}  // namespace xtape::nn
