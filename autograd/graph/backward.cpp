// backward() and grad(): what users call to replay the tape.
#include "autograd/graph/backward.hpp"

#include "autograd/graph/detail/tape.hpp"

namespace xtape {

using namespace detail;

namespace {

/// The gradient to start output i with: the given one, or 1 for a scalar.
Tensor start_gradient(const Tensor& output, const Tensor& given, const char* caller) {
  check(output.requires_grad(),
        "{}: the output of shape {} needs no gradient; no tensor that it was computed from "
        "requires grad (or it was computed under NoGradGuard)",
        caller, output.shape());
  if (!given.defined()) {
    check(output.numel() == 1,
          "{}: the output has shape {}; pass a gradient of that shape, or reduce it to a scalar", caller,
          output.shape());
    return ones_like(output.detach());
  }
  check(given.shape() == output.shape(), "{}: the gradient has shape {}; the output has {}", caller,
        given.shape(), output.shape());
  return given.to(output.dtype());
}

void add_outputs(Tape& tape, const std::vector<Tensor>& outputs, const std::vector<Tensor>& gradients,
                 const char* caller) {
  check(gradients.empty() || gradients.size() == outputs.size(), "{}: {} gradients for {} outputs", caller,
        gradients.size(), outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    tape.add_output(outputs[i],
                    start_gradient(outputs[i], gradients.empty() ? Tensor() : gradients[i], caller));
  }
}

}  // namespace

void backward(const std::vector<Tensor>& outputs, const std::vector<Tensor>& gradients,
              const BackwardOptions& options) {
  Tape tape(Tape::Goal::accumulate, options.retain_graph.value_or(options.create_graph),
            options.create_graph);
  add_outputs(tape, outputs, gradients, "backward");
  tape.run();
}

std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const GradOptions& options) {
  Tape tape(Tape::Goal::capture, options.retain_graph.value_or(options.create_graph), options.create_graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check(inputs[i].requires_grad(), "grad: input {} of shape {} does not require grad", i,
          inputs[i].shape());
    tape.want(inputs[i]);
  }
  add_outputs(tape, outputs, options.grad_outputs, "grad");
  tape.run();
  std::vector<Tensor> gradients;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor gradient = tape.captured(i);
    check(gradient.defined() || options.allow_unused,
          "grad: no output depends on input {} of shape {}; pass "
          "{{.allow_unused = true}} to get an undefined tensor for it",
          i, inputs[i].shape());
    gradients.push_back(std::move(gradient));
  }
  return gradients;
}

void Tensor::backward() const { xtape::backward({*this}); }
void Tensor::backward(const Tensor& gradient) const { xtape::backward({*this}, {gradient}); }
void Tensor::backward(const BackwardOptions& options) const { xtape::backward({*this}, {}, options); }
void Tensor::backward(const Tensor& gradient, const BackwardOptions& options) const {
  xtape::backward({*this}, {gradient}, options);
}

}  // namespace xtape
