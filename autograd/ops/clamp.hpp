// Values kept within bounds: clamp, clamp_min, clamp_max, and finite numbers in place of NaN and infinities.
#pragma once

#include <optional>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

struct ClampOptions {
  std::optional<Scalar> min = {};
  std::optional<Scalar> max = {};
};
/// x limited to [min, max]; the gradient is 1 inside, bounds included, and 0 outside. NaN stays, and a bound
/// that is NaN gives NaN.
Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = {});
Tensor clamp(const Tensor& x, const ClampOptions& options);
Tensor clamp(const Tensor& x, const Tensor& min, const Tensor& max);
/// NumPy's name for clamp.
Tensor clip(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = {});
Tensor clip(const Tensor& x, const ClampOptions& options);
Tensor clip(const Tensor& x, const Tensor& min, const Tensor& max);

/// max(x, min) and min(x, max), NaN from either side; x has the gradient where the two are equal.
Tensor clamp_min(const Tensor& x, Scalar min);
Tensor clamp_min(const Tensor& x, const Tensor& min);
Tensor clamp_max(const Tensor& x, Scalar max);
Tensor clamp_max(const Tensor& x, const Tensor& max);

struct NanToNumOptions {
  double nan = 0;
  std::optional<double> posinf = {};  ///< the greatest number of the dtype, where left out
  std::optional<double> neginf = {};  ///< the least
};
/// x with finite numbers in place of NaN and infinities, whose gradient is 0; integers as they are.
Tensor nan_to_num(const Tensor& x, double nan = 0, std::optional<double> posinf = {},
                  std::optional<double> neginf = {});
Tensor nan_to_num(const Tensor& x, const NanToNumOptions& options);

}  // namespace xtape
