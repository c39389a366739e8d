// Writes in place. Unrecorded, they write into the storage and count its version up. Where a gradient passes
// through, the op is computed as a recorded one, its value written over the old, and the tensor's history
// rebased onto it.
#include <limits>

#include "autograd/detail/autograd_meta.hpp"
#include "autograd/grad_mode.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/kernels.hpp"
#include "autograd/node.hpp"
#include "autograd/ops/promotion.hpp"
#include "autograd/random.hpp"
#include "autograd/record.hpp"

namespace xtape {

namespace {

using kernels::Binary;

void check_writable(const Tensor& x, const char* op) {
  check(!(grad_enabled() && x.is_leaf() && x.requires_grad()),
        "{}: a leaf that requires grad cannot be changed in place while ops are recorded; use NoGradGuard",
        op);
  for (int d = 0; d < x.shape().size(); ++d) {
    check(x.strides()[d] != 0 || x.shape()[d] <= 1,
          "{}: the tensor of shape {} is expanded, so that several elements "
          "share one place in memory; clone() it first",
          op, x.shape());
  }
}

bool needs_recording(const Tensor& x, const Tensor* other) {
  return grad_enabled() && (x.requires_grad() || (other && other->requires_grad()));
}

/// x's value and history as they are now, safe from what is about to be written.
Tensor snapshot(const Tensor& x, bool keep_value) {
  Tensor before = keep_value ? [&] { const NoGradGuard no_grad; return x.clone(); }() : x.detach();
  before.impl().node = x.impl().node;
  before.impl().output_index = x.impl().output_index;
  before.impl().requires_grad = x.impl().requires_grad;
  return before;
}

void check_result(const Tensor& x, const Tensor& result, const char* op) {
  check(result.shape() == x.shape(), "{}: the result has shape {}; a tensor of shape {} cannot hold it", op,
        result.shape(), x.shape());
  check(category_of(result.dtype()) <= category_of(x.dtype()),
        "{}: the result is {}; a {} tensor cannot hold it", op, result.dtype(), x.dtype());
}

/// Writes a recorded result over x and takes over its history.
const Tensor& rebase(const Tensor& x, const Tensor& result, const char* op) {
  check(!x.impl().is_view,
        "{}: a view of shape {} cannot be changed in place while a gradient passes through it; "
        "clone() it, or change the tensor it views",
        op, x.shape());
  const Tensor value = result.to(x.dtype());
  TensorImpl& impl = x.impl();
  const bool retains = impl.meta && impl.meta->retains_grad;
  if (impl.meta &&
      impl.node) {  // hooks stay with the value they were made for, a retained gradient is the newest's
    impl.meta->retains_grad = false;
    const std::size_t next_hook = impl.meta->next_hook;
    impl.meta = std::make_shared<AutogradMeta>();
    impl.meta->next_hook = next_hook;
  }
  kernels::copy(value.detach(), x.detach());
  impl.storage->note_write(op);
  impl.storage->rebases.fetch_add(1, std::memory_order_relaxed);
  impl.node = value.impl().node;
  impl.output_index = value.impl().output_index;
  impl.requires_grad = value.impl().requires_grad;
  if (retains) x.retain_grad();
  return x;
}

/// `value` in the place of all of x: x's history stays behind it and gets zeros, so that x still requires
/// grad.
Tensor replaced(const Tensor& x, const Tensor& value) {
  return x.requires_grad() ? where(scalar_tensor(true, kBool), value, snapshot(x, false)) : value;
}

/// x = compute(x, ...) in place. `other` is the second operand, if any.
template <class Compute>
const Tensor& in_place(const Tensor& x, const Tensor* other, const char* op, const Compute& compute) {
  check_writable(x, op);
  if (needs_recording(x, other)) {
    const Tensor result = compute(snapshot(x, true));
    check_result(x, result, op);
    return rebase(x, result.requires_grad() ? result : replaced(x, result.to(x.dtype())), op);
  }
  const NoGradGuard no_grad;
  const Tensor result = compute(x);
  check_result(x, result, op);
  kernels::copy(result, x);
  x.impl().storage->note_write(op);
  return x;
}

/// x = x op b, without a copy where nothing is recorded and dtypes and shapes allow.
const Tensor& binary_in_place(Binary kind, const Tensor& x, const Tensor& b, const char* op,
                              Tensor (*compute)(const Tensor&, const Tensor&)) {
  const bool direct = !needs_recording(x, &b) && x.is_contiguous() && x.dtype() != kBool &&
                      result_type(x, b) == x.dtype() && (kind != Binary::div || x.is_floating_point()) &&
                      broadcasts_to(b.shape(), x.shape()) &&
                      (b.impl().storage != x.impl().storage || b.is_same(x));
  if (!direct) return in_place(x, &b, op, [&](const Tensor& before) { return compute(before, b); });
  check_writable(x, op);
  const NoGradGuard no_grad;
  kernels::binary_into(kind, x, b.to(x.dtype()));
  x.impl().storage->note_write(op);
  return x;
}

Tensor scalar_for(const Tensor& x, Scalar b) { return scalar_tensor(b, result_type(x, b)); }

}  // namespace

const Tensor& Tensor::add_(const Tensor& b, Scalar alpha) const {
  return binary_in_place(Binary::add, *this, alpha.to<double>() == 1 ? b : alpha * b, "add_", &xtape::add);
}
const Tensor& Tensor::sub_(const Tensor& b) const {
  return binary_in_place(Binary::sub, *this, b, "sub_", &xtape::sub);
}
const Tensor& Tensor::mul_(const Tensor& b) const {
  return binary_in_place(Binary::mul, *this, b, "mul_", &xtape::mul);
}
const Tensor& Tensor::div_(const Tensor& b) const {
  return binary_in_place(Binary::div, *this, b, "div_", &xtape::div);
}
const Tensor& Tensor::add_(Scalar b) const { return add_(scalar_for(*this, b)); }
const Tensor& Tensor::sub_(Scalar b) const { return sub_(scalar_for(*this, b)); }
const Tensor& Tensor::mul_(Scalar b) const { return mul_(scalar_for(*this, b)); }
const Tensor& Tensor::div_(Scalar b) const { return div_(scalar_for(*this, b)); }

const Tensor& Tensor::copy_(const Tensor& source) const {
  check(broadcasts_to(source.shape(), shape()), "copy_: a source of shape {} does not broadcast to {}",
        source.shape(), shape());
  check_writable(*this, "copy_");
  if (needs_recording(*this, &source)) {
    return rebase(*this, replaced(*this, source.to(dtype()).expand(shape()).clone()), "copy_");
  }
  const NoGradGuard no_grad;
  const bool overlaps = source.impl().storage == impl().storage;
  kernels::copy((overlaps ? source.clone() : source).expand(shape()), *this);
  impl().storage->note_write("copy_");
  return *this;
}

const Tensor& Tensor::fill_(Scalar value) const {
  check_writable(*this, "fill_");
  const Tensor source = scalar_tensor(value, dtype());
  if (needs_recording(*this, nullptr)) return rebase(*this, replaced(*this, source.expand(shape())), "fill_");
  const NoGradGuard no_grad;
  if (is_contiguous()) {
    kernels::fill(*this, value);
  } else {
    kernels::copy(source.expand(shape()), *this);
  }
  impl().storage->note_write("fill_");
  return *this;
}

const Tensor& Tensor::clamp_(std::optional<Scalar> min, std::optional<Scalar> max) const {
  return in_place(*this, nullptr, "clamp_",
                  [&](const Tensor& before) { return xtape::clamp(before, min, max); });
}

const Tensor& Tensor::uniform_(double from, double to, Generator* generator) const {
  check(from <= to, "uniform_: expected from <= to, got {} and {}", from, to);
  return in_place(*this, nullptr, "uniform_", [&](const Tensor& before) {
    return rand(before.shape(), {.dtype = before.dtype(), .generator = generator}) * (to - from) + from;
  });
}

const Tensor& Tensor::normal_(double mean, double std, Generator* generator) const {
  check(std >= 0, "normal_: expected std >= 0, got {}", std);
  return in_place(*this, nullptr, "normal_", [&](const Tensor& before) {
    return randn(before.shape(), {.dtype = before.dtype(), .generator = generator}) * std + mean;
  });
}

}  // namespace xtape
