// LAPACK through xtensor-blas' interface. The matrices of a batch are shared by the pool; each is one call.
#include "autograd/kernels/lapack.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>
// clang-format off: the second uses a macro of the first
#include <xtensor-blas/xblas.hpp>
#include <xtensor-blas/xlapack.hpp>
// clang-format on

#include "autograd/kernels/blas_threads.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/elements.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// LAPACK counts in 32-bit integers here.
using Index = int;

Index index_of(std::int64_t size) {
  check(size <= INT32_MAX, "linalg: a size of {} is beyond what LAPACK counts", size);
  return static_cast<Index>(size);
}

/// The sizes of a batch of matrices.
struct Batch {
  explicit Batch(const Tensor& x)
      : m(index_of(x.size(-2))),
        n(index_of(x.size(-1))),
        count(Shape(x.shape().begin(), x.shape().end() - 2).numel()) {}

  std::int64_t size() const { return std::int64_t{m} * n; }

  Index m, n;
  std::int64_t count;
};

/// Where matrix number `i` stands in the batch: "" for a single one, else " at {1, 0} of the batch".
std::string place(const Tensor& x, std::int64_t i) {
  if (x.dim() == 2) return "";
  Shape at(x.shape().begin(), x.shape().end() - 2);
  for (int d = at.size() - 1; d >= 0; --d) {
    const std::int64_t size = at[d];
    at[d] = i % size;
    i /= size;
  }
  return " at " + at.to_string() + " of the batch";
}

/// x {..., m, n} as {..., n, m}, always a copy.
Tensor turned(const Tensor& x) { return converted(x.transpose(-2, -1), x.dtype()); }

/// As many as there are places for in `shape` but for its last dims, which become `last`.
Shape with_last(const Shape& shape, std::initializer_list<std::int64_t> last) {
  Shape result(shape.begin(), shape.end() - 2);
  for (const std::int64_t size : last) result.push_back(size);
  return result;
}

/// f(i) for each matrix; those of some 10^5 operations are worth handing out.
template <class F>
void for_each_matrix(const Batch& batch, const F& f) {
  use_one_blas_thread();
  const std::int64_t work =
      std::max<std::int64_t>(1, std::int64_t{batch.m} * batch.n * std::min(batch.m, batch.n));
  for_each(batch.count, std::max<std::int64_t>(1, 100000 / work), f);
}

/// Runs a function of LAPACK that is first asked how much memory it wants.
template <class T, class Call>
Index with_workspace(const Call& call) {
  T wanted{};
  call(&wanted, Index(-1));
  std::vector<T> work(static_cast<std::size_t>(std::max(T(1), wanted)));
  return call(work.data(), static_cast<Index>(work.size()));
}

/// LU factors of a matrix in place; the number of its first pivot that is 0, from 1 on, or 0.
template <class T>
Index factor(T* a, Index n, std::vector<Index>& pivots) {
  pivots.resize(static_cast<std::size_t>(n));
  return cxxlapack::getrf<Index>(n, n, a, std::max(1, n), pivots.data());
}

template <class T>
void check_regular(Index info, const Tensor& a, std::int64_t i, std::string_view op) {
  check(info == 0, "{}: the matrix{} is singular: pivot {} of {} is 0", op, place(a, i), info - 1,
        a.size(-1));
}

/// f(sign, log|det|, det) for each matrix, whose product of pivots is taken in double.
template <class T, class F>
void for_each_determinant(const Tensor& a, const F& f) {
  const Batch batch(a);
  const Tensor lu = a.clone();
  for_each_matrix(batch, [&](std::int64_t i) {
    std::vector<Index> pivots;
    T* matrix = lu.data<T>() + i * batch.size();
    factor(matrix, batch.n, pivots);
    double sign = 1, log = 0, product = 1;
    for (Index d = 0; d < batch.n; ++d) {
      const auto pivot = static_cast<double>(matrix[std::int64_t{d} * (batch.n + 1)]);
      const double turn = pivots[static_cast<std::size_t>(d)] == d + 1 ? 1 : -1;
      product *= pivot * turn;
      sign *= pivot == 0 ? 0 : std::copysign(turn, pivot * turn);
      log += std::log(std::abs(pivot));
    }
    f(i, sign, log, product);
  });
}

}  // namespace

Tensor inverse(const Tensor& a, std::string_view op) {
  const Batch batch(a);
  const Tensor y = a.clone();  // the inverse of the transpose is the transpose of the inverse
  visit_floating(a.dtype(), op, [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (batch.n == 0) return;
      T* matrix = y.data<T>() + i * batch.size();
      std::vector<Index> pivots;
      check_regular<T>(factor(matrix, batch.n, pivots), a, i, op);
      with_workspace<T>([&](T* work, Index size) {
        return cxxlapack::getri<Index>(batch.n, matrix, batch.n, pivots.data(), work, size);
      });
    });
  });
  return y;
}

Tensor solve(const Tensor& a, const Tensor& b, bool transposed, std::string_view op) {
  const Batch batch(a), sides(b);
  const Tensor lu = a.clone(), columns = turned(b);
  visit_floating(a.dtype(), op, [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (batch.n == 0) return;
      T* matrix = lu.data<T>() + i * batch.size();
      std::vector<Index> pivots;
      check_regular<T>(factor(matrix, batch.n, pivots), a, i, op);
      if (sides.n == 0) return;
      cxxlapack::getrs<Index>(transposed ? 'N' : 'T', batch.n, sides.n, matrix, batch.n, pivots.data(),
                              columns.data<T>() + i * sides.size(), batch.n);
    });
  });
  return turned(columns);
}

std::array<Tensor, 2> slogdet(const Tensor& a) {
  const Shape shape = with_last(a.shape(), {});
  const Tensor signs = make_tensor(shape, a.dtype()), logs = make_tensor(shape, a.dtype());
  visit_floating(a.dtype(), "slogdet", [&]<class T>(T) {
    for_each_determinant<T>(a, [&](std::int64_t i, double sign, double log, double) {
      signs.data<T>()[i] = static_cast<T>(sign);
      logs.data<T>()[i] = static_cast<T>(log);
    });
  });
  return {signs, logs};
}

Tensor det(const Tensor& a) {
  const Tensor y = make_tensor(with_last(a.shape(), {}), a.dtype());
  visit_floating(a.dtype(), "det", [&]<class T>(T) {
    for_each_determinant<T>(
        a, [&](std::int64_t i, double, double, double product) { y.data<T>()[i] = static_cast<T>(product); });
  });
  return y;
}

Tensor cholesky(const Tensor& a, std::string_view op) {
  const Batch batch(a);
  const Tensor y = a.tril();
  visit_floating(a.dtype(), op, [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (batch.n == 0) return;
      const Index info = cxxlapack::potrf<Index>('U', batch.n, y.data<T>() + i * batch.size(), batch.n);
      check(info == 0, "{}: the matrix{} is not positive definite: its leading minor of order {} is not", op,
            place(a, i), info);
    });
  });
  return y;
}

std::array<Tensor, 2> qr(const Tensor& a, bool complete) {
  const Batch batch(a);
  const Index m = batch.m, n = batch.n, least = std::min(m, n), kept = complete ? m : least;
  const Tensor factored = turned(a), q = make_tensor(with_last(a.shape(), {kept, m}), a.dtype());
  visit_floating(a.dtype(), "linalg::qr", [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (m == 0 || kept == 0) return;
      T* matrix = factored.data<T>() + i * batch.size();
      T* columns = q.data<T>() + i * kept * m;
      std::vector<T> scales(static_cast<std::size_t>(std::max(1, least)));
      if (least > 0) {
        with_workspace<T>([&](T* work, Index size) {
          return cxxlapack::geqrf<Index>(m, n, matrix, m, scales.data(), work, size);
        });
      }
      std::copy_n(matrix, std::int64_t{std::min(n, kept)} * m, columns);
      std::fill(columns + std::int64_t{std::min(n, kept)} * m, columns + std::int64_t{kept} * m, T(0));
      with_workspace<T>([&](T* work, Index size) {
        return cxxlapack::orgqr<Index>(m, kept, least, columns, m, scales.data(), work, size);
      });
    });
  });
  const Tensor r = turned(factored).slice(-2, 0, kept).triu();
  return {turned(q), r};
}

std::array<Tensor, 3> svd(const Tensor& a, bool full) {
  const Batch batch(a);
  // To LAPACK a is its transpose, V S U^T: what it calls U is V, and its columns are the rows of Vh.
  const Index rows = batch.n, columns = batch.m, least = std::min(rows, columns);
  const Index kept_v = full ? rows : least, kept_u = full ? columns : least;
  const Tensor s = make_tensor(with_last(a.shape(), {least}), a.dtype());
  const Tensor vh = make_tensor(with_last(a.shape(), {kept_v, rows}), a.dtype());
  const Tensor u = make_tensor(with_last(a.shape(), {columns, kept_u}), a.dtype());
  const Tensor work_on = a.clone();
  visit_floating(a.dtype(), "linalg::svd", [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (least == 0) return;
      std::vector<Index> integers(static_cast<std::size_t>(8) * static_cast<std::size_t>(least));
      const Index info = with_workspace<T>([&](T* work, Index size) {
        return cxxlapack::gesdd<Index>(full ? 'A' : 'S', rows, columns, work_on.data<T>() + i * batch.size(),
                                       rows, s.data<T>() + i * least, vh.data<T>() + i * kept_v * rows, rows,
                                       u.data<T>() + i * columns * kept_u, kept_u, work, size,
                                       integers.data());
      });
      check(info == 0, "linalg::svd: did not converge for the matrix{}; does it hold NaN or an infinity?",
            place(a, i));
    });
  });
  if (least == 0) {  // any bases serve
    u.copy_(eye(columns, kept_u, {.dtype = a.dtype()}));
    vh.copy_(eye(kept_v, rows, {.dtype = a.dtype()}));
  }
  return {u, s, vh};
}

std::array<Tensor, 2> eigh(const Tensor& a) {
  const Batch batch(a);
  const Index n = batch.n;
  const Tensor values = make_tensor(with_last(a.shape(), {n}), a.dtype()), vectors = a.clone();
  visit_floating(a.dtype(), "linalg::eigh", [&]<class T>(T) {
    for_each_matrix(batch, [&](std::int64_t i) {
      if (n == 0) return;
      T* matrix = vectors.data<T>() + i * batch.size();
      T wanted{};
      Index integers_wanted = 0;
      const auto run = [&](T* work, Index size, Index* integers, Index count) {
        return cxxlapack::syevd<Index>('V', 'U', n, matrix, n, values.data<T>() + i * n, work, size, integers,
                                       count);
      };
      run(&wanted, -1, &integers_wanted, -1);
      std::vector<T> work(static_cast<std::size_t>(wanted) + 1);
      std::vector<Index> integers(static_cast<std::size_t>(integers_wanted) + 1);
      const Index info = run(work.data(), static_cast<Index>(work.size()), integers.data(),
                             static_cast<Index>(integers.size()));
      check(info == 0, "linalg::eigh: did not converge for the matrix{}; does it hold NaN or an infinity?",
            place(a, i));
    });
  });
  return {values, turned(vectors)};
}

}  // namespace xtape::kernels
