// What the recurrent ops share: gradients that are recorded, made of small ops step by step, and cases.
#pragma once

#include <string_view>
#include <vector>

#include "autograd/base/detail/steps.hpp"
#include "autograd/check/op_catalog.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// Throws unless the weight is {gates x H, H}, the states {N, H} and a {rows, gates x H}.
void check_sequence(const Steps& steps, std::string_view op, std::int64_t gates, const Tensor& weight,
                    const std::vector<Tensor>& states, const Tensor& a);

/// The rows of step t.
Tensor rows_at(const Steps& steps, const Tensor& x, std::int64_t t);
/// x and the rows of step t of y, which may be undefined.
Tensor with_rows_at(const Steps& steps, const Tensor& x, const Tensor& y, std::int64_t t);

/// The states before step t.
Tensor states_before(const Steps& steps, const Tensor& initial, const Tensor& all, std::int64_t t);
/// The same of all steps, beside their rows.
Tensor states_before(const Steps& steps, const Tensor& initial, const Tensor& all);

/// Gradients of all steps as one tensor; without steps, one of no rows of x.
Tensor joined(const std::vector<Tensor>& of_steps, const Tensor& x);

/// x contiguous, or undefined as it is.
inline Tensor in_one_piece(const Tensor& x) { return x.defined() ? x.contiguous() : x; }

/// Gradients of states {N, H} on their way back: each step reads and replaces those of its rows.
class Carried {
 public:
  explicit Carried(const Tensor& initial) : rows_(zeros_like(initial)) {}

  Tensor first(std::int64_t n) const { return narrow(rows_, 0, 0, n); }
  void replace(const Tensor& x);
  const Tensor& rows() const { return rows_; }

 private:
  Tensor rows_;
};

op::Attributes attributes_of(const Steps& steps);

/// Calls add(steps, H) for what a recurrent op is checked with: sequences of one length and of several, in
/// both directions, one row, no rows.
template <class Add>
void for_checked_steps(const Add& add) {
  for (const bool reverse : {false, true}) {
    add(Steps({2, 2, 2}, reverse), 3);
    add(Steps({3, 2, 2, 1}, reverse), 2);
    add(Steps({1}, reverse), 1);
  }
  add(Steps({1, 1, 1, 1}), 5);
  add(Steps({0, 0}), 2);
  add(Steps({}), 2);
}

}  // namespace xtape::detail
