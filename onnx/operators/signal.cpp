// Fourier transforms, by products with matrices of sines and cosines, and what comes before them.
#include <cmath>
#include <numbers>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

constexpr std::int64_t kMostPoints = 1 << 14;  // the matrices grow with the square

/// The transform of x {..., points, 1 or 2} along the dim before the last, of `length` points, to {..., bins,
/// 2}.
Tensor transformed(const Tensor& x, std::int64_t length, bool is_inverse, bool is_onesided) {
  check(length > 0 && length <= kMostPoints, "has {} points; expected 1 to {}", length, kMostPoints);
  check(x.size(-1) == 1 || x.size(-1) == 2, "the last dim is of size {}; expected 1 or 2", x.size(-1));
  const Tensor points = transpose(pad(x, {0, 0, 0, length - x.size(-2)}), -2, -1);  // {..., 1 or 2, points}
  const std::int64_t bins = is_onesided ? length / 2 + 1 : length;
  const Tensor turns = (unsqueeze(arange(length), 1) * arange(bins)) % length;
  const Tensor angle =
      turns.to(kFloat64) * (2 * std::numbers::pi / static_cast<double>(length) * (is_inverse ? 1 : -1));
  const double factor = is_inverse ? 1 / static_cast<double>(length) : 1;
  const Tensor cosines = (cos(angle) * factor).to(x.dtype()), sines = (sin(angle) * factor).to(x.dtype());
  const Tensor real = select(points, -2, 0);
  if (x.size(-1) == 1) return stack({matmul(real, cosines), matmul(real, sines)}, -1);
  const Tensor imaginary = select(points, -2, 1);
  return stack(
      {matmul(real, cosines) - matmul(imaginary, sines), matmul(real, sines) + matmul(imaginary, cosines)},
      -1);
}

Results fourier(const Call& call) {
  const Tensor& x = call[0];
  check(x.dim() >= 2, "x is of shape {}; expected {{..., points, 1 or 2}}", x.shape());
  const int axis = axis_of(call.integer("axis", 1), x.dim()), before_last = static_cast<int>(x.dim()) - 2;
  check(axis <= before_last, "the axis is {}, that of the two parts of numbers", axis);
  const std::int64_t length = call.has(1) ? call.item<std::int64_t>(1) : x.size(axis);
  const Tensor y = transformed(transpose(x, axis, before_last), length, call.integer("inverse", 0) != 0,
                               call.integer("onesided", 0) != 0);
  return transpose(y, axis, before_last);
}

Results short_time_fourier(const Call& call) {
  const Tensor& x = call[0];
  check(x.dim() == 3, "the signal is of shape {}; expected {{N, points, 1 or 2}}", x.shape());
  const auto step = call.item<std::int64_t>(1);
  const std::int64_t length = call.has(3)   ? call.item<std::int64_t>(3)
                              : call.has(2) ? call[2].numel()
                                            : x.size(1);
  check(step > 0 && length > 0 && length <= x.size(1), "frames of {} points, one every {}, of a signal of {}",
        length, step, x.size(1));
  Tensor frames = transpose(x.unfold(1, length, step), 2, 3);  // {N, frames, points, 1 or 2}
  if (call.has(2)) frames = frames * unsqueeze(call[2], 1);
  return transformed(frames, length, false, call.integer("onesided", 1) != 0);
}

/// a - b cos(2 pi n / N) + c cos(4 pi n / N), with N the size, or one less where the window is not periodic.
Compute window(double a, double b, double c) {
  return [=](const Call& call) {
    const auto size = call.item<std::int64_t>(0);
    check(size >= 0, "the size is {}", size);
    const std::int64_t period = std::max<std::int64_t>(size - (call.integer("periodic", 1) != 0 ? 0 : 1), 1);
    const Tensor angle = arange(size).to(kFloat64) * (2 * std::numbers::pi / static_cast<double>(period));
    return (a - b * cos(angle) + c * cos(2 * angle)).to(call.dtype(call.integer("output_datatype", 1)));
  };
}

/// Triangles on the scale of mels, as the definition of the operator computes them.
Results mel_weights(const Call& call) {
  const auto mels = call.item<std::int64_t>(0), length = call.item<std::int64_t>(1),
             rate = call.item<std::int64_t>(2);
  const auto mel_of = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  const double low = mel_of(call.item<double>(3)), high = mel_of(call.item<double>(4));
  const std::int64_t bins = length / 2 + 1;
  check(mels > 0 && mels < 1 << 20 && length > 0 && length < 1 << 24 && rate > 0,
        "has {} mels, {} points and the rate {}", mels, length, rate);
  std::vector<std::int64_t> edges;
  for (std::int64_t i = 0; i < mels + 2; ++i) {
    const double mel = low + static_cast<double>(i) * (high - low) / static_cast<double>(mels + 2);
    const double edge = std::floor(static_cast<double>(length + 1) * 700 * (std::pow(10, mel / 2595) - 1) /
                                   static_cast<double>(rate));
    check(edge >= 0 && edge < static_cast<double>(bins), "a frequency lies outside of the spectrum");
    edges.push_back(static_cast<std::int64_t>(edge));
  }
  const Tensor weights = zeros({bins, mels}, {.dtype = kFloat64});
  const auto at = weights.accessor<double, 2>();
  for (std::int64_t i = 0; i < mels; ++i) {
    const auto place = static_cast<std::size_t>(i);
    const std::int64_t left = edges[place], centre = edges[place + 1], right = edges[place + 2];
    for (std::int64_t j = left; j <= centre; ++j)
      at[j][i] = left == centre ? 1 : static_cast<double>(j - left) / static_cast<double>(centre - left);
    for (std::int64_t j = centre; j < right; ++j)
      at[j][i] = static_cast<double>(right - j) / static_cast<double>(right - centre);
  }
  return weights.to(call.dtype(call.integer("output_datatype", 1)));
}

}  // namespace

Operators signal_operators() {
  return {{"BlackmanWindow", 17, window(0.42, 0.5, 0.08)},
          {"DFT", 17, fourier, "up to 16384 points"},
          {"HammingWindow", 17, window(25.0 / 46, 21.0 / 46, 0)},
          {"HannWindow", 17, window(0.5, 0.5, 0)},
          {"MelWeightMatrix", 17, mel_weights},
          {"STFT", 17, short_time_fourier, "up to 16384 points"}};
}

}  // namespace xtape::onnx::detail
