// Borders, patches, resized and rearranged images against PyTorch's values and gradients in
// tests/golden/images.
#include <boost/test/unit_test.hpp>

#include "autograd/ops/interpolate.hpp"
#include "autograd/ops/padding.hpp"
#include "autograd/ops/patches.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

xtape::detail::PerAxis per_axis(const Args& args, const std::string& name) {
  return args.dims(name).to_vector();
}

UnfoldOptions patch_options(const Args& args) {
  UnfoldOptions options;
  if (args.has("dilation")) options.dilation = per_axis(args, "dilation");
  if (args.has("padding")) options.padding = per_axis(args, "padding");
  if (args.has("stride")) options.stride = per_axis(args, "stride");
  return options;
}

Tensors run_interpolate(const Tensors& x, const Args& args) {
  InterpolateOptions options{.mode = args.text("mode", "nearest")};
  if (args.has("size")) options.size = per_axis(args, "size");
  if (args.has("scale_factor"))
    options.scale_factor =
        args.is_list("scale_factor") ? args.reals("scale_factor") : std::vector{args.real("scale_factor")};
  if (args.has("align_corners")) options.align_corners = args.flag("align_corners");
  return {interpolate(x[0], options)};
}

Table images() {
  return {
      {"interpolate", run_interpolate},
      {"unfold",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {unfold(x[0], per_axis(args, "kernel_size"), patch_options(args))};
       }},
      {"fold",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {
             fold(x[0], per_axis(args, "output_size"), per_axis(args, "kernel_size"), patch_options(args))};
       }},
      {"pixel_shuffle",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {pixel_shuffle(x[0], args.integer("upscale_factor"))};
       }},
      {"pixel_unshuffle",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {pixel_unshuffle(x[0], args.integer("downscale_factor"))};
       }},
      {"pad",
       [](const Tensors& x, const Args& args) -> Tensors {
         return {pad(x[0], args.dims("pad"),
                     {.mode = args.text("mode", "constant"), .value = args.real("value", 0)})};
       }},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_images)
const RegisterTests register_tests("images", images());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
