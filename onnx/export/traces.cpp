// Two calls of a model: names and sizes by the options, other values for the second call, and whether both
// ran the same ops.
#include "onnx/export/detail/traces.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "autograd/graph/detail/trace_folding.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/trace.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/indexing.hpp"
#include "autograd/ops/rearrange.hpp"
#include "autograd/ops/rounding.hpp"
#include "autograd/ops/shape.hpp"
#include "nn/module/mode_scope.hpp"
#include "onnx/export/detail/names.hpp"

namespace xtape::onnx::saving {

namespace {

/// A call of a module is known by what its handles share: its name is looked up while they live.
void name_scopes(Graph& graph, nn::ModuleBase* module) {
  for (Graph::Scope& scope : graph.scopes) {
    if (module && scope.module) {
      for (const auto& [name, part] : module->named_modules()) {
        if (part.is_called_in(scope)) scope.name = name;
      }
    }
    scope.module.reset();
  }
}

Trace trace_of(const Callable& model, const std::vector<Tensor>& inputs,
               const std::vector<std::string>& names) {
  Tracer tracer;
  xtape::detail::fold_constants_of_trace();
  Trace trace;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tracer.name(inputs[i], names[i]);
    trace.inputs.push_back(tracer.value_of(inputs[i]));
  }
  if (model.module) {
    for (const auto& named : {model.module->named_parameters(), model.module->named_buffers()}) {
      for (const auto& [name, x] : named) tracer.name(x, name);
    }
  }
  for (const Tensor& y : model.run(inputs)) {
    if (y.defined()) trace.outputs.push_back(tracer.value_of(y));
  }
  trace.graph = tracer.graph();
  name_scopes(trace.graph, model.module);
  return trace;
}

/// x with its dynamic axes at the sizes that `sizes` asks for, by indices that go round, and its values moved
/// by one place where they may move.
Tensor varied(Tensor x, const std::vector<AxisOfInput>& axes, const std::vector<std::int64_t>& sizes,
              bool moved) {
  for (const AxisOfInput& axis : axes) {
    const std::int64_t from = x.size(axis.axis), to = sizes[axis.symbol];
    x = index_select(x, axis.axis, remainder(arange(to), from));
  }
  return moved && x.numel() > 1 ? reshape(roll(flatten(x), 1), x.shape()) : x.clone();
}

std::string name_of_op(const Trace& trace, std::size_t op) {
  return op < trace.graph.ops.size() ? trace.graph.ops[op].name : "nothing";
}

/// The first op that is not the same in both; nothing where all are.
std::optional<std::size_t> first_difference(const Trace& a, const Trace& b) {
  const std::size_t count = std::max(a.graph.ops.size(), b.graph.ops.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (name_of_op(a, i) != name_of_op(b, i)) return i;
    const Graph::Op &x = a.graph.ops[i], &y = b.graph.ops[i];
    if (x.inputs != y.inputs || x.outputs != y.outputs || x.attributes.size() != y.attributes.size())
      return i;
  }
  return std::nullopt;
}

/// Sizes to call the model with: all twice, thrice and so on as large as the example's, all smaller (a
/// context may have no room for more), or each alone smaller.
std::vector<std::vector<std::int64_t>> sizes_to_try(const std::vector<Symbol>& symbols) {
  const std::size_t n = symbols.size();
  const auto larger = [&](std::size_t i) { return symbols[i].size.first * static_cast<std::int64_t>(i + 2); };
  const auto smaller = [&](std::size_t i) {
    return std::max<std::int64_t>(1, symbols[i].size.first / static_cast<std::int64_t>(i + 2));
  };
  std::vector<std::vector<std::int64_t>> all;
  for (std::size_t alone = 0; alone <= n + 1; ++alone) {
    std::vector<std::int64_t> sizes;
    for (std::size_t i = 0; i < n; ++i) {
      const bool shrinks = alone == n + 1 || (alone > 0 && alone - 1 == i);
      sizes.push_back(shrinks ? smaller(i) : larger(i));
    }
    const bool differs = std::ranges::all_of(symbols, [&](const Symbol& symbol) {
      return sizes[static_cast<std::size_t>(&symbol - symbols.data())] != symbol.size.first;
    });
    if (differs && std::ranges::find(all, sizes) == all.end()) all.push_back(std::move(sizes));
  }
  return all;
}

class TwoCalls {
 public:
  TwoCalls(const Callable& model, const std::vector<Tensor>& example, const SaveOptions& options)
      : model_(model), example_(example), names_(options, example) {}

  Traces run() {
    traces_.input_names = names_.inputs;
    traces_.symbols = names_.symbols;
    traces_.first = call(example_);
    traces_.output_names = names_.of_outputs(traces_.first.outputs.size());
    std::string why;
    for (const std::vector<std::int64_t>& sizes : sizes_to_try(names_.symbols)) {
      for (const bool moved : {true, false}) {
        try {
          if (take_second(sizes, moved)) return std::move(traces_);
        } catch (const Error& error) {
          if (why.empty()) why = error.what();
        }
      }
    }
    check(why.empty(), "onnx::save: the model cannot be called a second time{}: {}",
          names_.symbols.empty() ? "" : " at another size of the dynamic axes", why);
    fail_at_difference();
  }

 private:
  Trace call(const std::vector<Tensor>& inputs) const { return trace_of(model_, inputs, names_.inputs); }

  std::vector<Tensor> varied_example(const std::vector<std::int64_t>& sizes, bool moved) const {
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < example_.size(); ++i)
      inputs.push_back(varied(example_[i], names_.axes[i], sizes, moved));
    return inputs;
  }

  /// Whether the second call ran the same ops. A size of one makes ops disappear, so that larger sizes are
  /// tried in the place of the example's as well.
  bool take_second(const std::vector<std::int64_t>& sizes, bool moved) {
    traces_.second = call(varied_example(sizes, moved));
    note_sizes(sizes, &Size::second);
    if (!first_difference(traces_.first, traces_.second)) return true;
    const bool has_one =
        std::ranges::any_of(traces_.symbols, [](const Symbol& s) { return s.size.first == 1; });
    if (!has_one) return false;
    std::vector<std::int64_t> larger = sizes;
    for (std::int64_t& size : larger) size = 2 * size + 1;
    Trace third = call(varied_example(larger, moved));
    if (first_difference(traces_.second, third)) return false;
    note_sizes(sizes, &Size::first);
    note_sizes(larger, &Size::second);
    traces_.first = std::exchange(traces_.second, std::move(third));
    return true;
  }

  void note_sizes(const std::vector<std::int64_t>& sizes, std::int64_t Size::*call) {
    for (std::size_t i = 0; i < sizes.size(); ++i) traces_.symbols[i].size.*call = sizes[i];
  }

  [[noreturn]] void fail_at_difference() const {
    const std::size_t op = first_difference(traces_.first, traces_.second).value();
    const bool known = op < traces_.first.graph.ops.size();
    throw Error(fmt::format(
        "onnx::save: the model computes other ops at other inputs: {}, op {} of the first call, is {} in "
        "the second; a file holds those of one call",
        known ? traces_.place_of(traces_.first.graph.ops[op]) : "nothing", op,
        name_of_op(traces_.second, op)));
  }

  const Callable& model_;
  std::vector<Tensor> example_;
  ExampleNames names_;
  Traces traces_;
};

}  // namespace

Sizes Traces::sizes(int number) const {
  const Shape &a = value(number).shape, &b = other_value(number).shape;
  check(a.size() == b.size(), "onnx::save: a value has {} dims in one call and {} in another", a.size(),
        b.size());
  Sizes sizes;
  for (int d = 0; d < a.size(); ++d) sizes.push_back({a[d], b[d]});
  return sizes;
}

std::string Traces::path_of(const Graph::Op& op) const {
  for (int scope = op.scope; scope != Graph::kNone;) {
    const Graph::Scope& at = first.graph.scopes[static_cast<std::size_t>(scope)];
    if (!at.name.empty()) return at.name;
    scope = at.parent;
  }
  return "";
}

std::string Traces::place_of(const Graph::Op& op) const {
  const std::string path = path_of(op);
  return path.empty() ? op.name : fmt::format("{} in {}", op.name, path);
}

Traces traced(const Callable& model, const std::vector<Tensor>& example, const SaveOptions& options) {
  const NoGradGuard no_grad;
  std::optional<nn::EvalMode> evaluation;
  std::optional<nn::TrainMode> training;
  if (model.module && options.training == TrainingMode::eval) evaluation.emplace(*model.module);
  if (model.module && options.training == TrainingMode::training) training.emplace(*model.module);
  std::vector<Tensor> copies;  // which a model may write into
  for (const Tensor& x : example) {
    check(x.defined(), "onnx::save: an example is an undefined tensor");
    copies.push_back(x.detach().clone());
  }
  return TwoCalls(model, copies, options).run();
}

}  // namespace xtape::onnx::saving
