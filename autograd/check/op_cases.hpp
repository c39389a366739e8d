// How an op's typed cases become those of the catalogue.
#pragma once

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/op.hpp"

namespace xtape::detail {

inline std::vector<Tensor> as_list(Tensor y) { return {std::move(y)}; }
template <std::size_t M>
std::vector<Tensor> as_list(const std::array<Tensor, M>& y) {
  return {y.begin(), y.end()};
}

template <class O, std::size_t N, std::size_t... I>
std::function<double(const std::vector<double>&)> reference_of([[maybe_unused]] const O& op,
                                                               std::index_sequence<I...>) {
  if constexpr (requires { op.reference((static_cast<void>(I), 0.0)...); }) {
    return [op](const std::vector<double>& x) -> double { return op.reference(x[I]...); };
  } else {
    return {};
  }
}

/// The cases of an op of N inputs (0: of a list). They call record(), which record.hpp declares. A library
/// that is built without tests leaves out its own: they would keep every op, and its kernels, in every
/// program.
template <class O, std::size_t N>
[[gnu::cold]] std::vector<op::OpCase> cases_of() {
  std::vector<op::OpCase> cases;
#ifndef XTAPE_WITHOUT_CASES
  const op::Cases<O> typed = O::cases();
  for (const auto& [data, op] : typed.list()) {
    op::OpCase& c = cases.emplace_back();
    c.data = data;
    c.attributes = attributes_of(op);
    c.call = [op = op](const std::vector<Tensor>& x) {
      if constexpr (N == 0) {
        return as_list(record(op, x));
      } else {
        check(x.size() == N, "{}: a case gives {} inputs; the op takes {}", O::name, x.size(), N);
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return as_list(record(op, x[I]...)); }
        (std::make_index_sequence<N>());
      }
    };
    if constexpr (N > 0) c.reference = reference_of<O, N>(op, std::make_index_sequence<N>());
  }
#endif
  return cases;
}

}  // namespace xtape::detail
