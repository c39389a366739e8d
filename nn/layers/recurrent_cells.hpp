// Cells: one step of a recurrent layer, for programs that have a loop of their own. They are made of small
// ops; the layers of nn/layers/recurrent.hpp run many steps faster.
#pragma once

#include <string>

#include "nn/layers/recurrent_weights.hpp"

namespace xtape::nn {

struct RNNCellOptions {
  bool bias = true;
  xtape::detail::Choice<RNNNonlinearity> nonlinearity = RNNNonlinearity::tanh;  ///< also as "relu"
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};
/// Of GRUCell and LSTMCell.
struct GatedCellOptions {
  bool bias = true;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};
using GRUCellOptions = GatedCellOptions;
using LSTMCellOptions = GatedCellOptions;

/// What the cells share: x {N, input_size} or {input_size}, states {N, hidden_size} or {hidden_size}, zeros
/// where they are left out. Parameters are weight_ih {gates hidden_size, input_size}, weight_hh {gates
/// hidden_size, hidden_size}, bias_ih and bias_hh {gates hidden_size}, from U(-1/sqrt(hidden_size),
/// 1/sqrt(hidden_size)).
class RNNCellBase : public ModuleBase {
 public:
  std::string extra_repr() const override;

  std::int64_t input_size() const { return weights_.ih->size(1); }
  std::int64_t hidden_size() const { return weights_.hidden(); }
  const Tensor& weight_ih() const { return *weights_.ih; }
  const Tensor& weight_hh() const { return *weights_.hh; }
  const Tensor& bias_ih() const { return *weights_.bias_ih; }  ///< undefined in a cell without biases
  const Tensor& bias_hh() const { return *weights_.bias_hh; }

 protected:
  RNNCellBase(const char* layer, const RecurrentWeights::Settings& settings);
  RNNCellBase(const RNNCellBase&) = default;
  RNNCellBase& operator=(const RNNCellBase&) = default;

  void check_input(const Tensor& x) const;
  /// `state`, or zeros beside x where it is undefined.
  Tensor checked_state(const Tensor& x, const Tensor& state, const char* name) const;
  Tensor of_input(const Tensor& x) const;
  Tensor of_state(const Tensor& h) const;

 private:
  const char* layer_;
  RecurrentWeights weights_;
};

/// h = tanh(x W_ih^T + b_ih + h' W_hh^T + b_hh), or relu of that.
class RNNCell : public RNNCellBase {
 public:
  RNNCell(std::int64_t input_size, std::int64_t hidden_size, const RNNCellOptions& options = {});

  Tensor forward(const Tensor& x, const Tensor& h = Tensor()) const;
  /// forward(), and then the forward hooks.
  Tensor operator()(const Tensor& x, const Tensor& h = Tensor()) const;
  std::string extra_repr() const override;

 private:
  bool relu_;
};

/// r, z = sigmoid of the first two thirds of x W_ih^T + b_ih + h' W_hh^T + b_hh, n = tanh(x W_in^T + b_in + r
/// (h' W_hn^T + b_hn)); h = n + z (h' - n).
class GRUCell : public RNNCellBase {
 public:
  GRUCell(std::int64_t input_size, std::int64_t hidden_size, const GRUCellOptions& options = {});

  Tensor forward(const Tensor& x, const Tensor& h = Tensor()) const;
  /// forward(), and then the forward hooks.
  Tensor operator()(const Tensor& x, const Tensor& h = Tensor()) const;
};

/// i, f, o = sigmoid and g = tanh of the quarters of x W_ih^T + b_ih + h' W_hh^T + b_hh; c = f c' + i g, h =
/// o tanh(c): auto [h, c] = cell(x, {h0, c0}).
class LSTMCell : public RNNCellBase {
 public:
  LSTMCell(std::int64_t input_size, std::int64_t hidden_size, const LSTMCellOptions& options = {});

  LSTMState forward(const Tensor& x, const LSTMState& state = {}) const;
  /// forward(), and then the forward hooks.
  LSTMState operator()(const Tensor& x, const LSTMState& state = {}) const;
};

}  // namespace xtape::nn
