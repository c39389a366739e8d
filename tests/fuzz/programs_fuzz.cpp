// Random programs of ops over tensors of any dtype, shape and strides, with any numbers as arguments.
#include "autograd/graph/grad_mode.hpp"
#include "programs_steps.hpp"
#include "small_memory.hpp"
#include "target.hpp"

using namespace xtape;

namespace {

/// How a step runs: mostly recorded.
void run_one(const fuzz::Steps& steps, fuzz::Program& program) {
  std::optional<NoGradGuard> no_grad;
  std::optional<DetectAnomalyGuard> anomaly;
  const std::size_t mode = program.choose.below(16);
  if (mode == 1) no_grad.emplace();
  if (mode == 2) anomaly.emplace();
  try {
    steps.run_one(program);
  } catch (const Error&) {}  // and the program goes on with what is left
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Steps steps;
  fuzz::Choices choose(fuzz::bytes_of(data, size));
  manual_seed(0);
  fuzz::run([&] {
    fuzz::Program program(choose);
    while (!program.is_done()) run_one(steps, program);
  });
  return 0;
}
