// SharedMemory: memory of this rank in which the other ranks of its machine read and write.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/tensor/tensor.hpp"
#include "distributed/detail/mpi.hpp"

namespace xtape::distributed::detail {

/// Each rank has a region as large as its part of the machine's memory, of which pages exist once they are
/// written. It has no name in a file system, so nothing is left behind however a rank ends. Where a system
/// does not allow it, ranks reach nobody, and send messages.
class SharedMemory {
 public:
  /// Every rank of the communicator makes one at the same time. One that does not share reaches nobody.
  SharedMemory(const Communicator& communicator, bool shares);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  /// Whether this rank and `peer` reach each other's memory.
  bool reaches(int peer) const { return reached_[static_cast<std::size_t>(peer)] != nullptr; }
  /// Not initialised, of one dim; undefined where no other rank is reached, or the region is full. It may
  /// outlive the world.
  Tensor allocate(std::int64_t size, DType dtype);
  /// Where x begins, in bytes, or kElsewhere.
  std::int64_t place_of(const Tensor& x) const;
  /// What stands at `place` in the memory of `peer`.
  Tensor at(int peer, std::int64_t place, std::int64_t size, DType dtype) const;

  static constexpr std::int64_t kElsewhere = -1;

 private:
  class Mapping;
  class Region;

  std::shared_ptr<Region> own_;
  std::vector<std::unique_ptr<Mapping>> reached_;  // by rank
};

}  // namespace xtape::distributed::detail
