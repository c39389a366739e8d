// What ops give that have several results of different kinds. Each unpacks as a tuple: auto [least, greatest]
// = aminmax(x), std::get<0>(aminmax(x)). ValuesIndices stands beside Tensor.
#pragma once

#include "autograd/tensor/tensor.hpp"

namespace xtape {

struct MinMax {
  Tensor min;
  Tensor max;

  auto tied() { return std::tie(min, max); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

struct VarMean {
  Tensor var;
  Tensor mean;

  auto tied() { return std::tie(var, mean); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

struct StdMean {
  Tensor std;
  Tensor mean;

  auto tied() { return std::tie(std, mean); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

/// Of unique; the last two are undefined unless asked for.
struct UniqueResult {
  Tensor output;
  Tensor inverse_indices;  ///< output[inverse_indices] is x
  Tensor counts;

  auto tied() { return std::tie(output, inverse_indices, counts); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

/// A determinant as sign e^logabsdet.
struct SignLogabsdet {
  Tensor sign;
  Tensor logabsdet;

  auto tied() { return std::tie(sign, logabsdet); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

namespace linalg {

struct QR {
  Tensor Q;
  Tensor R;

  auto tied() { return std::tie(Q, R); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

struct SVD {
  Tensor U;
  Tensor S;
  Tensor Vh;

  auto tied() { return std::tie(U, S, Vh); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

struct Eigh {
  Tensor eigenvalues;
  Tensor eigenvectors;

  auto tied() { return std::tie(eigenvalues, eigenvectors); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

struct Lstsq {
  Tensor solution;
  Tensor residuals;
  Tensor rank;
  Tensor singular_values;

  auto tied() { return std::tie(solution, residuals, rank, singular_values); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

}  // namespace linalg

}  // namespace xtape
