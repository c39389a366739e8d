// The activation functions as modules, and the enumeration that MLP chooses one by.
#pragma once

#include <concepts>
#include <memory>
#include <optional>

#include "nn/module/module.hpp"

namespace xtape::nn {

using xtape::ELUOptions;
using xtape::GELUOptions;
using xtape::LeakyReLUOptions;
using xtape::SoftplusOptions;

/// Of the activations that have no other options.
struct InplaceOptions {
  bool inplace = false;  ///< whether the input is written over
};
using ReLUOptions = InplaceOptions;

struct SoftmaxOptions {
  std::int64_t dim = -1;
};

/// y = x
struct Identity : Module {
  Tensor forward(const Tensor& x) override;
};

/// A function of each element, or its twin that writes over the input.
template <Tensor (*function)(const Tensor&), const Tensor& (*in_place)(const Tensor&)>
class InplaceActivation : public Module {
 public:
  InplaceActivation() = default;
  explicit InplaceActivation(const InplaceOptions& options) : options_(options) {}
  explicit InplaceActivation(std::same_as<bool> auto inplace) : options_{inplace} {}
  Tensor forward(const Tensor& x) override { return options_.inplace ? in_place(x) : function(x); }
  std::string extra_repr() const override { return options_.inplace ? "inplace=True" : ""; }

 private:
  InplaceOptions options_;
};

/// y = max(x, 0)
struct ReLU : InplaceActivation<relu, relu_> {
  using InplaceActivation::InplaceActivation;
};

/// y = x for x > 0, else negative_slope x
class LeakyReLU : public Module {
 public:
  explicit LeakyReLU(const LeakyReLUOptions& options = {}) : options_(options) {}
  explicit LeakyReLU(double negative_slope, bool inplace = false) : options_{negative_slope, inplace} {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  LeakyReLUOptions options_;
};

/// y = x for x > 0, else alpha (e^x - 1)
class ELU : public Module {
 public:
  explicit ELU(const ELUOptions& options = {}) : options_(options) {}
  explicit ELU(double alpha, bool inplace = false) : options_{alpha, inplace} {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  ELUOptions options_;
};

/// y = x Phi(x), Phi the distribution function of the standard normal
class GELU : public Module {
 public:
  explicit GELU(const GELUOptions& options = {});
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  std::string approximate_;
};

/// y = x sigmoid(x)
struct SiLU : InplaceActivation<silu, silu_> {
  using InplaceActivation::InplaceActivation;
};

/// y = 1 / (1 + e^-x)
struct Sigmoid : Module {
  Tensor forward(const Tensor& x) override;
};

struct Tanh : Module {
  Tensor forward(const Tensor& x) override;
};

/// y = log(1 + e^(beta x)) / beta, and x where beta x > threshold
class Softplus : public Module {
 public:
  explicit Softplus(const SoftplusOptions& options = {}) : options_(options) {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  SoftplusOptions options_;
};

/// y = e^x / sum(e^x) along dim
class Softmax : public Module {
 public:
  explicit Softmax(std::int64_t dim) : options_{dim} {}
  explicit Softmax(const SoftmaxOptions& options) : options_(options) {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  SoftmaxOptions options_;
};

/// y = log softmax(x) along dim
class LogSoftmax : public Module {
 public:
  explicit LogSoftmax(std::int64_t dim) : options_{dim} {}
  explicit LogSoftmax(const SoftmaxOptions& options) : options_(options) {}
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;

 private:
  SoftmaxOptions options_;
};

enum class Activation { identity, relu, leaky_relu, elu, gelu, silu, sigmoid, tanh, softplus };

/// "relu", "leaky_relu", ...
std::string_view to_string(Activation activation);
/// The activation of that name; "linear" and "none" are identity too. An Error lists the names.
Activation activation_named(std::string_view name);
/// The module of an activation, with its default options.
std::shared_ptr<Module> make_activation(Activation activation);

}  // namespace xtape::nn
