// What the products and convolutions of a model's call cost, by the modules that computed them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "autograd/graph/graph.hpp"

namespace xtape::nn::detail {

/// Counts by the names of a graph's scopes. An op of one multiplication per number, or of none, counts 0.
class MultiplyAdds {
 public:
  explicit MultiplyAdds(const Graph& graph);

  /// Of all calls of the module `path`, and of those below it.
  std::int64_t of(const std::string& path) const;
  std::int64_t total() const { return total_; }

 private:
  std::map<std::string, std::int64_t> of_;
  std::int64_t total_ = 0;
};

}  // namespace xtape::nn::detail
