// How long messages between ranks take, by their size.
#pragma once

#include <vector>

#include <xtape/distributed.hpp>

#include "benchmarks/distributed/model.hpp"

namespace bench {

struct MessageTimes {
  std::vector<Point> all_reduce;  ///< of all ranks
  std::vector<Point> message;     ///< half of the way from rank 0 to the others and from rank 1 back
  double copy = 0;  ///< seconds per byte for a gradient's way into a bucket and, divided, out of it
};

/// From 1 kB to `largest` bytes, about `seconds` for each size.
MessageTimes time_messages(xtape::distributed::World& world, double largest, double seconds);

}  // namespace bench
