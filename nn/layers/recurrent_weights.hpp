// What recurrent layers and their cells share: weights, the state of an LSTM, the function of an RNN.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "autograd/base/choice.hpp"
#include "nn/module/module_base.hpp"

namespace xtape::nn {

enum class RNNNonlinearity { tanh, relu };
constexpr std::array<std::string_view, 2> words(RNNNonlinearity) { return {"tanh", "relu"}; }

/// h and c of an LSTM; both undefined where it begins from zeros.
struct LSTMState {
  LSTMState() = default;
  LSTMState(Tensor hidden, Tensor cell) : h(std::move(hidden)), c(std::move(cell)) {}
  LSTMState(std::tuple<Tensor, Tensor> state)  // NOLINT: implicit, as PyTorch's states are tuples
      : h(std::move(std::get<0>(state))), c(std::move(std::get<1>(state))) {}

  Tensor h;
  Tensor c;

  auto tied() { return std::tie(h, c); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};

/// Of one layer and direction, or of a cell: `ih` {gates x hidden, input}, `hh` {gates x hidden, hidden}, and
/// biases {gates x hidden}, undefined where there are none.
struct RecurrentWeights {
  /// Registers them as weight_ih, weight_hh, bias_ih and bias_hh with the suffix, from U(-1/sqrt(hidden),
  /// 1/sqrt(hidden)).
  struct Settings {
    std::int64_t gates, input, hidden;
    bool bias;
    DType dtype;
    Generator* generator;
  };
  RecurrentWeights(ModuleBase& module, const Settings& settings, const std::string& suffix = "");

  /// x W_ih^T + bias, or without a bias where that is undefined.
  Tensor of_input(const Tensor& x, const Tensor& bias) const;
  std::int64_t hidden() const { return hh->size(1); }

  Parameter ih, hh, bias_ih, bias_hh;
};

namespace detail {

/// Throws where sizes or dtype are none of a layer's.
void check_recurrent(std::string_view layer, const RecurrentWeights::Settings& settings);
/// Throws unless x is of the weights' dtype and has `input` features.
void check_recurrent_input(std::string_view layer, const Tensor& x, const RecurrentWeights& weights);
/// Throws unless the initial state `name` fits beside x, of this shape.
void check_recurrent_state(std::string_view layer, std::string_view name, const Tensor& state,
                           const Shape& shape, const Tensor& x);

}  // namespace detail

}  // namespace xtape::nn
