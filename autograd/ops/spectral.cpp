// Linear algebra by orthogonal bases: QR, singular values, eigenvalues, the pseudo-inverse. Bases are given
// without a gradient; inside, those of svd and eigh have one, so that what is made of their values can be
// differentiated twice.
#include <algorithm>
#include <limits>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/lapack.hpp"
#include "autograd/ops/detail/matrices.hpp"
#include "autograd/ops/inverse.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_finite(const Tensor& a, std::string_view op) {
  check(all(isfinite(a)).item<bool>(), "{}: the input holds NaN or an infinity", op);
}

/// 1 / (v[j] - v[i]), and 0 where they are the same.
Tensor inverse_gaps(const Tensor& v) {
  const Tensor gaps = unsqueeze(v, -2) - unsqueeze(v, -1);
  return 1 / masked_fill(gaps, gaps == 0, kInfinity);
}

/// A basis that was computed from `source`, of which nothing more is known: its gradient is an Error.
struct Basis {
  static constexpr std::string_view name = "linalg_basis";

  std::string_view of;  // "linalg::qr: Q"

  Tensor forward(const Tensor& value, const Tensor&) const { return value.clone(); }
  void vjp(const Inputs&, const Tensor&, const Tensor&, Wrt& wrt) const {
    check(!wrt.needs(0) && !wrt.needs(1), "{} has no gradient; detach() it, or work with the values alone",
          of);
  }
  Attributes attributes() const { return {{"of", of}}; }
  static Cases<Basis> cases() {  // special: values alone are checked
    return Cases<Basis>().add({.special = {0},
                               .make =
                                   [] {
                                     return std::vector{eye(2).to(kFloat64), ones({3}, {.dtype = kFloat64})};
                                   }},
                              {"eye"});
  }
};

Tensor without_gradient(const Tensor& value, const Tensor& source, std::string_view of) {
  return record(Basis{of}, value.detach(), source);
}

/// {q, r} with a = q r
struct Qr {
  static constexpr std::string_view name = "linalg_qr";

  bool complete = false;

  std::array<Tensor, 2> forward(const Tensor& a) const {
    check_matrices(a, name);
    return kernels::qr(a, complete);
  }
  Attributes attributes() const { return {{"complete", complete}}; }
  static Cases<Qr> cases() {
    return Cases<Qr>()
        .add({.inputs = {{3, 2}}}, {false})
        .add({.inputs = {{2, 3}}}, {true})
        .add({.inputs = {{2, 3, 2}}}, {true})
        .add({.inputs = {{0, 2, 2}}}, {false})
        .add({.inputs = {{3}}, .error = "linalg_qr: expected a matrix or a batch of them, got {3}"}, {false});
  }
};

/// {u, s, vh} with a = u diag(s) vh, u and vh of min(m, n) columns and rows, or square where `full`
/// da = u (diag(gs) + k(gu) s + s k(gv)) vh, with k(g) = (b^T g - g^T b) / (s[j]^2 - s[i]^2) for a basis b,
/// and what of gu and gv lies outside of the spaces of u and v
struct Svd {
  static constexpr std::string_view name = "linalg_svd";
  static constexpr Reads reads = Reads::output;

  bool full = false;

  std::array<Tensor, 3> forward(const Tensor& a) const {
    check_matrices(a, name);
    check_finite(a, name);
    return kernels::svd(a, full);
  }
  void vjp(const Inputs&, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor& s = y[1];
      const Tensor u = narrow(y[0], -1, 0, s.size(-1)), v = turned(narrow(y[2], -2, 0, s.size(-1)));
      Tensor inner = g[1].defined() ? diag_embed(g[1]) : zeros_like(diag_embed(s));
      if (!g[0].defined() && !g[2].defined()) return matmul(u * unsqueeze(g[1], -2), turned(v));
      check(!full, "{}: full bases have no gradient", name);
      const Tensor gaps = inverse_gaps(square(s)), inverse = unsqueeze(1 / s, -2);
      const auto turn = [&](const Tensor& basis, const Tensor& gradient) {
        const Tensor inside = matmul(turned(basis), gradient);
        return (inside - turned(inside)) * gaps;
      };
      const auto outside = [&](const Tensor& basis, const Tensor& gradient) {
        return (gradient - matmul(basis, matmul(turned(basis), gradient))) * inverse;
      };
      Tensor beyond = zeros({}, {.dtype = s.dtype()});
      if (g[0].defined()) {
        inner = inner + turn(u, g[0]) * unsqueeze(s, -2);
        beyond = beyond + matmul(outside(u, g[0]), turned(v));
      }
      if (g[2].defined()) {
        inner = inner + unsqueeze(s, -1) * turn(v, turned(g[2]));
        beyond = beyond + matmul(u, turned(outside(v, turned(g[2]))));
      }
      return matmul(matmul(u, inner), turned(v)) + beyond;
    });
  }
  Attributes attributes() const { return {{"full_matrices", full}}; }
  static Cases<Svd> cases() {
    return Cases<Svd>()
        .add({.inputs = {{3, 3}}}, {false})
        .add({.inputs = {{4, 2}}}, {false})
        .add({.inputs = {{2, 3}}}, {false})
        .add({.inputs = {{2, 3, 2}}}, {false})
        .add({.inputs = {{0, 2, 2}}}, {false})
        .add({.inputs = {{3}}, .error = "linalg_svd: expected a matrix or a batch of them, got {3}"},
             {false});
  }
};

/// {values, vectors} of (a + a^T) / 2      da = v (diag(gl) + (v^T gv) / (l[j] - l[i])) v^T, made symmetric
struct EighOp {
  static constexpr std::string_view name = "linalg_eigh";
  static constexpr Reads reads = Reads::output;

  std::array<Tensor, 2> forward(const Tensor& a) const {
    check_square(a, name);
    check_finite(a, name);
    return kernels::eigh(((a + turned(a)) / 2).contiguous());
  }
  void vjp(const Inputs&, const Outputs& y, const Outputs& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor &values = y[0], &v = y[1];
      if (!g[1].defined()) return matmul(v * unsqueeze(g[0], -2), turned(v));
      Tensor inner = matmul(turned(v), g[1]) * inverse_gaps(values);
      if (g[0].defined()) inner = inner + diag_embed(g[0]);
      const Tensor da = matmul(matmul(v, inner), turned(v));
      return (da + turned(da)) / 2;
    });
  }
  static Cases<EighOp> cases() {
    return {{.inputs = {{3, 3}}},
            {.inputs = {{1, 1}}},
            {.inputs = {{2, 2, 2}}},
            {.inputs = {{0, 2, 2}}},
            {.inputs = {{2, 3}}, .error = "linalg_eigh: expected square matrices, got {2, 3}"},
            {.make =
                 [] {
                   return std::vector{full({2, 2}, kInfinity, {.dtype = kFloat64})};
                 },
             .error = "linalg_eigh: the input holds NaN or an infinity"}};
  }
};

/// The pseudo-inverse y; singular values of at most rtol times the greatest count as 0
/// da = -y^T g y^T + (g^T - a y g^T) y y^T + y^T y (g^T - g^T y a)
struct Pinv {
  static constexpr std::string_view name = "linalg_pinv";
  static constexpr Reads reads = Reads::inputs_and_output;

  double rtol = 1e-15;

  Tensor forward(const Tensor& a) const {
    check_matrices(a, name);
    check_finite(a, name);
    const auto [u, s, vh] = kernels::svd(a, false);
    if (s.numel() == 0) return zeros(turned(a).shape(), {.dtype = a.dtype()});
    const Tensor inverse = where(s > amax(s, {-1}, true) * rtol, 1 / s, 0);
    return matmul(turned(vh) * unsqueeze(inverse, -2), turned(u));
  }
  void vjp(const Inputs& x, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] {
      const Tensor &a = x[0], at = turned(a), yt = turned(y), gt = turned(g);
      const Tensor beside = gt - matmul(a, matmul(y, gt)), behind = gt - matmul(matmul(gt, y), a);
      return -matmul(matmul(yt, g), yt) + matmul(matmul(beside, y), yt) + matmul(yt, matmul(y, behind));
    });
  }
  Attributes attributes() const { return {{"rtol", rtol}}; }
  static Cases<Pinv> cases() {
    return Cases<Pinv>()
        .add({.inputs = {{3, 2}}}, {1e-12})
        .add({.inputs = {{2, 4}}}, {1e-12})
        .add({.inputs = {{3, 3}}}, {1e-12})
        .add({.inputs = {{2, 3, 2}}}, {1e-12})
        .add({.inputs = {{0, 2}}}, {1e-12})
        .add({.inputs = {{3}}, .error = "linalg_pinv: expected a matrix or a batch of them, got {3}"},
             {1e-12});
  }
};

std::array<Tensor, 2> eigen(const Tensor& a, std::string_view UPLO) {
  check(UPLO == "L" || UPLO == "U", "linalg::eigh: UPLO is \"{}\"; expected \"L\" or \"U\"", UPLO);
  check_square(a, "linalg_eigh");
  return record(EighOp{}, mirrored(UPLO == "U" ? turned(a) : a));
}

}  // namespace

namespace linalg {

QR qr(const Tensor& a, std::string_view mode) {
  check(mode == "reduced" || mode == "complete" || mode == "r",
        "linalg::qr: mode is \"{}\"; expected \"reduced\", \"complete\" or \"r\"", mode);
  const auto [q, r] = record(Qr{mode == "complete"}, a);
  return {mode == "r" ? empty(Shape{0}, {.dtype = a.dtype()}) : without_gradient(q, a, "linalg::qr: Q"),
          without_gradient(r, a, "linalg::qr: R")};
}
QR qr(const Tensor& a, const QrOptions& options) { return qr(a, options.mode); }

SVD svd(const Tensor& a, bool full_matrices) {
  const auto [u, s, vh] = record(Svd{full_matrices}, a);
  return {without_gradient(u, a, "linalg::svd: U"), s, without_gradient(vh, a, "linalg::svd: Vh")};
}
SVD svd(const Tensor& a, const SvdOptions& options) { return svd(a, options.full_matrices); }
Tensor svdvals(const Tensor& a) { return record(Svd{}, a)[1]; }

Eigh eigh(const Tensor& a, std::string_view UPLO) {
  const auto [values, vectors] = eigen(a, UPLO);
  return {values, without_gradient(vectors, a, "linalg::eigh: eigenvectors")};
}
Eigh eigh(const Tensor& a, const EighOptions& options) { return eigh(a, options.UPLO); }
Tensor eigvalsh(const Tensor& a, std::string_view UPLO) { return eigen(a, UPLO)[0]; }

Tensor pinv(const Tensor& a, std::optional<double> rtol) {
  check_matrices(a, "linalg_pinv");
  const double epsilon = a.dtype() == kFloat32 ? double{std::numeric_limits<float>::epsilon()}
                                               : std::numeric_limits<double>::epsilon();
  return record(Pinv{rtol.value_or(epsilon * static_cast<double>(std::max(a.size(-1), a.size(-2))))}, a);
}

}  // namespace linalg

Tensor pinverse(const Tensor& x, double rcond) { return linalg::pinv(x, rcond); }

}  // namespace xtape
