// The sum of squared differences: difference, square and sum in one op.
#include "autograd/ops/squared_error.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/squared_error.hpp"

namespace xtape {

using namespace op;

namespace {

/// Throws unless x and y are floats of one shape and dtype.
void check_alike(const Tensor& x, const Tensor& y, std::string_view op) {
  check(x.is_floating_point() && x.dtype() == y.dtype() && x.shape() == y.shape(),
        "{}: expected floats of one shape and dtype, got {} of shape {} and {} of shape {}", op, x.dtype(),
        x.shape(), y.dtype(), y.shape());
}

/// z = 2 g (x - y) / divisor, g 0-d       dx = 2 g h / divisor, dy = -dx, dg = 2 sum(h (x - y)) / divisor
struct SquaredErrorBackward {
  double divisor = 1;

  static constexpr std::string_view name = "squared_error_backward";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& x, const Tensor& y, const Tensor& g) const {
    check_alike(x, y, name);
    return kernels::scaled_difference(x, y, 2 / divisor * g.item<double>());
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    const double scale = 2 / divisor;
    wrt(0, [&] { return h * (scale * in[2]); });
    wrt(1, [&] { return h * (-scale * in[2]); });
    wrt(2, [&] { return scale * sum(h * (in[0] - in[1])); });
  }
  Attributes attributes() const { return {{"divisor", divisor}}; }
  static Cases<SquaredErrorBackward> cases() {
    return Cases<SquaredErrorBackward>()
        .add({.inputs = {{2, 3}, {2, 3}, {}}})
        .add({.inputs = {{5}, {5}, {}}}, SquaredErrorBackward{5})
        .add({.inputs = {{}, {}, {}}})
        .add({.inputs = {{0, 3}, {0, 3}, {}}})
        .add({.inputs = {{2}, {3}, {}}, .error = "squared_error_backward: expected floats of one shape"});
  }
};

/// z = sum((x - y)^2) / divisor
struct SquaredError {
  double divisor = 1;

  static constexpr std::string_view name = "squared_error";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& x, const Tensor& y) const {
    check_alike(x, y, name);
    return kernels::squared_error(x, y, divisor);
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(SquaredErrorBackward{divisor}, in[0], in[1], g); });
    wrt(1, [&] { return record(SquaredErrorBackward{divisor}, in[1], in[0], g); });
  }
  Attributes attributes() const { return {{"divisor", divisor}}; }
  static Cases<SquaredError> cases() {
    return Cases<SquaredError>()
        .add({.inputs = {{2, 3}, {2, 3}}})
        .add({.inputs = {{37}, {37}}}, SquaredError{37})
        .add({.inputs = {{}, {}}}, SquaredError{2})
        .add({.inputs = {{0, 3}, {0, 3}}})
        .add({.inputs = {{2, 3}, {3}},
              .error = "squared_error: expected floats of one shape and dtype, got "
                       "float64 of shape {2, 3} and float64 of shape {3}"});
  }
};

}  // namespace

Tensor squared_error(const Tensor& x, const Tensor& y, double divisor) {
  return record(SquaredError{divisor}, x, y);
}

}  // namespace xtape
