// Recurrent layers: x as rows of all steps, one op for each layer and direction.
#include "nn/layers/recurrent.hpp"

#include <cstdint>

#include "autograd/graph/trace.hpp"
#include "autograd/ops/detail/recurrent.hpp"
#include "nn/module/detail/python_repr.hpp"

namespace xtape::nn {

namespace {

using utils::PackedSequence;
using xtape::detail::Steps;

/// The biases of a layer whose product of the input and that of the state are added, as one.
Tensor summed_biases(const RecurrentWeights& weights) {
  return weights.bias_ih->defined() ? *weights.bias_ih + *weights.bias_hh : Tensor();
}

/// The rows of the last step that each sequence has.
Tensor last_states(const Steps& steps, const Tensor& states) {
  if (steps.is_reverse()) return narrow(states, 0, 0, steps.batch());
  const std::int64_t last = steps.count() - 1;
  if (steps.size(last) == steps.batch()) return narrow(states, 0, steps.begin(last), steps.batch());
  std::vector<std::int64_t> rows(static_cast<std::size_t>(steps.batch()));
  for (std::int64_t t = 0; t <= last; ++t)
    for (std::int64_t i = 0; i < steps.size(t); ++i) rows[static_cast<std::size_t>(i)] = steps.begin(t) + i;
  return index_select(states, 0, from_vector(rows, {steps.batch()}));
}

}  // namespace

template <class Options>
RNNBase::RNNBase(const char* layer, std::int64_t gates, std::int64_t input_size, std::int64_t hidden_size,
                 const Options& options)
    : layer_(layer),
      num_layers_(options.num_layers),
      bias_(options.bias),
      batch_first_(options.batch_first),
      dropout_(options.dropout),
      bidirectional_(options.bidirectional) {
  RecurrentWeights::Settings settings{gates,        input_size,    hidden_size,
                                      options.bias, options.dtype, options.generator};
  detail::check_recurrent(layer, settings);
  check(num_layers_ > 0, "{}: num_layers is {}; expected 1 or more", layer, num_layers_);
  check(dropout_ >= 0 && dropout_ <= 1, "{}: dropout is {}; expected a probability in [0, 1]", layer,
        dropout_);
  for (std::int64_t i = 0; i < num_layers_; ++i) {
    for (const char* direction : {"", "_reverse"}) {
      if (*direction != '\0' && !bidirectional_) continue;
      weights_.emplace_back(*this, settings, fmt::format("_l{}{}", i, direction));
    }
    settings.input = directions() * hidden_size;
  }
}

std::string RNNBase::extra_repr() const {
  std::string text = fmt::format("{}, {}", input_size(), hidden_size());
  if (num_layers_ != 1) text += fmt::format(", num_layers={}", num_layers_);
  if (!bias_) text += ", bias=False";
  if (batch_first_) text += ", batch_first=True";
  if (dropout_ != 0) text += fmt::format(", dropout={}", python_repr(dropout_));
  if (bidirectional_) text += ", bidirectional=True";
  return text;
}

std::vector<std::vector<Tensor>> RNNBase::all_weights() const {
  std::vector<std::vector<Tensor>> all;
  for (const RecurrentWeights& weights : weights_) {
    all.push_back({weights.ih, weights.hh});
    if (bias_) all.back().insert(all.back().end(), {weights.bias_ih, weights.bias_hh});
  }
  return all;
}

std::vector<Tensor> RNNBase::initial_states(const Tensor& x, const std::vector<Tensor>& given,
                                            const Shape& shape) const {
  std::vector<Tensor> states = given;
  for (std::size_t i = 0; i < states.size(); ++i) {
    check(given[i].defined() == given[0].defined(), "{}: only one of h0 and c0 is defined; give both or none",
          layer_);
    if (given[i].defined())
      detail::check_recurrent_state(layer_, i == 0 ? "h0" : "c0", given[i], shape, x);
    else
      states[i] = zeros(shape, {.dtype = x.dtype()});
  }
  return states;
}

/// The states of the last layer, then the last states of each kind, {L D, N, H}.
std::vector<Tensor> RNNBase::run_layers(const std::vector<std::int64_t>& sizes, Tensor x,
                                        const std::vector<Tensor>& initial) const {
  std::vector<std::vector<Tensor>> last(initial.size());
  for (std::size_t at = 0; at < weights_.size();) {
    std::vector<Tensor> of_directions;
    for (std::int64_t direction = 0; direction < directions(); ++direction, ++at) {
      const Steps steps(sizes, direction == 1);
      std::vector<Tensor> begin;
      for (const Tensor& states : initial) begin.push_back(states[static_cast<std::int64_t>(at)]);
      const std::vector<Tensor> states = run_steps(steps, weights_[at], x, begin);
      of_directions.push_back(states[0]);
      for (std::size_t i = 0; i < states.size(); ++i) last[i].push_back(last_states(steps, states[i]));
    }
    x = bidirectional_ ? cat(of_directions, 1) : of_directions[0];
    if (at < weights_.size() && dropout_ > 0 && is_training()) x = dropout(x, dropout_, true);
  }
  std::vector<Tensor> results{x};
  for (const auto& of_layers : last) results.push_back(stack(of_layers));
  return results;
}

/// A trace shows the whole layer as one op of x, the initial states, and the weights in the order of
/// all_weights().
std::vector<Tensor> RNNBase::run(const Tensor& x, const std::vector<Tensor>& initial) const {
  if (!xtape::detail::is_traced()) [[likely]]
    return run_batch(x, initial);
  std::vector<Tensor> inputs{x};
  inputs.insert(inputs.end(), initial.begin(), initial.end());
  for (const std::vector<Tensor>& weights : all_weights())
    inputs.insert(inputs.end(), weights.begin(), weights.end());
  return xtape::detail::report(function(), inputs,
                               {{"has_biases", bias_},
                                {"num_layers", num_layers_},
                                {"dropout", is_training() ? dropout_ : 0.0},
                                {"bidirectional", bidirectional_},
                                {"batch_first", batch_first_}},
                               [&] { return run_batch(x, initial); });
}

std::vector<Tensor> RNNBase::run_batch(const Tensor& x, const std::vector<Tensor>& initial) const {
  check(x.dim() == 2 || x.dim() == 3,
        "{}: the input is of shape {}; expected {} or unbatched {{steps, input_size}}", layer_, x.shape(),
        batch_first_ ? "{N, steps, input_size}" : "{steps, N, input_size}");
  detail::check_recurrent_input(layer_, x, weights_[0]);
  const bool is_batch = x.dim() == 3, turned = is_batch && batch_first_;
  const std::int64_t steps = x.size(turned ? 1 : 0), n = is_batch ? x.size(turned ? 0 : 1) : 1;
  check(steps > 0, "{}: the input of shape {} has no steps; expected 1 or more", layer_, x.shape());
  check(n == 0 || steps <= INT32_MAX / n, "{}: the input of shape {} has more rows than 2^31", layer_,
        x.shape());

  const std::int64_t kinds = num_layers_ * directions(), hidden = hidden_size();
  std::vector<Tensor> states =
      initial_states(x, initial, is_batch ? Shape{kinds, n, hidden} : Shape{kinds, hidden});
  for (Tensor& state : states) state = reshape(state, {kinds, n, hidden});
  const Tensor rows = reshape(turned ? transpose(x, 0, 1) : x, {steps * n, x.size(-1)});
  const std::vector<std::int64_t> sizes(static_cast<std::size_t>(n == 0 ? 1 : steps),
                                        n);  // no rows are one step
  std::vector<Tensor> results = run_layers(sizes, rows, states);

  const std::int64_t features = directions() * hidden;
  results[0] = reshape(results[0], is_batch ? Shape{steps, n, features} : Shape{steps, features});
  if (turned) results[0] = transpose(results[0], 0, 1);
  if (!is_batch)
    for (std::size_t i = 1; i < results.size(); ++i) results[i] = reshape(results[i], {kinds, hidden});
  return results;
}

std::vector<Tensor> RNNBase::run(const PackedSequence& x, const std::vector<Tensor>& initial) const {
  check(x.data().defined(), "{}: the packed sequence is empty", layer_);
  check(x.data().dim() == 2, "{}: the packed elements are of shape {}; expected {{rows, input_size}}", layer_,
        x.data().shape());
  detail::check_recurrent_input(layer_, x.data(), weights_[0]);
  const std::vector<std::int64_t> sizes = x.batch_sizes().to_vector<std::int64_t>();
  std::vector<Tensor> states =
      initial_states(x.data(), initial, {num_layers_ * directions(), sizes[0], hidden_size()});
  const bool is_sorted = x.sorted_indices().defined();
  if (is_sorted && initial[0].defined())
    for (Tensor& state : states) state = index_select(state, 1, x.sorted_indices());
  std::vector<Tensor> results = run_layers(sizes, x.data(), states);
  if (is_sorted)
    for (std::size_t i = 1; i < results.size(); ++i)
      results[i] = index_select(results[i], 1, x.unsorted_indices());
  return results;
}

RNN::RNN(std::int64_t input_size, std::int64_t hidden_size, const RNNOptions& options)
    : HiddenStateRNN("RNN", 1, input_size, hidden_size, options) {
  options.nonlinearity.check_word("RNN", "nonlinearity");
  relu_ = options.nonlinearity.value() == RNNNonlinearity::relu;
}

std::vector<Tensor> RNN::run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                   const std::vector<Tensor>& initial) const {
  return {xtape::detail::rnn_sequence(steps, relu_, weights.hh, initial[0],
                                      weights.of_input(x, summed_biases(weights)))};
}

GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, const GRUOptions& options)
    : HiddenStateRNN("GRU", 3, input_size, hidden_size, options) {}

std::vector<Tensor> GRU::run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                   const std::vector<Tensor>& initial) const {
  const std::int64_t hidden = weights.hidden();
  if (!weights.bias_ih->defined())
    return {xtape::detail::gru_sequence(steps, weights.hh, zeros({hidden}, {.dtype = x.dtype()}), initial[0],
                                        weights.of_input(x, Tensor()))};
  // r and z add both biases; within n, r multiplies the second.
  const Tensor of_rz = pad(narrow(weights.bias_hh, 0, 0, 2 * hidden), {0, hidden}),
               of_n = narrow(weights.bias_hh, 0, 2 * hidden, hidden);
  return {xtape::detail::gru_sequence(steps, weights.hh, of_n, initial[0],
                                      weights.of_input(x, *weights.bias_ih + of_rz))};
}

LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, const LSTMOptions& options)
    : RNNBase("LSTM", 4, input_size, hidden_size, options) {
  check(options.proj_size == 0, "LSTM: proj_size is {}; projections are not supported, expected 0",
        options.proj_size);
}

std::vector<Tensor> LSTM::run_steps(const Steps& steps, const RecurrentWeights& weights, const Tensor& x,
                                    const std::vector<Tensor>& initial) const {
  auto [h, c] = xtape::detail::lstm_sequence(steps, weights.hh, initial[0], initial[1],
                                             weights.of_input(x, summed_biases(weights)));
  return {h, c};
}

template <class X, class Initial, class Forward>
std::invoke_result_t<Forward&> RNNBase::call_with(const X& x, const Initial& state, bool is_given,
                                                  Forward&& forward) const {
  return is_given ? call(forward, x, state) : call(forward, x);
}

RNNOutput HiddenStateRNN::forward(const Tensor& x, const Tensor& h0) const {
  const std::vector<Tensor> results = run(x, {h0});
  return {results[0], results[1]};
}
RNNPackedOutput HiddenStateRNN::forward(const PackedSequence& x, const Tensor& h0) const {
  const std::vector<Tensor> results = run(x, {h0});
  return {x.with_data(results[0]), results[1]};
}
RNNOutput HiddenStateRNN::operator()(const Tensor& x, const Tensor& h0) const {
  return call_with(x, h0, h0.defined(), [&] { return forward(x, h0); });
}
RNNPackedOutput HiddenStateRNN::operator()(const PackedSequence& x, const Tensor& h0) const {
  return call_with(x, h0, h0.defined(), [&] { return forward(x, h0); });
}

LSTMOutput LSTM::forward(const Tensor& x, const LSTMState& state) const {
  const std::vector<Tensor> results = run(x, {state.h, state.c});
  return {results[0], {results[1], results[2]}};
}
LSTMPackedOutput LSTM::forward(const PackedSequence& x, const LSTMState& state) const {
  const std::vector<Tensor> results = run(x, {state.h, state.c});
  return {x.with_data(results[0]), {results[1], results[2]}};
}
LSTMOutput LSTM::operator()(const Tensor& x, const LSTMState& state) const {
  return call_with(x, state, state.h.defined(), [&] { return forward(x, state); });
}
LSTMPackedOutput LSTM::operator()(const PackedSequence& x, const LSTMState& state) const {
  return call_with(x, state, state.h.defined(), [&] { return forward(x, state); });
}

}  // namespace xtape::nn
