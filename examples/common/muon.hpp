// An optimiser for convolutional nets that are to learn in few epochs.
#pragma once

#include <vector>

#include <xtape/nn.hpp>

namespace examples {

struct MuonOptions {
  double lr = 0.4;
  double filter_scale = 0.2;  ///< the step of a filter, in units of lr
  double momentum = 0.85;
  double filter_momentum = 0.6;
  double bias_scale = 1;    ///< multiplies the gradients of parameters of one dim
  double weight_decay = 0;  ///< of what is not a filter
};

/// Filters, which are the parameters of four dims, take steps of one length in all directions: their
/// momentum, as a matrix with a row for each filter, made nearly orthogonal (Keller Jordan and others, "Muon:
/// an optimizer for hidden layers in neural networks", 2024). Their norm stays that of filters of length 1,
/// since batch norm follows. Everything else takes the steps of SGD with Nesterov's momentum; biases and the
/// weights of batch norm, which have one dim, may take longer ones.
class Muon : public xtape::optim::Optimizer {
 public:
  explicit Muon(const std::vector<xtape::Tensor>& params, const MuonOptions& options = {});

  const char* name() const override { return "muon"; }

 protected:
  State initial_state() const override;
  void update(std::size_t group, const xtape::Tensor& p, const xtape::Tensor& g, State& state) override;
};

}  // namespace examples
