// Engine: the operations of a world that are under way.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "distributed/detail/all_reduce.hpp"
#include "distributed/detail/channel.hpp"
#include "distributed/world.hpp"

namespace xtape::distributed::detail {

using Pending = std::shared_ptr<AllReduce>;

class Engine {
 public:
  explicit Engine(const WorldOptions& options) : channel_(options) {}

  Channel& channel() { return channel_; }
  int rank() const { return channel_.rank(); }
  int size() const { return channel_.size(); }

  /// Of one dim, not initialised, in memory that other ranks of the machine reach, where there are some: a
  /// sum then needs no copies of it.
  Tensor allocate(std::int64_t size, DType dtype);
  /// Begins a sum of contiguous `data` with one dim, which holds the result when wait() returns.
  Pending start(std::string what, Tensor data, ReduceOp op = ReduceOp::sum, Divisor divisor = no_divisor);
  /// Does what can be done for all sums under way without waiting.
  void advance();
  void wait(const Pending& pending);

  /// A sum that is waited for, of data that stands anywhere.
  void all_reduce(const std::string& what, const Tensor& data, ReduceOp op);
  void barrier(const std::string& what);
  /// Of contiguous data.
  void broadcast(const std::string& what, const Tensor& data, int root);
  /// The text of rank `root`, on all ranks.
  std::string broadcast_text(const std::string& what, const std::string& text, int root);

 private:
  void await_all(const std::string& what, std::int64_t number);
  void await_request(const std::string& what, MPI_Request& request);

  Channel channel_;
  std::vector<Pending> pending_;  // in the order in which they began
};

}  // namespace xtape::distributed::detail

namespace xtape::distributed {
/// For the library's own use.
detail::Engine& engine_of(World& world);
}  // namespace xtape::distributed
