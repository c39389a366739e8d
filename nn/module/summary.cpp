// Collecting output shapes by forward hooks and costs from the graph, and laying out the table.
#include "nn/module/summary.hpp"

#include <algorithm>
#include <ostream>

#include "autograd/graph/grad_mode.hpp"
#include "nn/module/detail/multiply_adds.hpp"
#include "nn/module/mode_scope.hpp"
#include "nn/module/model_graph.hpp"

namespace xtape::nn {

namespace {

/// "{2, 3}, {1, 2, 3}"
std::string text_of(const std::vector<Tensor>& tensors) {
  std::string text;
  for (const Tensor& x : tensors) {
    if (x.defined()) text += (text.empty() ? "" : ", ") + x.shape().to_string();
  }
  return text;
}

/// Forward hooks on every module of a tree, that note the last output's shape; gone at the end of the scope.
class ShapeHooks {
 public:
  explicit ShapeHooks(ModuleBase& model) : modules_(model.named_modules()), shapes_(modules_.size()) {
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      ids_.push_back(modules_[i].value().register_forward_hook(
          [this, i](ModuleBase&, const std::vector<Tensor>&, const std::vector<Tensor>& outputs) {
            shapes_[i] = text_of(outputs);
          }));
    }
  }
  ~ShapeHooks() {
    for (std::size_t i = 0; i < modules_.size(); ++i) modules_[i].value().remove_forward_hook(ids_[i]);
  }
  ShapeHooks(const ShapeHooks&) = delete;
  ShapeHooks& operator=(const ShapeHooks&) = delete;

  const NamedModules& modules() const { return modules_; }
  const std::string& shape(std::size_t i) const { return shapes_[i]; }

 private:
  NamedModules modules_;
  std::vector<std::string> shapes_;
  std::vector<std::size_t> ids_;
};

/// "    fc1: Linear" for "block.fc1", one level of indentation per dot and one below the root.
std::string layer_text(const std::string& path, const ModuleBase& module) {
  if (path.empty()) return module.name();
  const auto depth = 1 + std::count(path.begin(), path.end(), '.');
  const std::size_t dot = path.rfind('.');
  const std::string_view last = std::string_view(path).substr(dot == std::string::npos ? 0 : dot + 1);
  return fmt::format("{:{}}{}: {}", "", 2 * depth, last, module.name());
}

/// 1,234,567
std::string grouped(std::int64_t number) {
  if (number < 1000) return fmt::format("{}", number);
  return fmt::format("{},{:03}", grouped(number / 1000), number % 1000);
}

}  // namespace

Summary summary(Module& model, const Tensor& input) {
  return summary_of(model, [&] { model(input); });
}

Summary summary_of(ModuleBase& model, const std::function<void()>& run) {
  const NoGradGuard no_grad;
  const EvalMode eval(model);
  const ShapeHooks hooks(model);
  const Graph graph = detail::graph_of_call(model, {}, [&] {
    run();
    return std::vector<Tensor>();
  });

  Summary result;
  const detail::MultiplyAdds multiply_adds(graph);
  for (std::size_t i = 0; i < hooks.modules().size(); ++i) {
    const auto [path, module] = hooks.modules()[i];
    result.rows.push_back(
        {layer_text(path, module), hooks.shape(i), module.num_parameters(), multiply_adds.of(path)});
  }
  result.total_multiply_adds = multiply_adds.total();
  for (const Tensor& parameter : model.parameters()) {
    result.total_parameters += parameter.numel();
    if (parameter.requires_grad()) result.trainable_parameters += parameter.numel();
  }
  return result;
}

Summary summary(Module& model, const Shape& input_shape) {
  const std::vector<Tensor> parameters = model.parameters();
  const DType dtype = parameters.empty() ? kFloat32 : parameters.front().dtype();
  return summary(model, zeros(input_shape, {.dtype = dtype}));
}

std::string to_string(const Summary& summary) {
  std::size_t layer_width = 5, shape_width = 12;
  for (const SummaryRow& row : summary.rows) {
    layer_width = std::max(layer_width, row.layer.size());
    shape_width = std::max(shape_width, row.output_shape.size());
  }
  const auto line = [&](std::string_view layer, std::string_view shape, std::string_view parameters,
                        std::string_view multiply_adds) {
    return fmt::format("{:<{}}  {:<{}}  {:>12}  {:>15}\n", layer, layer_width, shape, shape_width, parameters,
                       multiply_adds);
  };
  const std::string rule(layer_width + shape_width + 33, '-');
  std::string text = line("layer", "output shape", "parameters", "multiply-adds") + rule + "\n";
  for (const SummaryRow& row : summary.rows)
    text += line(row.layer, row.output_shape, grouped(row.parameters), grouped(row.multiply_adds));
  return text + rule + "\n" +
         fmt::format("parameters {}, trainable {}; multiply-adds {}", grouped(summary.total_parameters),
                     grouped(summary.trainable_parameters), grouped(summary.total_multiply_adds));
}

std::ostream& operator<<(std::ostream& out, const Summary& summary) { return out << to_string(summary); }

}  // namespace xtape::nn
