// Tensor: the handle that users hold, a strided view of a storage that may stand in a graph. What a handle
// points to is in tensor_impl.hpp, the graph in node.hpp.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "autograd/base/unpack.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/tensor/accessor.hpp"
#include "autograd/tensor/methods.hpp"
#include "autograd/tensor/options.hpp"
#include "autograd/tensor/tensor_impl.hpp"

namespace xtape {

using Hook = std::function<Tensor(const Tensor&)>;

struct BackwardOptions {
  std::optional<bool> retain_graph =
      {};                     ///< keep saved values for another backward; by default as create_graph
  bool create_graph = false;  ///< record the backward itself, for gradients of gradients
};

class Tensor : public TensorMethods<Tensor> {
 public:
  Tensor() = default;  ///< undefined
  Tensor(const Tensor&) = default;
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(const Tensor&) & = default;
  Tensor& operator=(Tensor&&) & noexcept = default;
  template <class T>
  void operator=(const T&) && {
    static_assert(
        sizeof(T) == 0,
        "x[0] = y would change a handle and not the values of x: write x[0].copy_(y) or x[0].fill_(number)");
  }
  ~Tensor() = default;

  template <class T>
  requires std::same_as<T, bool>
  explicit operator T() const {
    static_assert(sizeof(T) == 0,
                  "a Tensor is not a bool: write x.item<bool>(), x.any(), x.all() or x.defined()");
    return false;
  }

  bool defined() const { return static_cast<bool>(impl_); }
  const Shape& shape() const { return impl().shape; }
  const Shape& sizes() const { return impl().shape; }
  std::int64_t size(Dim dim) const;
  std::int64_t dim() const { return impl().shape.size(); }
  std::int64_t numel() const { return impl().numel; }
  std::int64_t ndimension() const { return dim(); }
  DType dtype() const { return impl().dtype; }
  DType scalar_type() const { return dtype(); }
  Device device() const { return kCPU; }
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  /// What makes a tensor like this one: zeros({2}, x.options()).
  TensorOptions options() const { return {.dtype = dtype(), .requires_grad = requires_grad()}; }
  std::int64_t element_size() const { return static_cast<std::int64_t>(size_of(dtype())); }
  std::int64_t nbytes() const { return numel() * element_size(); }
  const Shape& strides() const { return impl().strides; }
  std::int64_t stride(Dim dim) const;
  bool is_contiguous() const { return impl().contiguous; }
  bool is_floating_point() const { return is_floating(dtype()); }

  // autograd
  bool requires_grad() const {
    return impl().base && impl_->view_kind == detail::ViewKind::recorded ? current().requires_grad
                                                                         : impl_->requires_grad;
  }
  /// Marks a leaf as one whose gradient is wanted (or not); floating point only.
  const Tensor& requires_grad_(bool requires_grad = true) const;
  const Tensor& set_requires_grad(bool requires_grad) const { return requires_grad_(requires_grad); }
  bool is_leaf() const { return !current().node; }
  /// The accumulated gradient; undefined before a backward.
  Tensor grad() const;
  void set_grad(const Tensor& grad) const;
  /// As PyTorch 2: resets the gradient to undefined.
  void zero_grad() const { set_grad(Tensor()); }
  /// Keeps the gradient of a tensor that is not a leaf.
  void retain_grad() const;
  /// `hook(gradient)` runs when this tensor's gradient is final; a defined result replaces it. Gives an id.
  std::size_t register_hook(Hook hook) const;
  void remove_hook(std::size_t id) const;
  /// Accumulates into the .grad() of every leaf this tensor depends on. Without `gradient` it must be a
  /// scalar.
  void backward() const;
  void backward(const Tensor& gradient) const;
  void backward(const Tensor& gradient, const BackwardOptions& options) const;
  void backward(const BackwardOptions& options) const;
  // tensors of this one's dtype, unless the options name another
  Tensor new_empty(const Shape& shape, const TensorOptions& options = {}) const;
  Tensor new_zeros(const Shape& shape, const TensorOptions& options = {}) const;
  Tensor new_ones(const Shape& shape, const TensorOptions& options = {}) const;
  Tensor new_full(const Shape& shape, Scalar value, const TensorOptions& options = {}) const;
  Tensor new_tensor(const TensorData& data, const TensorOptions& options = {}) const;
  Tensor detach() const;  ///< the same storage without history
  std::uint32_t version() const { return impl().storage->version.load(std::memory_order_relaxed); }
  /// The name of the op that gave this tensor, "" for a leaf.
  std::string grad_fn() const;

  // values
  Tensor clone() const;
  Tensor contiguous() const;  ///< itself where it is contiguous
  Tensor to(DType dtype) const;
  Tensor to(const Tensor& other) const { return to(other.dtype()); }
  Tensor to(const Device& device) const;  ///< itself; an Error where the device is not the CPU
  Tensor to(const Device& device, DType dtype) const { return to(device).to(dtype); }
  Tensor cpu() const { return to(kCPU); }
  Tensor cuda() const { return to(kCUDA); }
  Tensor toType(DType dtype) const { return to(dtype); }  // NOLINT: PyTorch's spelling
  Tensor type_as(const Tensor& other) const { return to(other.dtype()); }
  Tensor view(const Shape& shape) const;  ///< as reshape, but an Error where it would copy
  Tensor view_as(const Tensor& other) const { return view(other.shape()); }
  Tensor reshape_as(const Tensor& other) const { return reshape(other.shape()); }
  /// Broadcasts without a copy; -1 keeps a size.
  Tensor expand(const Shape& shape) const;
  Tensor expand_as(const Tensor& other) const { return expand(other.shape()); }
  /// Windows of `size` elements along `dimension`, one every `step`: a view, whose last dim is the window's.
  Tensor unfold(Dim dimension, std::int64_t size, std::int64_t step) const;
  Tensor operator[](std::int64_t index) const { return select(0, index); }
  /// x.index({index}): a Slice, None, Ellipsis, a tensor of integers or a mask.
  Tensor operator[](const TensorIndex& index) const;
  template <class T>
  requires(std::same_as<T, bool> || std::floating_point<T>) Tensor operator[](T index) const;

  /// The value of a tensor of one element; an Error where T does not hold it (NaN as an integer, say).
  template <class T = double>
  T item() const {
    return item_scalar().checked<T>("item");
  }
  Tensor data() const { return detach(); }
  /// Pointer to the first element of a contiguous tensor; T must be its element type.
  template <class T>
  T* data() const {
    if (!impl_ || impl_->dtype != dtype_of<T>() || !impl_->contiguous) [[unlikely]]
      refuse_data(dtype_of<T>());
    return reinterpret_cast<T*>(impl_->storage->data()) + impl_->offset;
  }
  template <class T>
  T* data_ptr() const {
    return data<T>();
  }
  /// a[i][j] of a tensor of N dims, whose element type is T, any strides.
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() const& {
    const detail::TensorImpl& impl = checked_for_accessor(dtype_of<T>(), static_cast<int>(N));
    return {reinterpret_cast<T*>(raw()), impl.shape.begin(), impl.strides.begin()};
  }
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() && = delete;  // would outlive the tensor
  /// The elements in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const {
    const Tensor dense = detach().to(dtype_of<T>()).contiguous();
    return std::vector<T>(dense.data<T>(), dense.data<T>() + dense.numel());
  }

  // in place; on a leaf that requires grad only under NoGradGuard
  const Tensor& add_(const Tensor& b, Scalar alpha = 1) const;  ///< x += alpha b
  const Tensor& sub_(const Tensor& b, Scalar alpha = 1) const;  ///< x -= alpha b
  const Tensor& add_(const Tensor& b, const AlphaOptions& options) const { return add_(b, options.alpha); }
  const Tensor& sub_(const Tensor& b, const AlphaOptions& options) const { return sub_(b, options.alpha); }
  const Tensor& mul_(const Tensor& b) const;
  const Tensor& div_(const Tensor& b) const;
  const Tensor& add_(Scalar b) const;
  const Tensor& sub_(Scalar b) const;
  const Tensor& mul_(Scalar b) const;
  const Tensor& div_(Scalar b) const;
  const Tensor& div_(const Tensor& b, const DivOptions& options) const;
  const Tensor& div_(Scalar b, const DivOptions& options) const;
  const Tensor& operator+=(const Tensor& b) const { return add_(b); }
  const Tensor& operator-=(const Tensor& b) const { return sub_(b); }
  const Tensor& operator*=(const Tensor& b) const { return mul_(b); }
  const Tensor& operator/=(const Tensor& b) const { return div_(b); }
  const Tensor& operator+=(Scalar b) const { return add_(b); }
  const Tensor& operator-=(Scalar b) const { return sub_(b); }
  const Tensor& operator*=(Scalar b) const { return mul_(b); }
  const Tensor& operator/=(Scalar b) const { return div_(b); }
  const Tensor& copy_(const Tensor& source) const;  ///< broadcasts and converts
  const Tensor& fill_(Scalar value) const;
  const Tensor& fill_(const Tensor& value) const;  ///< of one element and no dims
  const Tensor& zero_() const { return fill_(0); }
  // what the ops of these names without the underscore give, written over x
  const Tensor& index_put_(const detail::IndexList& indices, const Tensor& values,
                           bool accumulate = false) const;
  const Tensor& index_put_(const detail::IndexList& indices, Scalar value, bool accumulate = false) const;
  const Tensor& index_add_(Dim dim, const Tensor& index, const Tensor& src, Scalar alpha = 1) const;
  const Tensor& index_add_(Dim dim, const Tensor& index, const Tensor& src,
                           const AlphaOptions& options) const {
    return index_add_(dim, index, src, options.alpha);
  }
  const Tensor& index_copy_(Dim dim, const Tensor& index, const Tensor& src) const;
  const Tensor& index_fill_(Dim dim, const Tensor& index, Scalar value) const;
  const Tensor& index_fill_(Dim dim, const Tensor& index, const Tensor& value) const;
  const Tensor& put_(const Tensor& index, const Tensor& source, bool accumulate = false) const;
  const Tensor& masked_fill_(const Tensor& mask, Scalar value) const;
  const Tensor& masked_fill_(const Tensor& mask, const Tensor& value) const;
  const Tensor& masked_scatter_(const Tensor& mask, const Tensor& source) const;
  const Tensor& scatter_(Dim dim, const Tensor& index, const Tensor& src) const;
  const Tensor& scatter_(Dim dim, const Tensor& index, Scalar value) const;
  const Tensor& scatter_add_(Dim dim, const Tensor& index, const Tensor& src) const;
  const Tensor& scatter_reduce_(Dim dim, const Tensor& index, const Tensor& src, std::string_view reduce,
                                bool include_self = true) const;
  const Tensor& scatter_reduce_(Dim dim, const Tensor& index, const Tensor& src, std::string_view reduce,
                                const ScatterReduceOptions& options) const {
    return scatter_reduce_(dim, index, src, reduce, options.include_self);
  }
  // the shape in place: as the view of that name, but the tensor itself
  const Tensor& squeeze_() const;
  const Tensor& squeeze_(Dim dim) const;
  const Tensor& unsqueeze_(Dim dim) const;
  const Tensor& transpose_(Dim dim0, Dim dim1) const;
  const Tensor& t_() const;
  const Tensor& swapaxes_(Dim axis0, Dim axis1) const { return transpose_(axis0, axis1); }
  const Tensor& swapdims_(Dim dim0, Dim dim1) const { return transpose_(dim0, dim1); }
  /// Leaves the history behind, which makes it a leaf; an Error on a view.
  const Tensor& detach_() const;
  const Tensor& clamp_(std::optional<Scalar> min, std::optional<Scalar> max = {}) const;
  const Tensor& clamp_(const ClampOptions& options) const { return clamp_(options.min, options.max); }
  const Tensor& tril_(std::int64_t diagonal = 0) const;
  const Tensor& triu_(std::int64_t diagonal = 0) const;
  const Tensor& cumsum_(Dim dim) const;
  const Tensor& cumprod_(Dim dim) const;
  const Tensor& addmm_(const Tensor& a, const Tensor& b, const ProductOptions& options = {}) const;
  const Tensor& addmv_(const Tensor& a, const Tensor& v, const ProductOptions& options = {}) const;
  const Tensor& addr_(const Tensor& a, const Tensor& b, const ProductOptions& options = {}) const;
  const Tensor& baddbmm_(const Tensor& a, const Tensor& b, const ProductOptions& options = {}) const;
  const Tensor& addbmm_(const Tensor& a, const Tensor& b, const ProductOptions& options = {}) const;
  const Tensor& clamp_(const Tensor& min, const Tensor& max) const;
  const Tensor& addmm_(const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1) const {
    return addmm_(a, b, {.beta = beta, .alpha = alpha});
  }
  const Tensor& addmv_(const Tensor& a, const Tensor& v, Scalar beta, Scalar alpha = 1) const {
    return addmv_(a, v, {.beta = beta, .alpha = alpha});
  }
  const Tensor& addr_(const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1) const {
    return addr_(a, b, {.beta = beta, .alpha = alpha});
  }
  const Tensor& baddbmm_(const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1) const {
    return baddbmm_(a, b, {.beta = beta, .alpha = alpha});
  }
  const Tensor& addbmm_(const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha = 1) const {
    return addbmm_(a, b, {.beta = beta, .alpha = alpha});
  }
  const Tensor& clip_(std::optional<Scalar> min, std::optional<Scalar> max = {}) const {
    return clamp_(min, max);
  }
  const Tensor& clip_(const ClampOptions& options) const { return clamp_(options); }
  const Tensor& clip_(const Tensor& min, const Tensor& max) const { return clamp_(min, max); }
  const Tensor& fill_diagonal_(Scalar value) const;  ///< of a matrix
  const Tensor& uniform_(double from = 0, double to = 1, Generator* generator = nullptr) const;
  const Tensor& normal_(double mean = 0, double std = 1, Generator* generator = nullptr) const;

  // for ops and kernels
  explicit Tensor(detail::IntrusivePtr<detail::TensorImpl> impl) : impl_(std::move(impl)) {}
  detail::TensorImpl& impl() const {
    if (!impl_) [[unlikely]]
      throw_undefined();
    return *impl_;
  }
  const detail::IntrusivePtr<detail::TensorImpl>& pointer() const { return impl_; }
  bool is_same(const Tensor& other) const { return impl_ == other.impl_; }
  /// Another handle's worth of the same view, without history.
  Tensor alias() const;
  /// Another strided view of the same storage, without history. `offset` is absolute, in elements.
  Tensor alias(const Shape& shape, const Shape& strides, std::int64_t offset) const;
  /// The address of the first element, whatever the dtype and strides.
  std::byte* raw() const {
    return impl_->storage->data() + impl_->offset * static_cast<std::int64_t>(size_of(impl_->dtype));
  }

 private:
  [[noreturn]] static void throw_undefined();
  [[noreturn]] void refuse_data(DType asked) const;
  Scalar item_scalar() const;
  const detail::TensorImpl& checked_for_accessor(DType asked, int dims) const;
  /// With its history up to date.
  const detail::TensorImpl& current() const {
    impl().renew_history("autograd");
    return *impl_;
  }

  detail::IntrusivePtr<detail::TensorImpl> impl_;
};

namespace op {

/// An operand of an operator or a kernel. One that was given as an rvalue is about to die: where nothing else
/// sees its buffer, the result may be written over it.
class Operand {
 public:
  Operand(const Tensor& x) : tensor_(&x) {}            // NOLINT: implicit, so that a + b takes tensors
  Operand(Tensor&& x) : tensor_(&x), expiring_(&x) {}  // NOLINT: as above
  operator const Tensor&() const { return *tensor_; }  // NOLINT: and kernels read them
  const Tensor* operator->() const { return tensor_; }
  bool is_expiring() const { return expiring_ != nullptr; }

  /// Whether a result of the same shape and dtype may be written over the values.
  bool is_overwritable() const {
    if (!expiring_) return false;
    const detail::TensorImpl& impl = tensor_->impl();
    return impl.references.is_one() && impl.storage->references.is_one() && impl.contiguous && !impl.base &&
           !impl.meta;
  }
  /// The tensor itself, without its history; for one that is overwritable.
  Tensor take() const {
    expiring_->impl().drop_history();
    return std::move(*expiring_);
  }

 private:
  const Tensor* tensor_;
  Tensor* expiring_ = nullptr;  // where given as an rvalue
};

}  // namespace op

struct ValuesIndices {
  Tensor values;
  Tensor indices;

  auto tied() { return std::tie(values, indices); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return detail::unpacked<T...>(tied());
  }
};

namespace detail {
/// A new contiguous tensor with undefined contents: what kernels write into.
Tensor make_tensor(const Shape& shape, DType dtype);
/// One of the shape and dtype of a contiguous x.
Tensor make_tensor_like(const Tensor& x);
/// A new view of a storage.
Tensor over_storage(StoragePtr storage, DType dtype, const Shape& shape, const Shape& strides);
/// x with what the options say beyond the dtype.
Tensor finished(const Tensor& x, const TensorOptions& options);
/// A 0-d tensor of `dtype`.
Tensor scalar_tensor(Scalar value, DType dtype);
/// Copies `count` elements of `dtype` from `data`.
Tensor from_data(const void* data, DType dtype, const Shape& shape, const TensorOptions& options);
}  // namespace detail

/// numpy-like text, with the dtype (unless float32) and requires_grad.
std::string to_string(const Tensor& x);
std::ostream& operator<<(std::ostream& out, const Tensor& x);

template <std::integral I>
Tensor empty(std::initializer_list<I> shape) {
  return empty(Shape(shape.begin(), shape.end()));
}

template <Number T>
Tensor from_vector(const std::vector<T>& values, const Shape& shape, const TensorOptions& options) {
  if constexpr (is_element_type<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, std::int32_t>) {
    check(shape.numel() == static_cast<std::int64_t>(values.size()),
          "from_vector: {} values do not fill shape {}", values.size(), shape);
    return detail::from_data(values.data(), dtype_of<T>(), shape, options);
  } else if constexpr (std::is_same_v<T, bool>) {
    TensorOptions as_bool = options;
    as_bool.dtype = options.dtype.value_or(kBool);
    return from_vector(std::vector<std::uint8_t>(values.begin(), values.end()), shape, as_bool);
  } else {
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    return from_vector(std::vector<Wide>(values.begin(), values.end()), shape, options);
  }
}

}  // namespace xtape

template <>
struct fmt::formatter<xtape::Tensor> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const xtape::Tensor& x, Context& context) const {
    return write(xtape::to_string(x), context);
  }
};

#include "autograd/tensor/search_options.hpp"  // what these take is made of tensors
#include "autograd/tensor/tensor_index.hpp"
