// Programs that go wrong, each in another way; faults.py starts them and looks at how they end.
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "autograd/ops/create.hpp"
#include "distributed/reducer.hpp"
#include "nn/layers/linear.hpp"
#include "nn/losses/regression.hpp"

using namespace xtape;

namespace {

void train(distributed::World& world, int steps, int odd_steps) {
  nn::Linear model(3, 2);
  const distributed::Reducer reducer(world, model);
  const bool is_odd = world.rank() == world.size() - 1;
  for (int i = 0; i < (is_odd ? odd_steps : steps); ++i) {
    model.zero_grad();
    nn::mse_loss(model(ones({4, 3})), zeros({4, 2})).backward();
  }
}

void go_wrong(distributed::World& world, const std::string& fault) {
  const bool is_odd = world.rank() == world.size() - 1;
  if (fault == "shape") world.all_reduce(zeros({is_odd ? 3 : 2}));
  if (fault == "operation") is_odd ? world.barrier() : static_cast<void>(world.all_reduce(zeros({2})));
  if (fault == "batches") return train(world, 5, 4);
  if (fault == "exception" && is_odd) throw Error("the disk is full");
  if (fault == "exit" && is_odd) std::exit(0);
  if (fault == "kill" && is_odd) std::raise(SIGKILL);
  if (fault == "segfault" && is_odd) std::raise(SIGSEGV);
  if (fault == "silence" && is_odd) std::this_thread::sleep_for(std::chrono::seconds(30));
  train(world, 3, 3);
}

}  // namespace

/// faults FAULT [inside]: with `inside` the Error is caught while the World lives.
int main(int argc, char** argv) {
  const std::string fault = argc > 1 ? argv[1] : "";
  const distributed::WorldOptions options{.timeout = fault == "silence" ? 1.0 : 60.0};
  const auto report = [](const Error& error) {
    fmt::print(stderr, "faults: {}\n", error.what());
    return 1;
  };
  try {
    distributed::World world(options);
    if (argc <= 2) {
      go_wrong(world, fault);
      return 0;
    }
    try {
      go_wrong(world, fault);
    } catch (const Error& error) {
      return report(error);
    }
  } catch (const Error& error) {
    return report(error);
  }
}
