// Any of ONNX's operators, of any opset, with any inputs and attributes, and the way back through it.
#include <xtape/autograd.hpp>

#include "choices.hpp"
#include "onnx/detail/operators.hpp"
#include "small_memory.hpp"
#include "target.hpp"

using namespace xtape;
using onnx::detail::Attributes;

namespace {

constexpr const char* kIntegers[] = {"axis",
                                     "keepdims",
                                     "allowzero",
                                     "to",
                                     "k",
                                     "largest",
                                     "sorted",
                                     "exclusive",
                                     "reverse",
                                     "transA",
                                     "transB",
                                     "upper",
                                     "group",
                                     "ceil_mode",
                                     "p",
                                     "size",
                                     "blocksize",
                                     "batch_dims",
                                     "num_outputs",
                                     "start",
                                     "end",
                                     "fmod",
                                     "output_width",
                                     "output_height",
                                     "hidden_size",
                                     "layout",
                                     "onesided",
                                     "inverse",
                                     "num_groups",
                                     "select_last_index",
                                     "noop_with_empty_axes",
                                     "count_include_pad",
                                     "linear_before_reset",
                                     "storage_order",
                                     "training_mode",
                                     "align_corners",
                                     "exclude_outside",
                                     "ignore_index",
                                     "dtype",
                                     "sampling_ratio",
                                     "batch_axis",
                                     "time_axis",
                                     "num_scan_inputs",
                                     "output_datatype",
                                     "periodic",
                                     "center_point_box",
                                     "input_forget"};
constexpr const char* kLists[] = {"axes",           "perm",      "pads",   "kernel_shape",
                                  "strides",        "dilations", "shape",  "output_shape",
                                  "output_padding", "split",     "starts", "ends"};
constexpr const char* kNumbers[] = {"alpha",         "beta",
                                    "gamma",         "epsilon",
                                    "momentum",      "ratio",
                                    "clip",          "lambd",
                                    "bias",          "min",
                                    "max",           "spatial_scale",
                                    "cubic_coeff_a", "extrapolation_value",
                                    "seed",          "scale",
                                    "mean",          "low",
                                    "high",          "norm_coefficient",
                                    "decay_factor"};
constexpr const char* kTexts[][2] = {{"mode", "linear"},
                                     {"mode", "cubic"},
                                     {"mode", "reflect"},
                                     {"mode", "edge"},
                                     {"mode", "CRD"},
                                     {"mode", "bicubic"},
                                     {"mode", "nearest"},
                                     {"mode", "nesterov"},
                                     {"auto_pad", "SAME_UPPER"},
                                     {"auto_pad", "SAME_LOWER"},
                                     {"auto_pad", "VALID"},
                                     {"reduction", "add"},
                                     {"reduction", "mul"},
                                     {"reduction", "max"},
                                     {"reduction", "none"},
                                     {"reduction", "sum"},
                                     {"direction", "bidirectional"},
                                     {"direction", "reverse"},
                                     {"direction", "LEFT"},
                                     {"direction", "RIGHT"},
                                     {"equation", "ij,jk->ik"},
                                     {"equation", "...ii->...i"},
                                     {"nearest_mode", "ceil"},
                                     {"coordinate_transformation_mode", "tf_crop_and_resize"},
                                     {"coordinate_transformation_mode", "align_corners"},
                                     {"padding_mode", "reflection"},
                                     {"padding_mode", "border"}};

/// Lists that ops make for the elements of an axis cannot be had here beyond 24 MiB; `programs` has the sizes
/// at the limits.
constexpr std::int64_t kLarge = 1 << 16;

Tensor any_tensor(fuzz::Choices& choose) {
  Shape shape;
  for (std::size_t dims = choose.below(6); dims > 0; --dims) {
    const std::size_t kind = choose.below(32);
    shape.push_back(kind == 31 ? kLarge : static_cast<std::int64_t>(kind % 5));
  }
  if (shape.numel() > kLarge) shape = {2, 3};
  const DType dtype =
      choose.of({kFloat32, kFloat32, kFloat32, kFloat64, kInt64, kInt64, kInt32, kUInt8, kInt8, kBool});
  const Tensor x = zeros(shape, {.dtype = dtype});
  if (x.numel() > 0) {
    const std::int64_t first = choose.integer(), step = static_cast<std::int64_t>(choose.below(3));
    if (is_floating(dtype))
      x.copy_(arange(x.numel()).reshape(shape).to(dtype) * choose.number() + choose.number());
    else
      x.copy_((arange(x.numel()).reshape(shape) * step + first).to(dtype));
  }
  if (is_floating(dtype) && choose.flag()) x.requires_grad_();
  return x;
}

Attributes any_attributes(fuzz::Choices& choose) {
  Attributes attributes;
  const auto set = [&](const char* name, Attributes::Value value) {
    attributes.set(name, std::make_shared<const Attributes::Value>(std::move(value)));
  };
  for (std::size_t count = choose.below(5); count > 0; --count) {
    switch (choose.below(4)) {
      case 0: set(choose.of(kIntegers), choose.integer()); break;
      case 1: {
        const char* name = choose.of(kLists);
        Attributes::Integers list(choose.below(7));
        for (std::int64_t& value : list) value = choose.integer();
        set(name, list);
        break;
      }
      case 2: set(choose.of(kNumbers), choose.number()); break;
      default: {
        const auto& text = kTexts[choose.below(std::size(kTexts))];
        set(text[0], std::string(text[1]));
      }
    }
  }
  return attributes;
}

void run_node(fuzz::Choices& choose) {
  const onnx::detail::Operators& all = onnx::detail::all_operators();
  onnx::detail::Node node;
  node.op = &all[choose.bits<std::uint16_t>() % all.size()];
  node.opset = choose.of({18, 17, 13, 12, 11, 10, 8, 6, 1});
  node.attributes = any_attributes(choose);
  std::vector<Tensor> values;
  for (std::size_t count = choose.below(8); count > 0; --count) {
    const bool is_left_out = choose.below(16) == 15;
    node.inputs.push_back(is_left_out ? onnx::detail::kNoSlot : static_cast<int>(values.size()));
    if (!is_left_out) values.push_back(any_tensor(choose));
  }
  node.own_inputs = node.inputs.size();
  for (std::size_t count = choose.below(4) + 1; count > 0; --count) node.outputs.push_back(0);
  const onnx::detail::RunContext context{.training = choose.flag()};
  for (const Tensor& y : node.op->compute(onnx::detail::Call(node, values, context)))
    if (y.defined() && y.requires_grad())
      y.backward(ones(y.shape(), {.dtype = y.dtype()}), {.retain_graph = true});
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choose(fuzz::bytes_of(data, size));
  fuzz::run([&] { run_node(choose); });
  return 0;
}
