// A reduction along a dim beside what it should give, line by line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/folds.hpp"

namespace bench {

template <class T>
using Line = std::span<const Wide<T>>;

/// op reduces along a dim; `exact` appends what it gives for the r-th line.
template <class T>
struct Reduction {
  std::string name;
  std::function<xtape::Tensor(const xtape::Tensor& x, std::int64_t dim)> op;
  std::function<void(Line<T> x, std::size_t r, Exact<T>& exact)> exact;
  bool columns = true;                                       ///< whether it works along columns, too
  xtape::Tensor (*prepare)(const xtape::Tensor&) = nullptr;  ///< of the data
};

/// softmax, log_softmax, logsumexp, cross_entropy, and their gradients.
template <class T>
std::vector<Reduction<T>> softmax_family();
extern template std::vector<Reduction<float>> softmax_family<float>();
extern template std::vector<Reduction<double>> softmax_family<double>();

}  // namespace bench
