// Products that are spelt with matmul and mul. All operands are of one dtype, as for matmul.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "autograd/tensor/fwd.hpp"

namespace xtape {

/// The functions below give beta input + alpha product; with beta 0 the input's values, and its NaN, are not
/// looked at.
struct ProductOptions {
  Scalar beta = 1;
  Scalar alpha = 1;
};
Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options = {});
Tensor addmv(const Tensor& input, const Tensor& a, const Tensor& v, const ProductOptions& options = {});
Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b,
            const ProductOptions& options = {});  ///< the outer product of a and b
Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options = {});
/// The products of the batches added up: {b, m, k} and {b, k, n} give {m, n}.
Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, const ProductOptions& options = {});
/// With the factors as libtorch has them, one after the other.
Tensor addmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1);
Tensor addmv(const Tensor& input, const Tensor& a, const Tensor& v, Scalar beta, Scalar alpha = 1);
Tensor addr(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1);
Tensor baddbmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1);
Tensor addbmm(const Tensor& input, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1);

Tensor mv(const Tensor& a, const Tensor& v);     ///< {m, n} x {n} gives {m}
Tensor ger(const Tensor& a, const Tensor& b);    ///< outer
Tensor vdot(const Tensor& a, const Tensor& b);   ///< dot
Tensor inner(const Tensor& a, const Tensor& b);  ///< sums products over the last dims of both

/// Sums products over the last `dims` dims of a and the first of b; or over those listed.
Tensor tensordot(const Tensor& a, const Tensor& b, std::int64_t dims = 2);
Tensor tensordot(const Tensor& a, const Tensor& b, const Dims& dims_a, const Dims& dims_b);
/// b times each element of a, in blocks.
Tensor kron(const Tensor& a, const Tensor& b);
/// The vector product along `dim` of size 3; without dim, along the first of that size.
Tensor cross(const Tensor& a, const Tensor& b, std::optional<Dim> dim = {});
struct CrossOptions {
  std::optional<Dim> dim = {};
};
Tensor cross(const Tensor& a, const Tensor& b, const CrossOptions& options);
/// x times itself n times; n < 0 inverts, 0 gives the identity.
Tensor matrix_power(const Tensor& x, std::int64_t n);
/// The product of all matrices, in the order that costs least.
Tensor chain_matmul(const std::vector<Tensor>& matrices);

/// Sums products of elements as Einstein's notation says: "ij,jk->ik" is matmul, "ii" a trace, "...ij->...ji"
/// a transpose. Letters that the output does not have are summed over; without "->" it has those that occur
/// once, in alphabetical order. Sizes of 1 broadcast. Contracts two operands at a time, from the left, by
/// matrix products.
Tensor einsum(std::string_view equation, const std::vector<Tensor>& operands);

struct TensordotOptions {
  std::int64_t dims = 2;
};
Tensor tensordot(const Tensor& a, const Tensor& b, const TensordotOptions& options);

}  // namespace xtape
