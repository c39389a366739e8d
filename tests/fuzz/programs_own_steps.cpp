// What a random program does with tensors that is not a plain call.
#include <thread>

#include "autograd/graph/grad_mode.hpp"
#include "programs_steps.hpp"

namespace xtape::fuzz {

namespace {

using T = const Tensor&;

void create(Program& p) {
  static constexpr Tensor (*kFunctions[])(const Shape&, const TensorOptions&) = {zeros, ones, rand, randn};
  const auto f = p.choose.of(kFunctions);
  const Shape shape = p.get<Shape>();
  const TensorOptions options = p.get<TensorOptions>();
  p.keep(f(shape, options));
}

void create_from_numbers(Program& p) {
  const Scalar number = p.get<Scalar>();
  const TensorOptions options = {.dtype = p.get<DType>()};
  p.keep(full(p.get<Shape>(), number, options));
}

void require_gradient(Program& p) {
  Tensor& x = p.any();
  x.requires_grad_(p.choose.flag());
  p.note_gradient(x);
}

void retain_gradient(Program& p) {
  Tensor& x = p.any();
  x.retain_grad();
  p.note_gradient(x);
}

void set_gradient(Program& p) {
  Tensor& x = p.any();
  p.note_gradient(x);
  x.set_grad(p.any().detach());  // with history it may be a cycle that only its author could undo
}

void hook(Program& p) {
  static const Hook kHooks[] = {
      [](T g) { return 2 * g; },
      [](T) { return Tensor(); },
      [](T g) { return g.detach(); },
      [](T g) { return g.mul_(2); },
      [](T g) { return sum(g); },
      [](T g) { return g.to(kFloat64); },
      [](T) -> Tensor { throw Error("hook"); },
      Hook(),
  };
  Tensor& x = p.any();
  x.register_hook(kHooks[p.choose.below(std::size(kHooks))]);
}

BackwardOptions backward_options(Program& p) {
  BackwardOptions options;
  if (p.choose.flag()) options.retain_graph = p.choose.flag();
  options.create_graph = p.choose.below(4) == 0;
  return options;
}

void run_backward(Program& p) {
  const Tensor y = p.choose.flag() ? sum(p.any()) : p.any();
  const Tensor gradient = p.choose.flag() ? p.any() : Tensor();
  y.backward(gradient, backward_options(p));
}

void run_backward_of_several(Program& p) {
  const std::vector<Tensor> outputs = p.some(), gradients = p.some();
  backward(outputs, gradients, backward_options(p));
}

void run_grad(Program& p) {
  GradOptions options;
  const std::vector<Tensor> outputs = p.some(), inputs = p.some();
  if (p.choose.flag()) options.grad_outputs = p.some();
  if (p.choose.flag()) options.retain_graph = p.choose.flag();
  options.create_graph = p.choose.flag();
  options.allow_unused = p.choose.flag();
  for (const Tensor& g : grad(outputs, inputs, options)) p.keep(g);
}

void read(Program& p) {
  T x = p.any();
  switch (p.choose.below(7)) {
    case 0: to_string(x); break;
    case 1: x.item<double>(); break;
    case 2: x.item<std::int64_t>(); break;
    case 3: x.to_vector<std::uint8_t>(); break;
    case 4: x.grad_fn(); break;
    case 5: x.data<float>(); break;
    default: x.data<std::int64_t>();
  }
}

/// Two threads read one tensor, and replay graphs that share leaves.
void run_threads(Program& p) {
  static constexpr Tensor (*kFunctions[])(T) = {exp, relu, neg, square, t, logsumexp};
  const auto f = p.choose.of(kFunctions), g = p.choose.of(kFunctions);
  const Tensor x = p.any();
  const auto work = [&x](auto function) {
    try {
      sum(function(x)).backward({.retain_graph = true});
    } catch (const Error&) {}
  };
  std::thread other([&] { work(f); });
  work(g);
  other.join();
}

}  // namespace

std::vector<Step> own_steps() {
  return {
      create,
      create,
      create_from_numbers,
      require_gradient,
      retain_gradient,
      set_gradient,
      hook,
      run_backward,
      run_backward,
      run_backward_of_several,
      run_grad,
      read,
      run_threads,
      [](Program& p) { p.any() = Tensor(); },
      [](Program& p) { p.any() = p.any(); },
      [](Program& p) { p.any().zero_grad(); },
      [](Program& p) { p.keep(p.any().grad()); },
  };
}

}  // namespace xtape::fuzz
