// Transforms with any options over images of any shape and dtype.
#include <string>

#include "choices.hpp"
#include "datasets/transforms/random_affine.hpp"
#include "datasets/transforms/random_erasing.hpp"
#include "datasets/transforms/transforms.hpp"
#include "small_memory.hpp"
#include "target.hpp"

using namespace xtape;
using namespace xtape::datasets;
using fuzz::Choices;

namespace {

/// At most 3125 numbers; size 0 goes with any other sizes.
Tensor images(Choices& choose) {
  Shape shape;
  const bool is_empty = choose.below(8) == 0;
  for (std::size_t dims = choose.below(6); dims > 0; --dims)
    shape.push_back(is_empty ? choose.integer() : 1 + static_cast<std::int64_t>(choose.below(5)));
  if (is_empty) shape.push_back(0);
  const Tensor x = zeros(shape, {.dtype = choose.of({kUInt8, kInt64, kFloat32, kFloat64, kBool})});
  return choose.flag() ? x.transpose(-1, 0) : x;
}

std::string padding_mode(Choices& choose) {
  return choose.of({"constant", "edge", "reflect", "symmetric", "other"});
}

Shape integers(Choices& choose) {
  Shape list;
  for (std::size_t count = choose.below(5); count > 0; --count) list.push_back(choose.integer());
  return list;
}

Numbers numbers(Choices& choose) {
  std::vector<double> list;
  for (std::size_t count = choose.below(5); count > 0; --count) list.push_back(choose.number());
  return list;
}

Transform affine(Choices& choose) {
  RandomAffineOptions options{numbers(choose), numbers(choose), numbers(choose)};
  options.interpolation = choose.of({InterpolationMode::nearest, InterpolationMode::bilinear});
  options.fill = choose.number();
  options.center = numbers(choose);
  return RandomAffine(numbers(choose), options);
}

Transform transform(Choices& choose) {
  switch (choose.below(11)) {
    case 0: {
      const RandomCropOptions options{integers(choose), choose.flag(), choose.number(), padding_mode(choose)};
      return RandomCrop(integers(choose), options);
    }
    case 1: {
      const RandomShiftOptions options{choose.number(), padding_mode(choose)};
      return RandomShift(choose.integer(), options);
    }
    case 2: return RandomHorizontalFlip(choose.number());
    case 3: return RandomVerticalFlip(choose.number());
    case 4: return Normalize{numbers(choose).values(), numbers(choose).values()};  // in this order
    case 5: return ToDtype(choose.of({kUInt8, kInt64, kFloat32}), {.scale = choose.flag()});
    case 6: return affine(choose);
    case 7: {
      const RandomErasingOptions options{choose.number(), numbers(choose), numbers(choose), choose.number()};
      return RandomErasing(options);
    }
    case 8: {
      const CutoutOptions options{static_cast<std::int64_t>(choose.below(4)), choose.number()};
      return Cutout(choose.integer(), options);
    }
    case 9: return RandomRotation(numbers(choose));
    default: return ToFloat();
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choose(fuzz::bytes_of(data, size));
  fuzz::run([&] {
    Generator generator(1);
    Tensor x = images(choose);
    for (int steps = 0; steps < 4 && !choose.at_end(); ++steps) x = transform(choose)(x, generator);
  });
  return 0;
}
