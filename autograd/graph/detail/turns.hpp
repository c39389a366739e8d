// Turns: the nodes that a gradient has arrived at, in the order in which a replay visits them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/graph/node.hpp"

namespace xtape::detail {

/// Newest node first: an output is always younger than its inputs. Nodes of one order take their turns as
/// they came, those that add parts last.
class Turns {
 public:
  bool empty() const { return heap_.empty(); }

  /// `place` is that of the node's visit.
  void add(const Node& node, std::size_t place) {
    const std::uint64_t last = node.adds_part ? std::uint64_t{1} << 63 : 0;
    heap_.push_back({node.order, last | given_++, place});
    if (heap_.size() > 1) std::push_heap(heap_.begin(), heap_.end());
  }

  /// The place of the newest.
  std::size_t take() {
    if (heap_.size() > 1) std::pop_heap(heap_.begin(), heap_.end());
    const std::size_t place = heap_.back().place;
    heap_.pop_back();
    return place;
  }

 private:
  struct Turn {
    std::uint64_t order;   // the node's
    std::uint64_t number;  // of the turn
    std::size_t place;

    friend bool operator<(const Turn& a, const Turn& b) {
      return a.order != b.order ? a.order < b.order : a.number > b.number;
    }
  };

  std::vector<Turn> heap_;
  std::uint64_t given_ = 0;
};

}  // namespace xtape::detail
