// The softmax family and dropout.
#include "autograd/kernels/softmax.hpp"

#include "autograd/base/random.hpp"
#include "autograd/graph/record.hpp"

namespace xtape {

using namespace op;

namespace {

int checked_dim(const Tensor& x, std::int64_t dim, const char* op) {
  check_floating(x.dtype(), op);
  return wrap_dim(dim, static_cast<int>(x.dim()), op);
}

Tensor sum_along(const Tensor& x, Dim dim) { return sum(x, dim, true); }

/// Cases for ops of `inputs` tensors of one shape, along a dim.
template <class O>
Cases<O> along_cases(int inputs) {
  const auto of = [inputs](const Shape& shape, const std::string& error = "") {
    return Case{.inputs = std::vector<Shape>(static_cast<std::size_t>(inputs), shape), .error = error};
  };
  return Cases<O>()
      .add(of({2, 3}), O{1})
      .add(of({2, 3}), O{0})
      .add(of({2, 3, 4}), O{-2})
      .add(of({3, 1}), O{-1})
      .add(of({}), O{0})
      .add(of({0, 3}), O{1})
      .add(of({3, 0}), O{1})
      .add(of({2, 3}, std::string(O::name) + ": dim 2 is out of range"), O{2});
}

/// dx = y (g - sum(g y)) along dim, for y = softmax(x)
struct SoftmaxBackward {
  static constexpr std::string_view name = "softmax_backward";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& y, const Tensor& g) const {
    return kernels::softmax_backward(y, g, checked_dim(y, dim, "softmax_backward"));
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    const Tensor &y = in[0], &g = in[1];
    wrt(0, [&] { return h * (g - sum_along(g * y, dim)) - g * sum_along(h * y, dim); });
    wrt(1, [&] { return record(SoftmaxBackward{dim}, y, h); });
  }
  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<SoftmaxBackward> cases() { return along_cases<SoftmaxBackward>(2); }

  std::int64_t dim = 0;
};

/// y = e^x / sum(e^x) along dim
struct Softmax {
  static constexpr std::string_view name = "softmax";
  static constexpr Reads reads = Reads::output;

  Tensor forward(const Tensor& x) const { return kernels::softmax(x, checked_dim(x, dim, "softmax")); }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(SoftmaxBackward{dim}, y, g); });
  }
  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<Softmax> cases() {
    return along_cases<Softmax>(1).add({.make =
                                            [] {
                                              return std::vector{tensor({1, 2})};
                                            },
                                        .error = "softmax: expected float32 or float64, got int64"},
                                       Softmax{0});
  }

  std::int64_t dim = 0;
};

/// dx = g - e^y sum(g) along dim, for y = log_softmax(x)
struct LogSoftmaxBackward {
  static constexpr std::string_view name = "log_softmax_backward";
  static constexpr Reads reads = Reads::inputs;

  Tensor forward(const Tensor& y, const Tensor& g) const {
    return kernels::log_softmax_backward(y, g, checked_dim(y, dim, "log_softmax_backward"));
  }
  void vjp(const Inputs& in, const Tensor&, const Tensor& h, Wrt& wrt) const {
    const Tensor &y = in[0], &g = in[1];
    wrt(0, [&] { return -(h * exp(y) * sum_along(g, dim)); });
    wrt(1, [&] { return h - sum_along(h * exp(y), dim); });
  }
  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<LogSoftmaxBackward> cases() { return along_cases<LogSoftmaxBackward>(2); }

  std::int64_t dim = 0;
};

/// y = x - log(sum(e^x)) along dim
struct LogSoftmax {
  static constexpr std::string_view name = "log_softmax";
  static constexpr Reads reads = Reads::output;

  Tensor forward(const Tensor& x) const {
    return kernels::log_softmax(x, checked_dim(x, dim, "log_softmax"));
  }
  void vjp(const Inputs&, const Tensor& y, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(LogSoftmaxBackward{dim}, y, g); });
  }
  Attributes attributes() const { return {{"dim", dim}}; }
  static Cases<LogSoftmax> cases() {
    return along_cases<LogSoftmax>(1).add({.make =
                                               [] {
                                                 return std::vector{tensor({1, 2})};
                                               },
                                           .error = "log_softmax: expected float32 or float64, got int64"},
                                          LogSoftmax{0});
  }

  std::int64_t dim = 0;
};

}  // namespace

Tensor softmax(const Tensor& x, Dim dim) { return record(Softmax{dim}, x); }
Tensor log_softmax(const Tensor& x, Dim dim) { return record(LogSoftmax{dim}, x); }

Tensor dropout(const Tensor& x, double p, bool training, Generator* generator) {
  if (detail::is_traced()) [[unlikely]]
    return detail::report("dropout", {x}, {{"p", p}, {"training", training}},
                          [&] { return dropout(x, p, training, generator); });
  check(p >= 0 && p <= 1, "dropout: p is {}; expected a probability from 0 to 1", p);
  if (!training || p == 0) return x;
  check_floating(x.dtype(), "dropout");
  return x * kernels::dropout_mask(x.shape(), x.dtype(), p, generator ? *generator : default_generator());
}
Tensor dropout(const Tensor& x, const DropoutFuncOptions& options) {
  const Tensor y = dropout(x, options.p, options.training, options.generator);
  return options.inplace && options.training && options.p > 0 ? x.copy_(y) : y;
}

}  // namespace xtape
