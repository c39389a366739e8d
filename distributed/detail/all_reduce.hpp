// AllReduce: one sum over all ranks, under way while a rank does other things.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "distributed/detail/channel.hpp"
#include "distributed/world.hpp"

namespace xtape::distributed::detail {

/// What the result is divided by, once that is known; 1 for a sum.
using Divisor = std::function<std::optional<double>()>;
inline std::optional<double> no_divisor() { return 1; }

/// Each rank owns a chunk of the data: it gets that chunk of all others, puts them together as a tree, and
/// gives the result to all. So every rank sends and receives about twice the data, whatever their number, and
/// the bits do not depend on who was faster. Where the data of a rank stands in memory that the owner
/// reaches, the owner reads it there and writes the result into its place: all that is sent is the word that
/// it is done.
class AllReduce {
 public:
  /// `data` is contiguous, has one dim, and holds the result in the end; nobody may touch it before. `what`
  /// says the same on all ranks.
  AllReduce(Channel& channel, std::string what, Tensor data, ReduceOp op, Divisor divisor);
  AllReduce(const AllReduce&) = delete;
  AllReduce& operator=(const AllReduce&) = delete;

  /// Does what can be done without waiting. Gives whether all is done.
  bool advance();
  bool is_done() const { return is_done_; }
  const std::string& what() const { return what_; }

 private:
  struct Peer {
    bool has_begun = false;
    Tensor part = {};          // its values of this rank's chunk
    bool shares_part = false;  // it stands in that rank's memory, where the result is written
    MPI_Request receive_part = MPI_REQUEST_NULL, receive_result = MPI_REQUEST_NULL;
    MPI_Request send_part = MPI_REQUEST_NULL, send_result = MPI_REQUEST_NULL;
    bool awaits_result = false;  // it owns a chunk whose result was not asked for yet
  };
  struct Chunk {
    std::int64_t begin, size;
  };

  std::int64_t announce();
  Chunk chunk_of(int rank) const;
  Tensor view_of(const Chunk& chunk) const { return data_.narrow(0, chunk.begin, chunk.size); }
  /// Whether the owner of a chunk reads and writes this rank's data itself.
  bool is_reached_by(int rank) const { return is_shared_ && channel_.memory().reaches(rank); }
  int tag(int phase) const { return static_cast<int>(1 + 2 * (number_ % 8192) + phase); }
  void send(const Tensor& x, int to, int phase, MPI_Request& request);
  void receive(const Tensor& x, int from, int phase, MPI_Request& request);
  bool advance(int rank, Peer& peer);
  void put_together(double divisor);
  void put_together(std::int64_t begin, std::int64_t size, double divisor);

  Channel& channel_;
  std::string what_;
  Tensor data_;
  ReduceOp op_;
  Divisor divisor_;
  bool is_shared_;
  std::int64_t number_;
  std::vector<Peer> peers_;
  int parts_left_ = 0;  // of this rank's chunk
  bool is_put_together_ = false;
  bool is_done_ = false;
};

}  // namespace xtape::distributed::detail
