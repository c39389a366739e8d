// A user's program, built against an installed xtape and against its source tree: a small network learns XOR,
// and is saved and loaded.
#include <fmt/format.h>

#include <xtape/xtape.hpp>

#include "nn/layers/linear.hpp"  // the user's own file: xtape's headers of that name must not get in the way

int main() {
  using namespace xtape;
  manual_seed(0);
  const Tensor x = tensor({{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}});
  const Tensor labels = tensor({0, 1, 1, 0});

  nn::Sequential model{nn::Linear(2, users::hidden_units), nn::Tanh(), nn::Linear(users::hidden_units, 2)};
  optim::SGD optimizer(model.parameters(), {.lr = 0.5, .momentum = 0.9});

  double first = 0, last = 0;
  for (int step = 0; step < 100; ++step) {
    optimizer.zero_grad();
    Tensor loss = nn::cross_entropy(model(x), labels);
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
    if (step == 0) first = last;
  }

  save(model.state_dict(), "xor.safetensors");
  save_npz("xor.npz", load("xor.safetensors"), {.compressed = true});
  nn::Sequential other{nn::Linear(2, users::hidden_units), nn::Tanh(), nn::Linear(users::hidden_units, 2)};
  other.load_state_dict(load_npz("xor.npz"));

  fmt::print("loss {:.4f} -> {:.4f}\n", first, last);
  return last < 0.5 * first && other(x).equal(model(x)) ? 0 : 1;
}
