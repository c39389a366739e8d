// RNN, GRU and LSTM: a node for each layer, with the rows of the weights in ONNX's order of the gates.
#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

/// A recurrent function as ONNX knows it. PyTorch's LSTM has the gates i, f, g, o and its GRU r, z, n; ONNX's
/// have i, o, f, g and z, r, n.
struct Kind {
  std::string_view type;
  std::size_t states;  // h, and c
  List gates;          // of ONNX, by the numbers of PyTorch's
};

class Layers {
 public:
  Layers(Call& c, Kind kind)
      : c_(c),
        kind_(std::move(kind)),
        directions_(c.flag("bidirectional") ? 2 : 1),
        hidden_(c.fixed({c.out_sizes().back()})[0] / directions_) {}

  Names run() {
    const bool turned = c_.dim() == 3 && c_.flag("batch_first");
    c_.require(c_.number("dropout") == 0 || c_.integer("num_layers") == 1,
               "dropout between its layers has no form; save the model in evaluation mode");
    std::string x = c_.in();
    if (c_.dim() == 2) x = c_.unsqueezed(x, {1});
    if (turned) x = c_.transposed(x, {1, 0, 2});
    std::vector<Names> last(kind_.states);
    for (std::int64_t layer = 0; layer < c_.integer("num_layers"); ++layer) {
      const Names y = of_layer(x, layer);
      for (std::size_t i = 0; i < kind_.states; ++i) last[i].push_back(y[1 + i]);
      x = side_by_side(y[0]);
    }
    if (turned) x = c_.transposed(x, {1, 0, 2});
    if (c_.dim() == 2) x = c_.squeezed(x, {1});
    Names results{x};
    for (const Names& states : last) {
      const std::string all = c_.concatenated(states, 0);
      results.push_back(c_.dim() == 2 ? c_.squeezed(all, {1}) : all);
    }
    return results;
  }

 private:
  /// Parameter number `which` (weight_ih, weight_hh, bias_ih, bias_hh) of a layer and direction.
  std::string parameter(std::int64_t layer, std::int64_t direction, std::int64_t which) {
    const std::int64_t each = c_.flag("has_biases") ? 4 : 2;
    const std::int64_t at = (layer * directions_ + direction) * each + which;
    return c_.in(1 + kind_.states + static_cast<std::size_t>(at));
  }

  /// Its gates in ONNX's order.
  std::string in_order(const std::string& weight) {
    if (kind_.gates.size() == 1) return weight;
    const List sizes(kind_.gates.size(), hidden_);
    const Names gates =
        c_.nodes("Split", {weight, c_.ints(sizes)}, {{"axis", std::int64_t{0}}}, sizes.size());
    Names ordered;
    for (const std::int64_t gate : kind_.gates) ordered.push_back(gates[static_cast<std::size_t>(gate)]);
    return c_.concatenated(ordered, 0);
  }

  /// One for each direction, {directions, ...}.
  template <class Of>
  std::string of_directions(const Of& of) {
    Names all;
    for (std::int64_t direction = 0; direction < directions_; ++direction)
      all.push_back(c_.unsqueezed(of(direction), {0}));
    return c_.concatenated(all, 0);
  }

  /// The initial states of a layer, {directions, N, H}; "" where they are zeros.
  std::string initial(std::size_t which, std::int64_t layer) {
    if (!c_.has(1 + which)) return "";
    std::string states = c_.in(1 + which);
    if (c_.dim(1 + which) == 2) states = c_.unsqueezed(states, {1});
    if (c_.integer("num_layers") == 1) return states;
    return c_.sliced(states, 0, layer * directions_, (layer + 1) * directions_);
  }

  Names of_layer(const std::string& x, std::int64_t layer) {
    const auto weights = [&](std::int64_t which) {
      return of_directions(
          [&](std::int64_t direction) { return in_order(parameter(layer, direction, which)); });
    };
    Names inputs{x, weights(0), weights(1), "", "", initial(0, layer)};
    if (c_.flag("has_biases")) {
      inputs[3] = of_directions([&](std::int64_t direction) {
        return c_.node("Concat",
                       {in_order(parameter(layer, direction, 2)), in_order(parameter(layer, direction, 3))},
                       {{"axis", std::int64_t{0}}});
      });
    }
    if (kind_.states == 2) inputs.push_back(initial(1, layer));
    NodeAttributes attributes{{"hidden_size", hidden_},
                              {"direction", std::string(directions_ == 2 ? "bidirectional" : "forward")}};
    if (kind_.type == "GRU") attributes.push_back({"linear_before_reset", std::int64_t{1}});
    if (c_.op() == "rnn_relu")
      attributes.push_back(
          {"activations", std::vector<std::string>(static_cast<std::size_t>(directions_), "Relu")});
    return c_.nodes(kind_.type, inputs, attributes, 1 + kind_.states);
  }

  /// {steps, directions, N, H} as {steps, N, directions H}.
  std::string side_by_side(const std::string& y) {
    if (directions_ == 1) return c_.squeezed(y, {1});
    return c_.node("Reshape", {c_.transposed(y, {0, 2, 1, 3}), c_.ints({0, 0, 2 * hidden_})});
  }

  Call& c_;
  Kind kind_;
  std::int64_t directions_, hidden_;
};

Names lstm(Call& c) { return Layers(c, {"LSTM", 2, {0, 3, 1, 2}}).run(); }
Names gru(Call& c) { return Layers(c, {"GRU", 1, {1, 0, 2}}).run(); }
Names rnn(Call& c) { return Layers(c, {"RNN", 1, {0}}).run(); }

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"lstm", "LSTM", lstm, kFunction},
    {"gru", "GRU", gru, kFunction},
    {"rnn_tanh", "RNN", rnn, kFunction},
    {"rnn_relu", "RNN", rnn, kFunction},
};

}  // namespace

std::span<const Form> recurrent_forms() { return kForms; }

}  // namespace xtape::onnx::saving
