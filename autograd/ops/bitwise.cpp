// Bitwise functions of integers and bools; none is differentiable.
#include "autograd/ops/bitwise.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/bitwise.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using kernels::Bits;

template <Bits kind>
struct Bitwise {
  static constexpr std::string_view name = kind == Bits::and_  ? "bitwise_and"
                                           : kind == Bits::or_ ? "bitwise_or"
                                                               : "bitwise_xor";
  static constexpr bool strided = true;

  Tensor forward(const Tensor& a, const Tensor& b) const { return kernels::bitwise(kind, a, b); }
  static double reference(double a, double b) {
    const auto x = static_cast<std::int64_t>(a), y = static_cast<std::int64_t>(b);
    return static_cast<double>(kind == Bits::and_ ? x & y : kind == Bits::or_ ? x | y : x ^ y);
  }
  static Cases<Bitwise> cases() {
    const auto of = [](Tensor a, Tensor b) { return Case{.make = [=] { return std::vector{a, b}; }}; };
    return {of(tensor({{1, 2, 3}, {-4, 5, 100}}), tensor({3, 6, -1})),
            of(tensor({{true}, {false}}), tensor({true, false})),
            of(tensor({1, 2, 255}, {.dtype = kUInt8}), tensor(254, {.dtype = kUInt8})),
            of(zeros({0, 2}, {.dtype = kInt64}), tensor({1, 2}))};
  }
};

template <Bits kind>
Tensor record_bits(const Tensor& a, const Tensor& b) {
  const DType dtype = result_type(a, b);
  check(!is_floating(dtype), "{}: expected bools or integers, got {} and {}", Bitwise<kind>::name, a.dtype(),
        b.dtype());
  return record_promoted<Bitwise<kind>>(a, b);
}

}  // namespace

Tensor bitwise_and(const Tensor& a, const Tensor& b) { return record_bits<Bits::and_>(a, b); }
Tensor bitwise_and(const Tensor& a, Scalar b) { return bitwise_and(a, scalar_beside(a, b)); }
Tensor bitwise_and(Scalar a, const Tensor& b) { return bitwise_and(scalar_beside(b, a), b); }
Tensor bitwise_or(const Tensor& a, const Tensor& b) { return record_bits<Bits::or_>(a, b); }
Tensor bitwise_or(const Tensor& a, Scalar b) { return bitwise_or(a, scalar_beside(a, b)); }
Tensor bitwise_or(Scalar a, const Tensor& b) { return bitwise_or(scalar_beside(b, a), b); }
Tensor bitwise_xor(const Tensor& a, const Tensor& b) { return record_bits<Bits::xor_>(a, b); }
Tensor bitwise_xor(const Tensor& a, Scalar b) { return bitwise_xor(a, scalar_beside(a, b)); }
Tensor bitwise_xor(Scalar a, const Tensor& b) { return bitwise_xor(scalar_beside(b, a), b); }
Tensor bitwise_not(const Tensor& x) {
  check(!x.is_floating_point(), "bitwise_not: expected bools or integers, got {}", x.dtype());
  return x.dtype() == kBool ? logical_not(x) : bitwise_xor(x, -1);
}

Tensor operator&(const Tensor& a, const Tensor& b) { return bitwise_and(a, b); }
Tensor operator&(const Tensor& a, Scalar b) { return bitwise_and(a, b); }
Tensor operator&(Scalar a, const Tensor& b) { return bitwise_and(a, b); }
Tensor operator|(const Tensor& a, const Tensor& b) { return bitwise_or(a, b); }
Tensor operator|(const Tensor& a, Scalar b) { return bitwise_or(a, b); }
Tensor operator|(Scalar a, const Tensor& b) { return bitwise_or(a, b); }
Tensor operator^(const Tensor& a, const Tensor& b) { return bitwise_xor(a, b); }
Tensor operator^(const Tensor& a, Scalar b) { return bitwise_xor(a, b); }
Tensor operator^(Scalar a, const Tensor& b) { return bitwise_xor(a, b); }
Tensor operator~(const Tensor& x) { return bitwise_not(x); }

}  // namespace xtape
