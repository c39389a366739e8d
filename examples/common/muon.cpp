// Momentum that is made orthogonal, and SGD for the rest.
#include "muon.hpp"

#include <cmath>

namespace examples {

using namespace xtape;

namespace {

/// Nearly U V^T of x = U S V^T, its singular value decomposition: x is scaled to a norm of 1, then three
/// polynomials, Keller Jordan's, bring its singular values near to 1.
Tensor orthogonalized(Tensor x) {
  const bool is_tall = x.size(0) > x.size(1);
  if (is_tall) x = x.t();
  x = x / (x.norm() + 1e-7);
  for (int i = 0; i < 3; ++i) {
    const Tensor square = matmul(x, x.t());
    x = 3.4445 * x + matmul(2.0315 * matmul(square, square) - 4.7750 * square, x);
  }
  return is_tall ? x.t() : x;
}

}  // namespace

Muon::Muon(const std::vector<Tensor>& params, const MuonOptions& options)
    : Optimizer(params, {{"lr", options.lr},
                         {"filter_scale", options.filter_scale},
                         {"momentum", options.momentum},
                         {"filter_momentum", options.filter_momentum},
                         {"bias_scale", options.bias_scale},
                         {"weight_decay", options.weight_decay}}) {}

Muon::State Muon::initial_state() const { return {{"momentum_buffer", Tensor()}}; }

void Muon::update(std::size_t group, const Tensor& p, const Tensor& g, State& state) {
  const double lr = option(group, "lr");
  Tensor& buffer = state.zeros("momentum_buffer", p);
  const auto with_momentum = [&](const Tensor& gradient, double momentum) {
    buffer = momentum * buffer + gradient;
    return gradient + momentum * buffer;
  };
  if (p.dim() != 4) {
    const double scale = p.dim() == 1 ? option(group, "bias_scale") : 1;
    p -= lr * with_momentum(scale * g + option(group, "weight_decay") * p, option(group, "momentum"));
    return;
  }
  const Tensor step = orthogonalized(with_momentum(g, option(group, "filter_momentum")).flatten(1));
  p *= std::sqrt(static_cast<double>(p.size(0))) / p.norm().item();
  p -= lr * option(group, "filter_scale") * step.reshape(p.sizes());
}

}  // namespace examples
