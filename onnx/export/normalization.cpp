// Normalisation by statistics of a batch, an image, a group or a row.
#include <limits>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

/// A weight or bias of one number per channel; constants where it was left out.
std::string per_channel(Call& c, std::size_t input, double otherwise) {
  if (c.has(input)) return c.in(input);
  const Size channels = c.sizes()[1];
  c.require(channels.is_fixed(), "the number of channels is left open");
  return c.constant(full({channels.first}, otherwise, {.dtype = c.dtype()}));
}

/// {1, ..., 1} beside the channels of x, as many as it has dims behind them.
std::string beside_channels(Call& c, const std::string& x) {
  List behind;
  for (int d = 2; d < c.dim(); ++d) behind.push_back(d - 1);
  return behind.empty() ? x : c.unsqueezed(x, behind);
}

/// y weight + bias, of one number per channel, where they are given
std::string scaled(Call& c, std::string y, std::size_t weight, std::size_t bias) {
  if (c.has(weight)) y = c.node("Mul", {y, beside_channels(c, c.in(weight))});
  if (c.has(bias)) y = c.node("Add", {y, beside_channels(c, c.in(bias))});
  return y;
}

/// (x - mean) / sqrt(variance + eps) along axes
std::string standardized(Call& c, const List& axes, bool centred = true) {
  const NodeAttributes attributes{{"axes", axes}, {"keepdims", std::int64_t{1}}};
  std::string x = c.in();
  if (centred) x = c.node("Sub", {x, c.node("ReduceMean", {x}, attributes)});
  const std::string variance = c.node("ReduceMean", {c.node("Mul", {x, x})}, attributes);
  return c.node("Div", {x, c.node("Sqrt", {c.node("Add", {variance, c.scalar(c.number("eps"))})})});
}

std::string by_running(Call& c) {
  return c.node("BatchNormalization", {c.in(), per_channel(c, 3, 1), per_channel(c, 4, 0), c.in(1), c.in(2)},
                {{"epsilon", c.number("eps")}});
}

Names batch_norm(Call& c) {
  if (!c.flag("training")) return {by_running(c)};
  List axes{0};
  for (int d = 2; d < c.dim(); ++d) axes.push_back(d);
  return {scaled(c, standardized(c, axes), 3, 4)};
}

Names instance_norm(Call& c) {
  if (!c.flag("use_input_stats")) return {by_running(c)};
  return {c.node("InstanceNormalization", {c.in(), per_channel(c, 3, 1), per_channel(c, 4, 0)},
                 {{"epsilon", c.number("eps")}})};
}

/// Groups as the channels of InstanceNormalization.
Names group_norm(Call& c) {
  const Sizes sizes = c.sizes();
  const std::int64_t groups = c.integer("num_groups");
  Size rest{1, 1};
  for (std::size_t d = 1; d < sizes.size(); ++d)
    rest = {rest.first * sizes[d].first, rest.second * sizes[d].second};
  const Sizes grouped{sizes[0], {groups, groups}, {rest.first / groups, rest.second / groups}};
  const auto each = [&](double value) { return c.constant(full({groups}, value, {.dtype = c.dtype()})); };
  const std::string y =
      c.node("InstanceNormalization", {c.reshaped(c.in(), sizes, grouped), each(1), each(0)},
             {{"epsilon", c.number("eps")}});
  return {scaled(c, c.reshaped(y, grouped, sizes), 1, 2)};
}

Names layer_norm(Call& c) {
  const auto dims = std::ssize(c.list("normalized_shape"));
  std::string weight = c.in(1);
  if (weight.empty()) {
    const List shape = c.list("normalized_shape");
    weight = c.constant(ones({shape.begin(), shape.end()}, {.dtype = c.dtype()}));
  }
  return {c.node("LayerNormalization", {c.in(), weight, c.in(2)},
                 {{"axis", -dims}, {"epsilon", c.number("eps")}})};
}

Names rms_norm(Call& c) {
  List axes;
  for (auto d = -std::ssize(c.list("normalized_shape")); d < 0; ++d) axes.push_back(d);
  const std::string y = standardized(c, axes, false);
  return {c.has(1) ? c.node("Mul", {y, c.in(1)}) : y};
}

/// {y, mean, variance} of x {a, b, c, d}, whose statistics are those of {c, d}, or of {a, c, d}
Names standardize(Call& c) {
  const List axes = c.flag("across") ? List{0, 2, 3} : List{2, 3};
  const NodeAttributes attributes{{"axes", axes}, {"keepdims", std::int64_t{1}}};
  const std::string x = c.in(), mean = c.node("ReduceMean", {x}, attributes);
  const bool centred = c.flag("centred");
  const std::string off = centred ? c.node("Sub", {x, mean}) : x;
  const std::string variance = c.node("ReduceMean", {c.node("Mul", {off, off})}, attributes);
  const std::string deviation = c.node("Sqrt", {c.node("Add", {variance, c.scalar(c.number("eps"))})});
  const std::string weighted = c.node("Mul", {c.node("Div", {off, deviation}), c.in(1)});
  return {c.node("Add", {weighted, c.in(2)}), centred ? mean : c.node("Mul", {mean, c.scalar(0)}), variance};
}

Names channel_affine(Call& c) { return {c.node("Add", {c.node("Mul", {c.in(), c.in(1)}), c.in(2)})}; }

constexpr Form::Of kFunction = Form::Of::function;

constexpr Form kForms[] = {
    {"batch_norm", "BatchNormalization", batch_norm, kFunction},
    {"instance_norm", "InstanceNormalization", instance_norm, kFunction},
    {"group_norm", "Reshape, InstanceNormalization, Mul, Add", group_norm, kFunction},
    {"layer_norm", "LayerNormalization", layer_norm, kFunction},
    {"rms_norm", "ReduceMean, Sqrt, Div, Mul", rms_norm, kFunction},
    {"standardize", "ReduceMean, Sqrt, Div, Mul, Add", standardize},
    {"channel_affine", "Mul, Add", channel_affine},
};

}  // namespace

std::span<const Form> normalization_forms() { return kForms; }

}  // namespace xtape::onnx::saving
