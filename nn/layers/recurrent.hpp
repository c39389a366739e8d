// Recurrent layers: RNN, LSTM and GRU over whole sequences. Cells of one step: nn/layers/recurrent_cells.hpp.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "nn/layers/recurrent_weights.hpp"
#include "nn/utils/rnn.hpp"

namespace xtape::detail {
class Steps;
}

namespace xtape::nn {

struct RNNOptions {
  std::int64_t num_layers = 1;
  xtape::detail::Choice<RNNNonlinearity> nonlinearity = RNNNonlinearity::tanh;  ///< also as "relu"
  bool bias = true;
  bool batch_first = false;  ///< x {N, steps, input_size} instead of {steps, N, input_size}
  double dropout = 0;        ///< of the output of every layer but the last, in training
  bool bidirectional = false;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};

struct GRUOptions {
  std::int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;  ///< see RNNOptions, as for those below
  double dropout = 0;
  bool bidirectional = false;
  DType dtype = kFloat32;
  Generator* generator = nullptr;
};

struct LSTMOptions {
  std::int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;  ///< see RNNOptions, as for those below
  double dropout = 0;
  bool bidirectional = false;
  std::int64_t proj_size = 0;  ///< projections are not supported: another value is an Error
  DType dtype = kFloat32;
  Generator* generator = nullptr;
};

/// auto [output, h_n] = gru(x)
struct RNNOutput {
  Tensor output;
  Tensor h_n;

  auto tied() { return std::tie(output, h_n); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};
struct RNNPackedOutput {
  utils::PackedSequence output;
  Tensor h_n;

  auto tied() { return std::tie(output, h_n); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};
/// auto [output, state] = lstm(x); auto& [h_n, c_n] = state
struct LSTMOutput {
  Tensor output;
  LSTMState state;

  auto tied() { return std::tie(output, state); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};
struct LSTMPackedOutput {
  utils::PackedSequence output;
  LSTMState state;

  auto tied() { return std::tie(output, state); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};

/// What the layers share. With L layers, D directions and H = hidden_size, and N sequences:
///
///   x             {steps, N, input_size}, with batch_first {N, steps, input_size}, unbatched {steps,
///   input_size} h0, c0        {L D, N, H}, unbatched {L D, H}; zeros where they are left out output as x,
///   with D H features: the states of the last layer, of both directions side by side h_n, c_n      as h0:
///   the states after the last step of each sequence
///
/// A PackedSequence in the place of x gives one in the place of the output; states keep the order of the
/// batch. Parameters are weight_ih_l0 {gates H, input_size or D H}, weight_hh_l0 {gates H, H}, bias_ih_l0 and
/// bias_hh_l0 {gates H} of each layer, with _reverse for the way back, all from U(-1/sqrt(H), 1/sqrt(H)).
/// Throws where the dtype or a size does not fit, and where there are no steps.
class RNNBase : public ModuleBase {
 public:
  std::string extra_repr() const override;

  /// The parameters of each layer and direction.
  std::vector<std::vector<Tensor>> all_weights() const;
  /// Nothing to do: PyTorch puts weights in one buffer for the GPU.
  void flatten_parameters() {}
  std::int64_t input_size() const { return weights_.front().ih->size(1); }
  std::int64_t hidden_size() const { return weights_.front().hidden(); }
  std::int64_t num_layers() const { return num_layers_; }
  bool batch_first() const { return batch_first_; }
  bool bidirectional() const { return bidirectional_; }

 protected:
  using Steps = xtape::detail::Steps;

  template <class Options>
  RNNBase(const char* layer, std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size,
          const Options& options);
  RNNBase(const RNNBase&) = default;
  RNNBase& operator=(const RNNBase&) = default;

  /// forward(), and then the forward hooks, which see a state where it is given.
  template <class X, class Initial, class Forward>
  std::invoke_result_t<Forward&> call_with(const X& x, const Initial& state, bool is_given,
                                           Forward&& forward) const;
  /// The output, then the last states of as many kinds as `initial` holds, of which each may be undefined.
  std::vector<Tensor> run(const Tensor& x, const std::vector<Tensor>& initial) const;
  std::vector<Tensor> run(const utils::PackedSequence& x, const std::vector<Tensor>& initial) const;

 private:
  /// What PyTorch calls the layer's function, for a trace: "lstm", "gru", "rnn_tanh" or "rnn_relu".
  virtual const char* function() const = 0;
  /// One layer in one direction: the states of all steps {rows, H}, of each kind of `initial`, from x {rows,
  /// features}.
  virtual std::vector<Tensor> run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                        const std::vector<Tensor>& initial) const = 0;
  std::vector<Tensor> run_batch(const Tensor& x, const std::vector<Tensor>& initial) const;
  std::vector<Tensor> run_layers(const std::vector<std::int64_t>& sizes, Tensor x,
                                 const std::vector<Tensor>& initial) const;
  std::int64_t directions() const { return bidirectional_ ? 2 : 1; }
  /// The initial states of each kind, {L D, N, H}, zeros where they are left out.
  std::vector<Tensor> initial_states(const Tensor& x, const std::vector<Tensor>& given,
                                     const Shape& shape) const;

  const char* layer_;
  std::int64_t num_layers_;
  bool bias_, batch_first_;
  double dropout_;
  bool bidirectional_;
  std::vector<RecurrentWeights> weights_;
};

/// What RNN and GRU share: their state is h alone.
class HiddenStateRNN : public RNNBase {
 public:
  RNNOutput forward(const Tensor& x, const Tensor& h0 = Tensor()) const;
  RNNPackedOutput forward(const utils::PackedSequence& x, const Tensor& h0 = Tensor()) const;
  /// forward(), and then the forward hooks.
  RNNOutput operator()(const Tensor& x, const Tensor& h0 = Tensor()) const;
  RNNPackedOutput operator()(const utils::PackedSequence& x, const Tensor& h0 = Tensor()) const;

 protected:
  using RNNBase::RNNBase;
};

/// h = tanh(x W_ih^T + b_ih + h' W_hh^T + b_hh), or relu of that, step by step; see RNNBase for shapes.
class RNN : public HiddenStateRNN {
 public:
  RNN(std::int64_t input_size, std::int64_t hidden_size, const RNNOptions& options = {});

 private:
  const char* function() const override { return relu_ ? "rnn_relu" : "rnn_tanh"; }
  std::vector<Tensor> run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                const std::vector<Tensor>& initial) const override;

  bool relu_;
};

/// r, z = sigmoid(x W_ih^T + b_ih + h' W_hh^T + b_hh), n = tanh(x W_in^T + b_in + r (h' W_hn^T + b_hn)), h =
/// n + z (h'
/// - n), step by step; the rows of the weights are those of r, z and n. See RNNBase for shapes.
class GRU : public HiddenStateRNN {
 public:
  GRU(std::int64_t input_size, std::int64_t hidden_size, const GRUOptions& options = {});

 private:
  const char* function() const override { return "gru"; }
  std::vector<Tensor> run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                const std::vector<Tensor>& initial) const override;
};

/// i, f, o = sigmoid and g = tanh of x W_ih^T + b_ih + h' W_hh^T + b_hh; c = f c' + i g, h = o tanh(c), step
/// by step; the rows of the weights are those of i, f, g and o. See RNNBase for shapes.
class LSTM : public RNNBase {
 public:
  LSTM(std::int64_t input_size, std::int64_t hidden_size, const LSTMOptions& options = {});

  LSTMOutput forward(const Tensor& x, const LSTMState& state = {}) const;
  LSTMPackedOutput forward(const utils::PackedSequence& x, const LSTMState& state = {}) const;
  /// forward(), and then the forward hooks.
  LSTMOutput operator()(const Tensor& x, const LSTMState& state = {}) const;
  LSTMPackedOutput operator()(const utils::PackedSequence& x, const LSTMState& state = {}) const;

 private:
  const char* function() const override { return "lstm"; }
  std::vector<Tensor> run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                const std::vector<Tensor>& initial) const override;
};

}  // namespace xtape::nn
