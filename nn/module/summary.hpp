// summary(net, {1, 784}): a table of a model's layers with their output shapes, numbers of parameters, and
// what they cost.
#pragma once

#include <concepts>
#include <functional>
#include <iosfwd>

#include "nn/module/module.hpp"

namespace xtape::nn {

struct SummaryRow {
  std::string layer;         ///< indented by its depth: "fc1: Linear"
  std::string output_shape;  ///< of each tensor it gave; "" where the module was not called by operator()
  std::int64_t parameters;   ///< the module's own and those below it, as in Module::num_parameters
  std::int64_t multiply_adds =
      0;  ///< of the products and convolutions in all its calls, those below included
};

struct Summary {
  std::vector<SummaryRow> rows = {};
  std::int64_t total_parameters = 0;
  std::int64_t trainable_parameters = 0;
  std::int64_t total_multiply_adds = 0;
};

/// Runs the model once on zeros of `input_shape` (the dtype of its first parameter), in evaluation mode,
/// unrecorded.
Summary summary(Module& model, const Shape& input_shape);
Summary summary(Module& model, const Tensor& input);
/// The same of the call `run`, for a model of any signature.
Summary summary_of(ModuleBase& model, const std::function<void()>& run);
template <std::derived_from<ModuleBase> M, class... Inputs>
requires(!std::derived_from<M, Module> && std::invocable<M&, const Inputs&...>)  //
    Summary summary(M& model, const Inputs&... inputs) {
  return summary_of(model, [&] { model(inputs...); });
}

std::string to_string(const Summary& summary);
std::ostream& operator<<(std::ostream& out, const Summary& summary);

}  // namespace xtape::nn

template <>
struct fmt::formatter<xtape::nn::Summary> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const xtape::nn::Summary& summary, Context& context) const {
    return write(xtape::nn::to_string(summary), context);
  }
};
