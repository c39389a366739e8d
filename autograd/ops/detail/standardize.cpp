// Standardization as an op: x as {a, b, c, d}, of which some dims share a mean and a variance.
#include "autograd/ops/detail/standardize.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/standardize.hpp"

namespace xtape::detail {

using namespace op;

namespace {

/// Over what one statistic is taken.
Dims shared_dims(const Standardizing& how) { return how.across ? Dims{0, 2, 3} : Dims{2, 3}; }

Attributes attributes_of(const Standardizing& how) {
  return {{"across", how.across}, {"centred", how.centred}, {"eps", how.eps}};
}

/// What the second derivatives of a standardization need: z = (x - mean) rstd, and the gradient through it.
struct Standard {
  Dims dims;
  bool centred;
  Tensor rstd, z;

  Standard(const Tensor& x, const Standardizing& how) : dims(shared_dims(how)), centred(how.centred) {
    const Tensor apart = centred ? x - average(x) : x;
    rstd = rsqrt(average(square(apart)) + how.eps);
    z = apart * rstd;
  }
  Tensor average(const Tensor& v) const { return mean(v, dims, true); }
  /// v A of the symmetric Jacobian A of z: rstd (v - mean(v) - z mean(v z))
  Tensor through(const Tensor& v) const {
    const Tensor level = z * average(v * z);
    return rstd * (centred ? v - average(v) - level : v - level);
  }
};

/// Cases for ops of x and two more inputs of the shapes `a` and `b`, by default those of x and of a weight.
template <class O>
Cases<O> standardizing_cases(
    const std::function<std::vector<Shape>(const Shape& x, const Shape& w)>& inputs) {
  const auto of = [&](const Shape& x) { return Case{.inputs = inputs(x, {x[1], x[2], 1})}; };
  return Cases<O>()
      .add(of({3, 2, 1, 4}), O{{.across = true, .eps = 0.1}})  // batch norm of images
      .add(of({4, 3, 1, 1}), O{{.across = true, .eps = 0.1}})  // and of rows
      .add(of({2, 3, 2, 2}), O{{.across = true, .eps = 0.1}})
      .add(of({2, 2, 2, 3}), O{{.eps = 0.1}})  // group norm
      .add(of({2, 3, 4, 1}), O{{.eps = 0.1}})
      .add(of({3, 1, 5, 1}), O{{.eps = 0.1}})                    // layer norm
      .add(of({3, 1, 5, 1}), O{{.centred = false, .eps = 0.1}})  // RMS norm
      .add(of({0, 2, 1, 3}), O{{.across = true, .eps = 0.1}})
      .add(of({0, 1, 3, 1}), O{{.eps = 0.1}});
}

/// {dx, dw, db} of Standardize, for the gradient g of its y; with v A as in Standard:
/// dx = (g w) A, dw = sum(g z), db = sum(g)
struct StandardizeBackward {
  static constexpr std::string_view name = "standardize_backward";
  static constexpr Reads reads = Reads::inputs;

  Standardizing how;

  std::array<Tensor, 3> forward(const Tensor& x, const Tensor& w, const Tensor& g) const {
    return kernels::standardize_backward(x, w, g, how);
  }
  void vjp(const Inputs& in, const Outputs&, const Outputs& h, Wrt& wrt) const {
    const Tensor &x = in[0], &w = in[1], &g = in[2];
    const auto given = [](const Tensor& v, const Tensor& like) { return v.defined() ? v : zeros_like(like); };
    const Tensor hx = given(h[0], x), hw = given(h[1], w), hb = given(h[2], w);
    const Standard s(x, how);
    const Tensor through = s.through(hx);
    wrt(0, [&] {
      const Tensor d = g * w;
      const Tensor dz = g * hw - s.rstd * (hx * s.average(d * s.z) + d * s.average(hx * s.z));
      return s.through(dz) - s.rstd * s.z * s.average(through * d);
    });
    wrt(1, [&] { return g * through; });
    wrt(2, [&] { return w * through + hw * s.z + hb; });
  }

  Attributes attributes() const { return attributes_of(how); }
  static Cases<StandardizeBackward> cases() {
    return standardizing_cases<StandardizeBackward>([](const Shape& x, const Shape& w) {
      return std::vector{x, w, x};
    });
  }
};

/// {y, mean, variance}: y = z w + b, z = (x - mean) / sqrt(variance + eps)
struct Standardize {
  static constexpr std::string_view name = "standardize";
  static constexpr Reads reads = Reads::input0 | Reads::input1;

  Standardizing how;

  std::array<Tensor, 3> forward(const Tensor& x, const Tensor& w, const Tensor& b) const {
    return kernels::standardize(x, w, b, how);
  }
  void vjp(const Inputs& in, const Outputs&, const Outputs& g, Wrt& wrt) const {
    const Tensor& x = in[0];
    if (g[0].defined()) {
      const auto [dx, dw, db] = record(StandardizeBackward{how}, x, in[1], g[0]);
      wrt(0, [&, &d = dx] { return d; });
      wrt(1, [&, &d = dw] { return d; });
      wrt(2, [&, &d = db] { return d; });
    }
    const Dims dims = shared_dims(how);
    const auto shared = [&](const Tensor& of_statistic) {  // among the elements that it is taken over
      return of_statistic * (static_cast<double>(of_statistic.numel()) / static_cast<double>(x.numel()));
    };
    if (g[1].defined() && how.centred) wrt(0, [&] { return shared(g[1]).expand(x.shape()); });
    if (g[2].defined())
      wrt(0, [&] { return shared(2 * g[2]) * (how.centred ? x - mean(x, dims, true) : x); });
  }

  Attributes attributes() const { return attributes_of(how); }
  static Cases<Standardize> cases() {
    return standardizing_cases<Standardize>([](const Shape& x, const Shape& w) {
      return std::vector{x, w, w};
    });
  }
};

/// y = x w + b, x {n, c, d}, w and b {c, 1}      dx = g w, dw = sum(g x), db = sum(g)
struct ChannelAffine {
  static constexpr std::string_view name = "channel_affine";
  static constexpr Reads reads = Reads::input0 | Reads::input1;

  Tensor forward(const Tensor& x, const Tensor& w, const Tensor& b) const {
    return kernels::channel_affine(x, w, b);
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g * in[1]; });
    wrt(1, [&] { return g * in[0]; });
    wrt(2, [&] { return g; });
  }
  static Cases<ChannelAffine> cases() {
    return {{.inputs = {{2, 3, 4}, {3, 1}, {3, 1}}},
            {.inputs = {{4, 3, 1}, {3, 1}, {3, 1}}},
            {.inputs = {{0, 3, 2}, {3, 1}, {3, 1}}}};
  }
};

}  // namespace

std::array<Tensor, 3> to_standard(const Tensor& x, const Tensor& w, const Tensor& b,
                                  const Standardizing& how) {
  return record(Standardize{how}, x, w, b);
}
Tensor channel_affine(const Tensor& x, const Tensor& w, const Tensor& b) {
  return record(ChannelAffine{}, x, w, b);
}

}  // namespace xtape::detail
