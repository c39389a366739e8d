// World: the processes that mpirun started, and what they do together.
#pragma once

#include <memory>

#include "autograd/tensor/tensor.hpp"

namespace xtape::distributed {

namespace detail {
class Engine;
}

enum class ReduceOp { sum, avg, product, min, max };

struct WorldOptions {
  /// Seconds that a rank waits for others before it gives up; 0: for ever. A rank that is busy, as with an
  /// evaluation, lets the others wait.
  double timeout = 1800;
  /// Sums between ranks of one machine that both allow it go through memory that both reach. Otherwise, and
  /// where the system does not let them, by messages: the same bits, more slowly.
  bool shares_memory = true;
};

/// `distributed::World world;` joins the processes that mpirun started; each has a number, its rank, from 0
/// on. A program that is started alone is a world of one: MPI is not touched, and all calls return at once.
///
/// Every rank calls the same operations in the same order, from one thread at a time, with tensors of the
/// same shape and dtype. Where ranks do different things, where one leaves its World, by an exception or
/// because it had less to do, and where one is silent for too long, the others get an Error that names it. A
/// process that dies takes the others with it: mpirun ends them, and names the rank.
///
/// Ranks of one machine share its processors: unless it was told otherwise, each uses its share of threads.
///
/// Gradients are averaged by a Reducer; a program that trains needs little else.
class World {
 public:
  /// Throws where MPI cannot be started.
  explicit World(const WorldOptions& options = {});
  /// Waits for the others to leave as well; where one has failed, the process ends here.
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  int rank() const;
  int size() const;

  /// Returns when all ranks have called it.
  void barrier();
  /// Writes what x is on rank `root` into x on all ranks. Gives x.
  Tensor broadcast(const Tensor& x, int root = 0);
  /// Writes the sum (the mean, ...) of all ranks' x into x, on all of them the same bits. Gives x. It is put
  /// together as a binary tree over the ranks, ((x0 + x1) + (x2 + x3)) + (x4 + x5), as
  /// nn::GradientAccumulator adds batches; the mean is the sum over their number. Integers wrap around; they
  /// have no mean, and bool has only min (all) and max (any).
  Tensor all_reduce(const Tensor& x, ReduceOp op = ReduceOp::sum);

 private:
  friend detail::Engine& engine_of(World& world);

  std::unique_ptr<detail::Engine> engine_;
  int exceptions_;  // on their way when it was made
};

}  // namespace xtape::distributed
