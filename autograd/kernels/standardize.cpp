// Standardization. Elements that share a mean, a variance, a weight and a bias are a segment where they are
// neighbours; else they are seen as rows, with a weight for each column, or as columns. Sums are of
// differences from one of the elements, in blocks that are added up in double: the variance keeps its digits
// wherever the mean is.
#include "autograd/kernels/standardize.hpp"

#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/standardize_pass.hpp"

namespace xtape::kernels {

using namespace detail;
using namespace standardizing;

std::array<Tensor, 3> standardize(const Tensor& x, const Tensor& w, const Tensor& b,
                                  const Standardizing& how) {
  const Sizes s = sizes_of(x, how);
  const Shape each{how.across ? 1 : s.a, s.b, 1, 1};
  const Tensor y = make_tensor_like(x), mean = make_tensor(each, x.dtype()),
               variance = make_tensor_like(mean);
  if (x.numel() == 0) {
    fill(mean, 0);
    fill(variance, 0);
    return {y, mean, variance};
  }
  visit_floating(x.dtype(), "standardize", [&]<class T>(T) {
    const Pass<T> p{.s = s,
                    .how = how,
                    .x = elements<T>(x),
                    .w = elements<T>(w),
                    .b = elements<T>(b),
                    .y = elements<T>(y),
                    .mean = elements<T>(mean),
                    .variance = elements<T>(variance)};
    s.are_rows() ? forward_rows(p) : s.are_columns() ? forward_columns(p) : forward_segments(p);
  });
  return {y, mean, variance};
}

std::array<Tensor, 3> standardize_backward(const Tensor& x, const Tensor& w, const Tensor& g,
                                           const Standardizing& how) {
  const Sizes s = sizes_of(x, how);
  const Tensor dx = make_tensor_like(x), dw = make_tensor_like(w), db = make_tensor_like(w);
  if (x.numel() == 0) {
    fill(dw, 0);
    fill(db, 0);
    return {dx, dw, db};
  }
  visit_floating(x.dtype(), "standardize", [&]<class T>(T) {
    const Pass<T> p{.s = s,
                    .how = how,
                    .x = elements<T>(x),
                    .w = elements<T>(w),
                    .g = elements<T>(g),
                    .dx = elements<T>(dx),
                    .dw = elements<T>(dw),
                    .db = elements<T>(db)};
    s.are_rows() ? backward_rows(p) : s.are_columns() ? backward_columns(p) : backward_segments(p);
  });
  return {dx, dw, db};
}

Tensor channel_affine(const Tensor& x, const Tensor& w, const Tensor& b) {
  const Tensor y = make_tensor_like(x);
  if (x.numel() == 0) return y;
  const std::int64_t channels = x.size(1), d = x.size(2);
  visit_floating(x.dtype(), "channel_affine", [&]<class T>(T) {
    const T *from = elements<T>(x), *scale = elements<T>(w), *offset = elements<T>(b);
    T* to = elements<T>(y);
    if (d == 1)
      for_each(x.size(0), grain_of(channels), [=](std::int64_t row) {
        const std::int64_t at = row * channels;
        simd<T>().standardize(from + at, scale, offset, to + at, channels, {T(0), T(1), T(0)});
      });
    else
      for_each(x.size(0) * channels, grain_of(d), [=](std::int64_t i) {
        simd<T>().standardize(from + i * d, nullptr, nullptr, to + i * d, d,
                              {T(0), scale[i % channels], offset[i % channels]});
      });
  });
  return y;
}

}  // namespace xtape::kernels
