// The tensor handle: making, viewing, converting, and its side of autograd. Ops are in ops/, the replay in
// graph/detail/tape.cpp.
#include "autograd/tensor/tensor.hpp"

#include <algorithm>
#include <cstring>

#include "autograd/graph/detail/history.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/node.hpp"

namespace xtape {

using namespace detail;

namespace {

bool is_row_major(const Shape& shape, const Shape& strides) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return true;
  std::int64_t expected = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

}  // namespace

void TensorImpl::set_storage(StoragePtr other) {
  std::swap(storage, other);
  if (stands_in_storage && !first_storage_) first_storage_ = std::move(other);
}

void detail::destroy(TensorImpl* impl) {
  if (!impl->stands_in_storage) {
    delete impl;
    return;
  }
  const StoragePtr block = std::move(impl->first_storage_ ? impl->first_storage_ : impl->storage);
  impl->~TensorImpl();
}

void Tensor::throw_undefined() {
  throw Error(
      "an undefined tensor was used; it holds no value (the gradient of a leaf before backward, for "
      "example)");
}

namespace {

/// A small tensor stands in the block of its buffer, which saves an allocation. A large one does not: after
/// set_storage the block stays for as long as the tensor.
Tensor new_contiguous(std::size_t bytes, DType dtype, const Shape& shape, const Shape& strides,
                      std::int64_t numel) {
  constexpr std::uint32_t kBefore = (sizeof(TensorImpl) + 63) / 64 * 64;
  constexpr std::size_t kSmall = 4096;
  if (bytes > kSmall) {
    return Tensor(IntrusivePtr<TensorImpl>::adopt(
        new TensorImpl(allocate_storage(bytes), dtype, shape, strides, numel)));
  }
  StoragePtr storage = allocate_storage(bytes, kBefore);
  void* const place = reinterpret_cast<std::byte*>(storage.get()) - kBefore;
  auto* const impl = ::new (place) TensorImpl(std::move(storage), dtype, shape, strides, numel);
  impl->stands_in_storage = true;
  return Tensor(IntrusivePtr<TensorImpl>::adopt(impl));
}

}  // namespace

Tensor detail::make_tensor(const Shape& shape, DType dtype) {
  for (const std::int64_t size : shape) {
    check(size >= 0, "a tensor cannot have the shape {}: sizes are not negative", shape);
  }
  const std::int64_t numel = shape.numel();
  std::size_t bytes = 0;
  check(!__builtin_mul_overflow(static_cast<std::size_t>(numel), size_of(dtype), &bytes),
        "out of memory: a {} tensor of shape {} is too large", dtype, shape);
  return new_contiguous(bytes, dtype, shape, contiguous_strides(shape), numel);
}

Tensor detail::make_tensor_like(const Tensor& x) {
  const TensorImpl& like = x.impl();
  const std::size_t bytes = static_cast<std::size_t>(like.numel) * size_of(like.dtype);
  return new_contiguous(bytes, like.dtype, like.shape, like.strides, like.numel);
}

Tensor detail::scalar_tensor(Scalar value, DType dtype) {
  Tensor x = make_tensor({}, dtype);
  visit(dtype, [&](auto zero) { *x.data<decltype(zero)>() = value.to<decltype(zero)>(); });
  return x;
}

Tensor detail::from_data(const void* data, DType dtype, const Shape& shape, const TensorOptions& options) {
  const Tensor x = make_tensor(shape, dtype);
  if (x.numel() > 0) std::memcpy(x.raw(), data, static_cast<std::size_t>(x.numel()) * size_of(dtype));
  return finished(x.to(options.dtype.value_or(dtype)), options);
}

Tensor detail::finished(const Tensor& x, const TensorOptions& options) {
  check_device(options.device, "a new tensor");
  return options.requires_grad ? x.requires_grad_() : x;
}

namespace {

/// Inline, since every view is made by it.
[[gnu::always_inline]] inline Tensor view_of(StoragePtr storage, DType dtype, const Shape& shape,
                                             const Shape& strides, std::int64_t offset) {
  auto* const impl = new TensorImpl(std::move(storage), dtype, shape, strides, shape.numel());
  impl->offset = offset;
  impl->contiguous = is_row_major(shape, strides);
  return Tensor(IntrusivePtr<TensorImpl>::adopt(impl));
}

}  // namespace

Tensor detail::over_storage(StoragePtr storage, DType dtype, const Shape& shape, const Shape& strides) {
  return view_of(std::move(storage), dtype, shape, strides, 0);
}

Tensor Tensor::alias(const Shape& shape, const Shape& strides, std::int64_t offset) const {
  return view_of(impl().storage, impl().dtype, shape, strides, offset);
}

Tensor Tensor::alias() const {
  const TensorImpl& from = impl();
  Tensor same(IntrusivePtr<TensorImpl>::adopt(
      new TensorImpl(from.storage, from.dtype, from.shape, from.strides, from.numel)));
  same.impl_->offset = from.offset;
  same.impl_->contiguous = from.contiguous;
  return same;
}

std::int64_t Tensor::size(Dim dim) const {
  check(this->dim() > 0, "size: a 0-d tensor has no dim {}", std::int64_t{dim});
  return shape()[wrap_dim(dim, static_cast<int>(this->dim()), "size")];
}

std::int64_t Tensor::stride(Dim dim) const {
  check(this->dim() > 0, "stride: a 0-d tensor has no dim {}", std::int64_t{dim});
  return strides()[wrap_dim(dim, static_cast<int>(this->dim()), "stride")];
}

void Tensor::refuse_data(DType asked) const {
  check(dtype() == asked, "data: the tensor holds {}, not {}; convert it with to()", dtype(), asked);
  throw Error(
      fmt::format("data: the tensor of shape {} and strides {} is not contiguous; call contiguous() first",
                  shape(), strides()));
}

Scalar Tensor::item_scalar() const {
  check(numel() == 1, "item: a tensor of shape {} has {} elements; expected one", shape(), numel());
  return visit(dtype(), [&](auto zero) { return Scalar(*reinterpret_cast<const decltype(zero)*>(raw())); });
}

const TensorImpl& Tensor::checked_for_accessor(DType asked, int dims) const {
  check(dtype() == asked, "accessor: the tensor holds {}, not {}; convert it with to()", dtype(), asked);
  check(dim() == dims, "accessor: the tensor has {} dims, shape {}, not {}", dim(), shape(), dims);
  return *impl_;
}

Tensor Tensor::to(const Device& device) const {
  check_device(device, "to");
  return *this;
}

Tensor Tensor::detach() const { return alias(); }

const Tensor& Tensor::requires_grad_(bool requires_grad) const {
  check(!requires_grad || is_floating_point(),
        "requires_grad_: only floating-point tensors have gradients, this is {}", dtype());
  impl().renew_history("requires_grad_");
  check(requires_grad || is_leaf(),
        "requires_grad_(false): the tensor was computed by {}; use detach() instead", grad_fn());
  if (requires_grad && is_leaf() && !impl_->requires_grad) {
    impl_->base = {};  // a leaf has a history of its own, or it would own itself through its root's
    detail::meta_of(*this).was_leaf = false;  // now: threads that share the leaf need not race to make it
  }
  impl_->requires_grad = requires_grad;
  return *this;
}

Tensor Tensor::grad() const {
  const TensorImpl& impl = this->impl();
  if (!impl.meta) return Tensor();
  const std::lock_guard lock(impl.meta->mutex);
  return impl.meta->grad;
}

void Tensor::set_grad(const Tensor& grad) const {
  check(!grad.defined() || (grad.shape() == shape() && grad.dtype() == dtype()),
        "set_grad: a gradient of shape {} does not fit a tensor of shape {} and dtype {}",
        grad.defined() ? grad.shape() : Shape(), shape(), dtype());
  if (!grad.defined() && !impl().meta) return;
  AutogradMeta& meta = detail::meta_of(*this);
  const std::lock_guard lock(meta.mutex);
  meta.grad = grad;
}

void Tensor::retain_grad() const {
  check(requires_grad(), "retain_grad: the tensor does not require grad");
  if (is_leaf()) return;
  detail::meta_of(*this).retains_grad = true;
  detail::watch(*this);
}

std::size_t Tensor::register_hook(Hook hook) const {
  check(requires_grad(), "register_hook: the tensor does not require grad, so no gradient will come");
  check(static_cast<bool>(hook), "register_hook: the hook is an empty function");
  AutogradMeta& meta = detail::meta_of(*this);
  meta.hooks->list.emplace_back(meta.next_hook, std::move(hook));
  detail::watch(*this);
  return meta.next_hook++;
}

void Tensor::remove_hook(std::size_t id) const {
  if (!impl().meta) return;
  impl_->meta->remove_hook(id);
}

std::string Tensor::grad_fn() const { return is_leaf() ? std::string() : std::string(impl_->node->name()); }

Tensor Tensor::to(DType dtype) const { return dtype == this->dtype() ? *this : cast(*this, dtype); }

}  // namespace xtape
