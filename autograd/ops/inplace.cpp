// Writes in place. Unrecorded, they write into the storage and count its version up. Where a gradient passes
// through, the op is computed as a recorded one, its value is written over the old, and the tensor takes over
// its history; through a view, the tensor that is viewed becomes an op of what it was and of the value.
#include <algorithm>
#include <span>

#include "autograd/base/parallel.hpp"
#include "autograd/base/random.hpp"
#include "autograd/graph/detail/history.hpp"
#include "autograd/graph/detail/strided.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/node.hpp"
#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/elementwise.hpp"
#include "autograd/kernels/memory_order.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/promotion.hpp"

namespace xtape {

using namespace detail;

namespace {

using kernels::Binary;
using Others = std::span<const Tensor>;  // what a write reads beside the tensor

constexpr std::int64_t kBlock = 1 << 15;  // elements of a write by blocks

/// What a write in place needs, recorded or not.
void check_writable(const Tensor& x, const char* op) {
  detail::check_no_leaf(x, op);
  check(!detail::overlaps_itself(x.shape(), x.strides()),
        "{}: the tensor of shape {} is expanded, so that several elements "
        "share one place in memory; clone() it first",
        op, x.shape());
}

/// What a recorded write through the view x of `root` needs.
void check_view_writable(const Tensor& x, const Tensor& root, const char* op) {
  const ViewKind kind = x.impl().view_kind;
  check(kind != ViewKind::one_of_several,
        "{}: an output of split, chunk or unbind (of shape {}) cannot be changed in place while a gradient "
        "passes through it; use narrow() or select() instead, or clone() it",
        op, x.shape());
  check(kind != ViewKind::unrecorded,
        "{}: a view of shape {} taken under NoGradGuard cannot be changed in place while a gradient passes "
        "through it; take the view while recording, or change it under NoGradGuard too",
        op, x.shape());
  check(!(root.requires_grad() && root.is_leaf()),
        "{}: a view of a leaf that requires grad cannot be changed in place while ops are recorded; use "
        "NoGradGuard",
        op);
  check(
      !detail::overlaps_itself(root.shape(), root.strides()),
      "{}: the tensor of shape {} is a view of an expanded one, so that several elements share one place in "
      "memory; clone() it first",
      op, x.shape());
}

/// Whether a write into x, whose history is `root`'s, has to be recorded.
bool needs_recording(const Tensor& root, Others others) {
  const auto requires_grad = [](const Tensor& x) { return x.requires_grad(); };
  return grad_enabled() && root.is_floating_point() &&
         (root.requires_grad() || std::any_of(others.begin(), others.end(), requires_grad));
}

void check_result(const Tensor& x, const Tensor& result, const char* op) {
  check(result.shape() == x.shape(), "{}: the result has shape {}; a tensor of shape {} cannot hold it", op,
        result.shape(), x.shape());
  check(category_of(result.dtype()) <= category_of(x.dtype()),
        "{}: the result is {}; a {} tensor cannot hold it", op, result.dtype(), x.dtype());
}

/// Writes `source`, of the shape of x, over x. What lies in x is read before that, unless it is x itself.
void copy_over(const Tensor& source, const Tensor& x) {
  const bool overlaps = source.impl().storage == x.impl().storage && !kernels::are_same_elements(source, x);
  kernels::copy(overlaps ? source.clone() : source, x);
}

/// Writes `value`, of x's shape and dtype, into x. Recorded: `root`, whose history x has, becomes an op of
/// what it was and of the value. A value that was computed from all of x stands for both.
enum class Value { given, computed_from_x };
const Tensor& write_recorded(const Tensor& x, const Tensor& root, const Tensor& value, Value origin,
                             const char* op) {
  const bool stands_for_both = origin == Value::computed_from_x && root.is_same(x) && value.impl().node;
  NodePtr node = stands_for_both ? value.impl().node : detail::strided_write_node(root, x, value);
  copy_over(value.detach(), x.detach());
  x.impl().storage->note_write(op);
  if (!node) return x;
  detail::set_history(root, std::move(node), stands_for_both ? value.impl().output_index : 0);
  if (x.impl().meta) x.impl().renew_history(op);  // a retained gradient is that of the newest value
  return x;
}

/// Runs `recorded(root)` where a write into x has to be recorded, `unrecorded()` elsewhere.
template <class Recorded, class Unrecorded>
const Tensor& write_in_place(const Tensor& x, Others others, const char* op, const op::Attributes& attributes,
                             const Recorded& recorded, const Unrecorded& unrecorded) {
  if (is_traced()) [[unlikely]] {
    return report_write(op, x, {others.begin(), others.end()}, attributes,
                        [&] { write_in_place(x, others, op, {}, recorded, unrecorded); });
  }
  check_writable(x, op);
  const Tensor root = grad_enabled() ? detail::root_of(x) : x;
  if (needs_recording(root, others)) {
    if (!root.is_same(x)) check_view_writable(x, root, op);
    x.impl().renew_history(op);
    recorded(root);
  } else {
    const NoGradGuard no_grad;
    unrecorded();
    x.impl().storage->note_write(op);
  }
  return x;
}

void write_computed_recorded(const Tensor& x, const Tensor& root, const char* op, const Compute& compute) {
  const Tensor result = compute(detail::snapshot(x, detail::Values::copied));
  check_result(x, result, op);
  write_recorded(x, root, result.to(x.dtype()), Value::computed_from_x, op);
}

void write_computed(const Tensor& x, const char* op, const Compute& compute) {
  const Tensor result = compute(x);
  check_result(x, result, op);
  kernels::copy(result, x);
}

/// The same of a function of each element, in blocks: a block's results are read again while they are in the
/// cache.
void write_by_blocks(const Tensor& x, const char* op, const Compute& compute) {
  const Tensor dense = x.is_contiguous() ? x : kernels::in_order(x, kernels::memory_order(x));
  if (!dense.is_contiguous() || dense.numel() <= kBlock) return write_computed(dense, op, compute);
  parallel_for(dense.numel(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    write_computed(dense.alias({end - begin}, {1}, dense.impl().offset + begin), op, compute);
  });
}

/// x = x op b, without a copy where nothing is recorded and dtypes and shapes allow.
const Tensor& binary_in_place(Binary kind, const Tensor& x, const Tensor& b, const char* op,
                              Tensor (*function)(const Tensor&, const Tensor&)) {
  const auto compute = [&](const Tensor& before) { return function(before, b); };
  const bool direct = x.dtype() != kBool && result_type(x, b) == x.dtype() &&
                      (kind != Binary::div || x.is_floating_point()) && broadcasts_to(b.shape(), x.shape()) &&
                      (b.impl().storage != x.impl().storage || b.is_same(x));
  return write_in_place(
      x, {&b, 1}, op, {}, [&](const Tensor& root) { write_computed_recorded(x, root, op, compute); },
      [&] {
        if (direct) return kernels::binary_into(kind, x, b.to(x.dtype()));
        write_computed(x, op, compute);
      });
}

}  // namespace

const Tensor& detail::in_place(const Tensor& x, const char* op, op::Attributes attributes,
                               const Compute& compute, const std::vector<Tensor>& others) {
  return write_in_place(
      x, others, op, attributes, [&](const Tensor& root) { write_computed_recorded(x, root, op, compute); },
      [&] { write_computed(x, op, compute); });
}

const Tensor& detail::elementwise_in_place(const Tensor& x, const char* op, op::Attributes attributes,
                                           const Compute& compute) {
  return write_in_place(
      x, {}, op, attributes, [&](const Tensor& root) { write_computed_recorded(x, root, op, compute); },
      [&] { write_by_blocks(x, op, compute); });
}

const Tensor& detail::part_in_place(const Tensor& x, const char* op, op::Attributes attributes,
                                    const std::vector<Tensor>& others,
                                    const std::function<NodePtr(const Tensor& before)>& node,
                                    const std::function<void()>& write) {
  return write_in_place(
      x, others, op, attributes,
      [&](const Tensor& root) {
        NodePtr history = node(detail::snapshot(x, detail::Values::shared));
        {
          const NoGradGuard no_grad;
          write();
        }
        x.impl().storage->note_write(op);
        if (!root.is_same(x)) {
          const Tensor part = x.detach();  // what x holds now, given by the op
          detail::attach(part, std::move(history), 0);
          history = detail::strided_write_node(root, x, part);
        }
        detail::set_history(root, std::move(history), 0);
        if (x.impl().meta) x.impl().renew_history(op);
      },
      write);
}

const Tensor& Tensor::add_(const Tensor& b, Scalar alpha) const {
  return binary_in_place(Binary::add, *this, alpha.to<double>() == 1 ? b : alpha * b, "add_", &xtape::add);
}
const Tensor& Tensor::sub_(const Tensor& b, Scalar alpha) const {
  check_difference(*this, b, "sub_");
  return binary_in_place(Binary::sub, *this, alpha.to<double>() == 1 ? b : alpha * b, "sub_", &xtape::sub);
}
const Tensor& Tensor::mul_(const Tensor& b) const {
  return binary_in_place(Binary::mul, *this, b, "mul_", &xtape::mul);
}
const Tensor& Tensor::div_(const Tensor& b) const {
  return binary_in_place(Binary::div, *this, b, "div_", &xtape::div);
}
const Tensor& Tensor::add_(Scalar b) const { return add_(scalar_beside(*this, b)); }
const Tensor& Tensor::sub_(Scalar b) const { return sub_(scalar_beside(*this, b)); }
const Tensor& Tensor::mul_(Scalar b) const { return mul_(scalar_beside(*this, b)); }
const Tensor& Tensor::div_(const Tensor& b, const DivOptions& options) const {
  if (options.rounding_mode.empty()) return div_(b);
  return in_place(*this, "div_", {{"rounding_mode", options.rounding_mode}},
                  [&](const Tensor& before) { return xtape::div(before, b, options); }, {b});
}
const Tensor& Tensor::div_(Scalar b, const DivOptions& options) const {
  return div_(scalar_beside(*this, b), options);
}
const Tensor& Tensor::div_(Scalar b) const { return div_(scalar_beside(*this, b)); }

const Tensor& Tensor::copy_(const Tensor& source) const {
  check(broadcasts_to(source.shape(), shape()), "copy_: a source of shape {} does not broadcast to {}",
        source.shape(), shape());
  return write_in_place(
      *this, {&source, 1}, "copy_", {},
      [&](const Tensor& root) {
        write_recorded(*this, root, source.to(dtype()).expand(shape()), Value::given, "copy_");
      },
      [&] { copy_over(source.expand(shape()), *this); });
}

const Tensor& Tensor::fill_(Scalar value) const {
  check_holds(dtype(), value, "fill_");
  const Tensor source = scalar_tensor(value, dtype());
  return write_in_place(
      *this, {&source, 1}, "fill_", {},
      [&](const Tensor& root) { write_recorded(*this, root, source.expand(shape()), Value::given, "fill_"); },
      [&] {
        if (is_contiguous()) return kernels::fill(*this, value);
        kernels::copy(source.expand(shape()), *this);
      });
}

const Tensor& Tensor::fill_(const Tensor& value) const {
  check(value.dim() == 0, "fill_: the value has shape {}; expected a number or a tensor without dims",
        value.shape());
  return copy_(value);
}

const Tensor& Tensor::clamp_(std::optional<Scalar> min, std::optional<Scalar> max) const {
  return elementwise_in_place(*this, "clamp_", {{"min", min}, {"max", max}},
                              [&](const Tensor& before) { return xtape::clamp(before, min, max); });
}

const Tensor& Tensor::clamp_(const Tensor& min, const Tensor& max) const {
  return in_place(*this, "clamp_", {}, [&](const Tensor& before) { return xtape::clamp(before, min, max); },
                  {min, max});
}

const Tensor& Tensor::uniform_(double from, double to, Generator* generator) const {
  check(from <= to, "uniform_: expected from <= to, got {} and {}", from, to);
  return in_place(*this, "uniform_", {{"from", from}, {"to", to}}, [&](const Tensor& before) {
    return rand(before.shape(), {.dtype = before.dtype(), .generator = generator}) * (to - from) + from;
  });
}

const Tensor& Tensor::normal_(double mean, double std, Generator* generator) const {
  check(std >= 0, "normal_: expected std >= 0, got {}", std);
  return in_place(*this, "normal_", {{"mean", mean}, {"std", std}}, [&](const Tensor& before) {
    return randn(before.shape(), {.dtype = before.dtype(), .generator = generator}) * std + mean;
  });
}

}  // namespace xtape
