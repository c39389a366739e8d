// The checks of the public operations, and how a World ends.
#include "distributed/world.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "autograd/base/parallel.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "distributed/detail/engine.hpp"

namespace xtape::distributed {

using detail::Engine;

namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;  // of a message: MPI counts in int

std::string_view name_of(ReduceOp op) {
  switch (op) {
    case ReduceOp::sum: return "sum";
    case ReduceOp::avg: return "avg";
    case ReduceOp::product: return "product";
    case ReduceOp::min: return "min";
    case ReduceOp::max: return "max";
  }
  return "?";
}

void check_reducible(DType dtype, ReduceOp op) {
  const bool is_extreme = op == ReduceOp::min || op == ReduceOp::max;
  check(is_extreme || dtype != kBool, "all_reduce: bool has no {}; expected min or max, or another dtype",
        name_of(op));
  check(op != ReduceOp::avg || is_floating(dtype),
        "all_reduce: {} has no avg; expected float32 or float64, or sum", dtype);
}

/// Calls f with x's elements as tensors of one dim, small enough for a message. Writes them back to x where
/// it is not contiguous.
template <class F>
void in_messages(const Tensor& x, const F& f) {
  const NoGradGuard no_grad;
  const Tensor flat = x.detach().contiguous().flatten();
  const std::int64_t most = kMostBytes / x.element_size();
  std::int64_t begin = 0;
  do {  // one message where there are no elements: the ranks compare what they do
    const std::int64_t size = std::min(most, flat.numel() - begin);
    f(flat.narrow(0, begin, size));
    begin += size;
  } while (begin < flat.numel());
  x.copy_(flat.reshape(x.shape()));  // at least a note that x has changed
}

/// Each rank of a machine takes its part of the processors, unless the starter gave it fewer than there are
/// or the program chose a number.
void share_processors(int ranks) {
  const int threads = num_threads(), allowed = static_cast<int>(std::thread::hardware_concurrency());
  const int processors = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  if (threads == allowed && threads * ranks > processors) set_num_threads(std::max(1, processors / ranks));
}

/// What is written when mpirun ends this rank, as it does on Ctrl-C and when another rank has died.
char told_to_end[80] = "";
std::size_t told_to_end_size = 0;

extern "C" void note_end(int signal) {
  const ssize_t written = write(STDERR_FILENO, told_to_end, told_to_end_size);
  static_cast<void>(written);
  std::raise(signal);  // the action is the default one again
}

void note_ends(int rank, int size) {
  struct sigaction action = {};
  if (sigaction(SIGTERM, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) return;  // the program's own
  const std::string text = fmt::format("rank {} of {} ends: mpirun has told it to\n", rank, size);
  told_to_end_size = text.copy(told_to_end, sizeof told_to_end);
  action.sa_handler = note_end;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Engine& engine_of(World& world) { return *world.engine_; }

World::World(const WorldOptions& options)
    : engine_(std::make_unique<Engine>(options)), exceptions_(std::uncaught_exceptions()) {
  share_processors(engine_->channel().ranks_of_machine());
  if (size() > 1) note_ends(rank(), size());
}

World::~World() {
  detail::Channel& channel = engine_->channel();
  if (channel.size() == 1) return;
  const bool is_unwound = std::uncaught_exceptions() > exceptions_;
  bool has_to_end = false;
  try {
    if (is_unwound)
      channel.leave(fmt::format("rank {} of {} has left its World by an exception", rank(), size()));
    if (!channel.has_failed()) channel.part();
  } catch (const std::exception&) {  // another rank has failed, and this one's program does not know
    has_to_end = true;
  }
  if (!channel.has_failed()) return;
  fmt::print(stderr, "rank {} of {} ends: {}\n", rank(), size(), channel.failure());
  channel.abandon();
  static_cast<void>(engine_.release());  // messages on their way use its memory
  if (has_to_end) {
    std::fflush(nullptr);
    std::_Exit(1);
  }
}

int World::rank() const { return engine_->rank(); }
int World::size() const { return engine_->size(); }

void World::barrier() { engine_->barrier("barrier"); }

Tensor World::broadcast(const Tensor& x, int root) {
  check(x.defined(), "broadcast: the tensor is undefined");
  check(root >= 0 && root < size(), "broadcast: there is no rank {} among {}", root, size());
  if (size() == 1) return x;
  const std::string what = fmt::format("broadcast of {} {} from rank {}", x.dtype(), x.shape(), root);
  in_messages(x, [&](const Tensor& part) { engine_->broadcast(what, part, root); });
  return x;
}

Tensor World::all_reduce(const Tensor& x, ReduceOp op) {
  check(x.defined(), "all_reduce: the tensor is undefined");
  check_reducible(x.dtype(), op);
  if (size() == 1) return x;
  const std::string what = fmt::format("all_reduce of {} {} by {}", x.dtype(), x.shape(), name_of(op));
  in_messages(x, [&](const Tensor& part) { engine_->all_reduce(what, part, op); });
  return x;
}

}  // namespace xtape::distributed
