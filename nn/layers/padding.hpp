// Padding layers: borders around signals {N, C, L} or {C, L}, and around images {N, C, H, W} or {C, H, W}.
#pragma once

#include "autograd/base/per_axis.hpp"
#include "autograd/ops/padding.hpp"
#include "nn/module/module.hpp"

namespace xtape::nn {

/// What they share. The padding is one number for all sides, or {left, right} or {left, right, top, bottom}.
class PadLayer : public Module {
 public:
  Tensor forward(const Tensor& x) override;
  std::string extra_repr() const override;
  const Shape& padding() const { return padding_; }

 protected:
  PadLayer(const char* name, int axes, const xtape::detail::PerAxis& padding, PadMode mode, Scalar value = 0);
  PadLayer(const PadLayer&) = default;
  PadLayer& operator=(const PadLayer&) = default;

 private:
  int axes_;
  Shape padding_;
  PadOptions options_;
};

/// A value all around.
class ConstantPad : public PadLayer {
 public:
  std::string extra_repr() const override;

 protected:
  ConstantPad(const char* name, int axes, const xtape::detail::PerAxis& padding, double value)
      : PadLayer(name, axes, padding, PadMode::constant, value), value_(value) {}
  ConstantPad(const ConstantPad&) = default;
  ConstantPad& operator=(const ConstantPad&) = default;

 private:
  double value_;
};
class ConstantPad1d : public ConstantPad {
 public:
  ConstantPad1d(const xtape::detail::PerAxis& padding, double value)
      : ConstantPad("ConstantPad1d", 1, padding, value) {}
};
class ConstantPad2d : public ConstantPad {
 public:
  ConstantPad2d(const xtape::detail::PerAxis& padding, double value)
      : ConstantPad("ConstantPad2d", 2, padding, value) {}
};

/// Zeros all around.
class ZeroPad1d : public PadLayer {
 public:
  explicit ZeroPad1d(const xtape::detail::PerAxis& padding)
      : PadLayer("ZeroPad1d", 1, padding, PadMode::constant) {}
};
class ZeroPad2d : public PadLayer {
 public:
  explicit ZeroPad2d(const xtape::detail::PerAxis& padding)
      : PadLayer("ZeroPad2d", 2, padding, PadMode::constant) {}
};

/// What stands beside the first and the last element, mirrored at these.
class ReflectionPad1d : public PadLayer {
 public:
  explicit ReflectionPad1d(const xtape::detail::PerAxis& padding)
      : PadLayer("ReflectionPad1d", 1, padding, PadMode::reflect) {}
};
class ReflectionPad2d : public PadLayer {
 public:
  explicit ReflectionPad2d(const xtape::detail::PerAxis& padding)
      : PadLayer("ReflectionPad2d", 2, padding, PadMode::reflect) {}
};

/// The first and the last element again.
class ReplicationPad1d : public PadLayer {
 public:
  explicit ReplicationPad1d(const xtape::detail::PerAxis& padding)
      : PadLayer("ReplicationPad1d", 1, padding, PadMode::replicate) {}
};
class ReplicationPad2d : public PadLayer {
 public:
  explicit ReplicationPad2d(const xtape::detail::PerAxis& padding)
      : PadLayer("ReplicationPad2d", 2, padding, PadMode::replicate) {}
};

/// What stands at the other end.
class CircularPad1d : public PadLayer {
 public:
  explicit CircularPad1d(const xtape::detail::PerAxis& padding)
      : PadLayer("CircularPad1d", 1, padding, PadMode::circular) {}
};
class CircularPad2d : public PadLayer {
 public:
  explicit CircularPad2d(const xtape::detail::PerAxis& padding)
      : PadLayer("CircularPad2d", 2, padding, PadMode::circular) {}
};

}  // namespace xtape::nn
