// The ops that are timed: how each is called, and how much it computes and moves at least.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xtape/autograd.hpp>

namespace bench {

/// An op on matrices {rows, columns}; numbers are per element of the first input.
struct ElementOp {
  std::string name;
  int inputs;  ///< matrices of that shape; those that need no gradient are the function's own business
  std::function<xtape::Tensor(const std::vector<xtape::Tensor>&)> function;
  double forward_floats, backward_floats;  ///< read and written, each once
  double forward_flops, backward_flops;    ///< exp, log and the like count as one
};
const std::vector<ElementOp>& element_ops();

/// A product on {m, k} and {k, n}; `linear` takes its weight as {n, k}.
struct Product {
  std::string name;
  bool linear;
  std::int64_t m, n, k;
};
const std::vector<Product>& products();

}  // namespace bench
