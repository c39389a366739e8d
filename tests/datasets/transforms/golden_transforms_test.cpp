// Rotations and affine maps against what torchvision's formulas give by PyTorch's grid_sample, in
// tests/golden/datasets.
#include <boost/test/unit_test.hpp>

#include "datasets/transforms/random_affine.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

using datasets::InterpolationMode;
using datasets::Numbers;

/// grid_sample interpolates in coordinates of -1 ... 1, which costs it some digits.
constexpr Tolerances kTolerances{.float32 = {2e-6, 1e-6}, .float64 = {1e-11, 1e-12}};

InterpolationMode mode(const Args& args) {
  return args.text("interpolation", "nearest") == "nearest" ? InterpolationMode::nearest
                                                            : InterpolationMode::bilinear;
}

Numbers numbers(const Args& args, const char* name) {
  return args.has(name) ? Numbers(args.reals(name)) : Numbers();
}

Tensors rotation(const Tensors& x, const Args& args) {
  const double angle = args.real("degrees");
  const datasets::RandomRotation rotate(
      {angle, angle},
      {.interpolation = mode(args), .center = numbers(args, "center"), .fill = args.real("fill", 0)});
  return {rotate(x[0])};
}

Tensors affine(const Tensors& x, const Args& args) {
  const double angle = args.real("degrees"), scale = args.real("scale", 1);
  Numbers shear = numbers(args, "shear");
  if (!shear.empty()) shear = {shear[0], shear[0], shear[1], shear[1]};
  const datasets::RandomAffine move({angle, angle}, {.scale = {scale, scale},
                                                     .shear = shear,
                                                     .interpolation = mode(args),
                                                     .fill = args.real("fill", 0),
                                                     .center = numbers(args, "center")});
  return {move(x[0])};
}

FileTest exact(const Function& function) {
  return [function](const std::string& file) { check_file(file, function, kTolerances); };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_transforms)
const RegisterTests register_tests("datasets", std::map<std::string, FileTest>{
                                                   {"RandomRotation", exact(rotation)},
                                                   {"RandomAffine", exact(affine)},
                                               });
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
