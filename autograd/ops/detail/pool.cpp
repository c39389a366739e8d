// Pooling as ops of planes {planes, height, width}.
#include "autograd/ops/detail/pool.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/pool.hpp"

namespace xtape::detail {

using namespace op;

namespace {

Attributes attributes_of(const Pooling& p) {
  const auto list = [](const std::array<std::int64_t, 2>& values) { return Shape(values); };
  return {{"size", list(p.size)},
          {"out", list(p.out)},
          {"kernel", list(p.kernel)},
          {"stride", list(p.stride)},
          {"padding", list(p.padding)},
          {"dilation", list(p.dilation)},
          {"count_include_pad", p.count_include_pad},
          {"divisor", p.divisor}};
}

constexpr Pooling kSquares{
    .size = {4, 6}, .out = {2, 3}, .kernel = {2, 2}, .stride = {2, 2}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kOdd{
    .size = {5, 3}, .out = {2, 1}, .kernel = {2, 2}, .stride = {2, 2}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kOverlapping{
    .size = {5, 4}, .out = {3, 2}, .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}, .dilation = {1, 1}};
constexpr Pooling kAdaptive{
    .size = {5, 4}, .out = {3, 2}, .kernel = {}, .stride = {}, .padding = {}, .dilation = {1, 1}};
constexpr Pooling kDilated{
    .size = {1, 7}, .out = {1, 3}, .kernel = {1, 2}, .stride = {1, 2}, .padding = {}, .dilation = {1, 2}};
constexpr Pooling kOutside{.size = {3, 3},
                           .out = {2, 2},
                           .kernel = {2, 2},
                           .stride = {2, 2},
                           .padding = {},
                           .dilation = {1, 1},
                           .count_include_pad = false};

Shape small(std::int64_t planes, const Pooling& p) { return {planes, p.size[0], p.size[1]}; }
Shape pooled(std::int64_t planes, const Pooling& p) { return {planes, p.out[0], p.out[1]}; }

/// The places of the greatest in each plane.
struct MaxPoolIndices {
  static constexpr std::string_view name = "max_pool_indices";

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::max_pool_indices(x, p); }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPoolIndices> cases() {
    return Cases<MaxPoolIndices>()
        .add({.inputs = {small(2, kSquares)}}, {kSquares})
        .add({.inputs = {small(1, kDilated)}}, {kDilated});
  }
};

/// dx = g at the places of the greatest of x, added up      dg = those of h
struct MaxPoolBackward {
  static constexpr std::string_view name = "max_pool_backward";
  static constexpr Reads reads = Reads::input0;

  Pooling p;

  Tensor forward(const Tensor& x, const Tensor& g) const { return kernels::max_pool_backward(x, g, p); }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    wrt(1, [&] {
      const Tensor places = record(MaxPoolIndices{p}, in[0].detach());
      return reshape(gather(flatten(h, 1), 1, flatten(places, 1)), wrt.shape(1));
    });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPoolBackward> cases() {
    Cases<MaxPoolBackward> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kDilated})
      cases.add({.inputs = {small(2, p), pooled(2, p)}, .distinct = true}, {p});
    return cases.add({.inputs = {small(0, kOdd), pooled(0, kOdd)}}, {kOdd});
  }
};

/// The greatest of each window      dx = g where it stands
struct MaxPool {
  static constexpr std::string_view name = "max_pool";
  static constexpr Reads reads = Reads::inputs;

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::max_pool(x, p); }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(MaxPoolBackward{p}, x[0], g); });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<MaxPool> cases() {
    Cases<MaxPool> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kDilated})
      cases.add({.inputs = {small(2, p)}, .distinct = true}, {p});
    return cases.add({.inputs = {small(0, kOdd)}}, {kOdd});
  }
};

/// The adjoint of AvgPool.
struct AvgPoolBackward {
  static constexpr std::string_view name = "avg_pool_backward";

  Pooling p;

  Tensor forward(const Tensor& g) const { return kernels::avg_pool_backward(g, p); }
  void vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const;
  Attributes attributes() const { return attributes_of(p); }
  static Cases<AvgPoolBackward> cases() {
    Cases<AvgPoolBackward> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kOutside})
      cases.add({.inputs = {pooled(2, p)}}, {p});
    return cases.add({.inputs = {pooled(0, kOdd)}}, {kOdd});
  }
};

/// The mean of each window      dx = g / n for all n elements
struct AvgPool {
  static constexpr std::string_view name = "avg_pool";

  Pooling p;

  Tensor forward(const Tensor& x) const { return kernels::avg_pool(x, p); }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(AvgPoolBackward{p}, g); });
  }
  Attributes attributes() const { return attributes_of(p); }
  static Cases<AvgPool> cases() {
    Cases<AvgPool> cases;
    for (const Pooling& p : {kSquares, kOdd, kOverlapping, kAdaptive, kOutside})
      cases.add({.inputs = {small(2, p)}}, {p});
    return cases.add({.inputs = {small(0, kOdd)}}, {kOdd});
  }
};

void AvgPoolBackward::vjp(const Inputs&, const Tensor&, const Tensor& h, Wrt& wrt) const {
  wrt(0, [&] { return record(AvgPool{p}, h); });
}

}  // namespace

Tensor max_of_windows(const Tensor& x, const Pooling& p) { return record(MaxPool{p}, x); }
Tensor places_of_max(const Tensor& x, const Pooling& p) { return record(MaxPoolIndices{p}, x.detach()); }
Tensor mean_of_windows(const Tensor& x, const Pooling& p) { return record(AvgPool{p}, x); }

}  // namespace xtape::detail
