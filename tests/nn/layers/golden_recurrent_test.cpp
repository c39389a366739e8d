// Recurrent layers, their cells and packed sequences against PyTorch's values and gradients in
// tests/golden/recurrent.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "nn/layers/recurrent.hpp"
#include "nn/layers/recurrent_cells.hpp"
#include "nn/utils/rnn.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

namespace utils = nn::utils;

/// Gives a module the weights under PyTorch's names, with their history, so that gradients reach the case's
/// inputs.
void load_weights(const nn::ModuleBase& module, const Tensors& x, const Args& args) {
  const nn::NamedTensors parameters = module.named_parameters();
  std::istringstream names(args.text("names", ""));
  auto at = static_cast<std::size_t>(1 + args.integer("states"));
  for (std::string name; names >> name; ++at) {
    const Tensor& parameter = parameters[name];
    parameter.requires_grad_(false);
    parameter.copy_(x.at(at));
  }
  BOOST_TEST(at == x.size());
  BOOST_TEST(parameters.size() == x.size() - 1 - static_cast<std::size_t>(args.integer("states")));
}

template <class Options>
Options options_of(const Tensors& x, const Args& args) {
  return {.num_layers = args.integer("num_layers", 1),
          .bias = args.flag("bias", true),
          .batch_first = args.flag("batch_first"),
          .bidirectional = args.flag("bidirectional"),
          .dtype = x[0].dtype()};
}

nn::LSTMState state_of(const Tensors& x, const Args& args, const nn::LSTM*) {
  return args.integer("states") > 0 ? nn::LSTMState(x[1], x[2]) : nn::LSTMState();
}
template <class Layer>
Tensor state_of(const Tensors& x, const Args& args, const Layer*) {
  return args.integer("states") > 0 ? x[1] : Tensor();
}

Tensors flat(const Tensor& output, const Tensor& h) { return {output, h}; }
Tensors flat(const Tensor& output, const nn::LSTMState& state) { return {output, state.h, state.c}; }

template <class Layer, class Options>
Tensors run_layer(const Tensors& x, const Args& args, const Options& options) {
  const Layer layer(args.integer("input_size"), args.integer("hidden_size"), options);
  load_weights(layer, x, args);
  const auto initial = state_of(x, args, &layer);
  if (!args.has("lengths")) {
    const auto [output, last] = layer(x[0], initial);
    return flat(output, last);
  }
  const bool batch_first = args.flag("batch_first");
  const auto packed = utils::pack_padded_sequence(x[0], args.dims("lengths"), batch_first, false);
  const auto [output, last] = layer(packed, initial);
  return flat(utils::pad_packed_sequence(output, batch_first, 0.5).output, last);
}

Tensors run_rnn(const Tensors& x, const Args& args) {
  auto options = options_of<nn::RNNOptions>(x, args);
  options.nonlinearity = args.text("nonlinearity", "tanh");
  return run_layer<nn::RNN>(x, args, options);
}
Tensors run_gru(const Tensors& x, const Args& args) {
  return run_layer<nn::GRU>(x, args, options_of<nn::GRUOptions>(x, args));
}
Tensors run_lstm(const Tensors& x, const Args& args) {
  return run_layer<nn::LSTM>(x, args, options_of<nn::LSTMOptions>(x, args));
}

template <class Cell, class Options>
Cell loaded_cell(const Tensors& x, const Args& args, Options options) {
  options.bias = args.flag("bias", true);
  options.dtype = x[0].dtype();
  const Cell cell(x[0].size(-1), args.integer("hidden_size"), options);
  load_weights(cell, x, args);
  return cell;
}

Tensors run_rnn_cell(const Tensors& x, const Args& args) {
  const auto cell = loaded_cell<nn::RNNCell>(
      x, args, nn::RNNCellOptions{.nonlinearity = args.text("nonlinearity", "tanh")});
  return {cell(x[0], state_of(x, args, &cell))};
}
Tensors run_gru_cell(const Tensors& x, const Args& args) {
  const auto cell = loaded_cell<nn::GRUCell>(x, args, nn::GRUCellOptions{});
  return {cell(x[0], state_of(x, args, &cell))};
}
Tensors run_lstm_cell(const Tensors& x, const Args& args) {
  const auto cell = loaded_cell<nn::LSTMCell>(x, args, nn::LSTMCellOptions{});
  const auto [h, c] = cell(x[0], state_of(x, args, static_cast<const nn::LSTM*>(nullptr)));
  return {h, c};
}

Tensors run_pad(const Tensors& x, const Args& args) {
  return {utils::pad_sequence(
      x, {.batch_first = args.flag("batch_first"), .padding_value = args.real("padding_value", 0)})};
}

Tensors run_pack(const Tensors& x, const Args& args) {
  const auto packed = utils::pack_padded_sequence(
      x[0], x[1],
      {.batch_first = args.flag("batch_first"), .enforce_sorted = args.flag("enforce_sorted", true)});
  Tensors results{packed.data(), packed.batch_sizes()};
  if (packed.sorted_indices().defined()) {
    results.push_back(packed.sorted_indices());
    results.push_back(packed.unsorted_indices());
  }
  return results;
}

Tensors run_pad_packed(const Tensors& x, const Args& args) {
  const utils::PackedSequence packed(x[0], x[1], x.size() > 2 ? x[2] : Tensor());
  utils::PadPackedSequenceOptions options{.batch_first = args.flag("batch_first"),
                                          .padding_value = args.real("padding_value", 0)};
  if (args.has("total_length")) options.total_length = args.integer("total_length");
  const auto [output, lengths] = utils::pad_packed_sequence(packed, options);
  return {output, lengths};
}

/// Rounding errors of a step pass through those behind it.
constexpr Tolerances of_many_steps{.float32 = {1e-5, 5e-6}};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_recurrent)
const RegisterTests register_tests("recurrent",
                                   Table{{"rnn", run_rnn},
                                         {"rnn_packed", run_rnn},
                                         {"rnncell", run_rnn_cell},
                                         {"gru", run_gru},
                                         {"gru_packed", run_gru},
                                         {"grucell", run_gru_cell},
                                         {"lstm", run_lstm},
                                         {"lstm_packed", run_lstm},
                                         {"lstmcell", run_lstm_cell},
                                         {"pad_sequence", run_pad},
                                         {"pack_padded_sequence", run_pack},
                                         {"pad_packed_sequence", run_pad_packed}},
                                   {{"rnn", of_many_steps},
                                    {"rnn_packed", of_many_steps},
                                    {"gru", of_many_steps},
                                    {"gru_packed", of_many_steps},
                                    {"lstm", of_many_steps},
                                    {"lstm_packed", of_many_steps}});
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
