// Random numbers. A seed makes each run of a node the same; without one the default generator draws.
#include <bit>
#include <optional>

#include "autograd/base/random.hpp"
#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// The generator of a node with a seed, a float in ONNX.
class Seeded {
 public:
  explicit Seeded(const Call& call) {
    if (call.attributes().has("seed")) own_.emplace(std::bit_cast<std::uint64_t>(call.number("seed")));
  }
  Generator* get() { return own_ ? &*own_ : nullptr; }

 private:
  std::optional<Generator> own_;
};

DType dtype_for(const Call& call, DType otherwise) {
  return call.attributes().has("dtype") ? call.dtype(call.integer("dtype")) : otherwise;
}

Tensor normal_of(const Call& call, const Shape& shape, DType dtype) {
  Seeded seeded(call);
  return randn(shape, {.dtype = dtype, .generator = seeded.get()}) * call.number("scale", 1) +
         call.number("mean", 0);
}

Tensor uniform_of(const Call& call, const Shape& shape, DType dtype) {
  Seeded seeded(call);
  const double low = call.number("low", 0), high = call.number("high", 1);
  return rand(shape, {.dtype = dtype, .generator = seeded.get()}) * (high - low) + low;
}

using Draw = Tensor (*)(const Call&, const Shape&, DType);
Compute of_shape(Draw draw) {
  return [draw](const Call& call) {
    return draw(call, call.attributes().integers("shape"), dtype_for(call, call.float_dtype()));
  };
}
Compute of_like(Draw draw) {
  return [draw](const Call& call) { return draw(call, call[0].shape(), dtype_for(call, call[0].dtype())); };
}

Results bernoulli_of(const Call& call) {
  Seeded seeded(call);
  return bernoulli(call[0], {.generator = seeded.get()}).to(dtype_for(call, call[0].dtype()));
}

/// Drawn by the softmax of the rows, whose elements are logarithms of weights.
Results multinomial_of(const Call& call) {
  Seeded seeded(call);
  const MultinomialOptions options{.replacement = true, .generator = seeded.get()};
  return multinomial(softmax(call[0].detach(), -1), call.integer("sample_size", 1), options)
      .to(dtype_for(call, kInt32));
}

}  // namespace

Operators random_operators() {
  return {{"Bernoulli", 15, bernoulli_of},
          {"Multinomial", 7, multinomial_of},
          {"RandomNormal", 1, of_shape(normal_of)},
          {"RandomNormalLike", 1, of_like(normal_of)},
          {"RandomUniform", 1, of_shape(uniform_of)},
          {"RandomUniformLike", 1, of_like(uniform_of)}};
}

}  // namespace xtape::onnx::detail
