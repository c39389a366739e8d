// The order in which what several ranks have is put together: a binary tree over their numbers, whose shape
// depends on their count alone. nn::GradientAccumulator adds batches by the same one.
#pragma once

#include <utility>
#include <vector>

namespace xtape::distributed::detail {

/// ((x0 + x1) + (x2 + x3)) + (x4 + x5), with combine(left, right) for +. `values` is not empty.
template <class T, class Combine>
T combine_by_tree(std::vector<T> values, const Combine& combine) {
  struct Part {
    std::size_t count;  // a power of two, but for the last merges
    T value;
  };
  std::vector<Part> parts;
  const auto merge_last = [&] {
    Part right = std::move(parts.back());
    parts.pop_back();
    parts.back().value = combine(std::move(parts.back().value), std::move(right.value));
    parts.back().count += right.count;
  };
  for (T& value : values) {
    parts.push_back({1, std::move(value)});
    while (parts.size() > 1 && parts.end()[-2].count == parts.back().count) merge_last();
  }
  while (parts.size() > 1) merge_last();
  return std::move(parts[0].value);
}

}  // namespace xtape::distributed::detail
