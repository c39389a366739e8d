// from_blob: a tensor over memory that somebody else owns, an image's or a span's.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

using Deleter = std::function<void(void*)>;

namespace detail {

/// Without strides (nullptr), row-major. `type_of_data` is that of the pointer, none where it points to
/// bytes.
Tensor borrow(void* data, std::optional<DType> type_of_data, const Shape& shape, const Shape* strides,
              Deleter deleter, const TensorOptions& options);

/// The element type that a pointer to T promises; void*, char* and std::byte* promise none. uint8_t may be
/// raw bytes too, so that it promises nothing that another dtype breaks.
template <class T>
constexpr std::optional<DType> promised_dtype() {
  static_assert(
      !std::is_const_v<T>,
      "from_blob shares the memory, and a Tensor may be written: give a pointer to what is not const, or "
      "copy with from_vector");
  using Element = std::remove_const_t<T>;
  if constexpr (std::is_void_v<Element>) {
    return {};
  } else if constexpr (is_element_type<Element>) {
    return dtype_of<Element>();
  } else if constexpr (std::is_integral_v<Element> && std::is_signed_v<Element> && sizeof(Element) == 8) {
    return kInt64;  // long long
  } else {
    static_assert(sizeof(Element) == 1, "from_blob: no dtype has elements of this type");
    return {};
  }
}

}  // namespace detail

/// A tensor over the memory at `data`, without a copy: writes to either are seen by both. The memory must
/// live as long as the tensor and all its views; `deleter(data)` is called when the last of them is gone,
/// from any thread, and must not throw. `strides` count elements, and may be 0 but not negative. Without a
/// dtype in the options, the pointer's type gives it; from void*, char* and std::byte* it is float32, as in
/// PyTorch.
///
/// Throws Error where the dtype contradicts the type of the pointer, where the pointer is null or not aligned
/// for it, and where strides do not fit the shape.
template <class T>
Tensor from_blob(T* data, const Shape& shape, const TensorOptions& options = {}) {
  return detail::borrow(data, detail::promised_dtype<T>(), shape, nullptr, {}, options);
}
template <class T, std::same_as<DType> D>
Tensor from_blob(T* data, const Shape& shape, D dtype) {
  return from_blob(data, shape, TensorOptions{.dtype = dtype});
}
template <class T>
Tensor from_blob(T* data, const Shape& shape, const Shape& strides, const TensorOptions& options = {}) {
  return detail::borrow(data, detail::promised_dtype<T>(), shape, &strides, {}, options);
}
template <class T, std::same_as<DType> D>
Tensor from_blob(T* data, const Shape& shape, const Shape& strides, D dtype) {
  return from_blob(data, shape, strides, TensorOptions{.dtype = dtype});
}
template <class T, std::invocable<void*> F>
Tensor from_blob(T* data, const Shape& shape, F deleter, const TensorOptions& options = {}) {
  return detail::borrow(data, detail::promised_dtype<T>(), shape, nullptr, Deleter(std::move(deleter)),
                        options);
}
template <class T, std::invocable<void*> F, std::same_as<DType> D>
Tensor from_blob(T* data, const Shape& shape, F deleter, D dtype) {
  return from_blob(data, shape, std::move(deleter), TensorOptions{.dtype = dtype});
}
template <class T, std::invocable<void*> F>
Tensor from_blob(T* data, const Shape& shape, const Shape& strides, F deleter,
                 const TensorOptions& options = {}) {
  return detail::borrow(data, detail::promised_dtype<T>(), shape, &strides, Deleter(std::move(deleter)),
                        options);
}
template <class T, std::invocable<void*> F, std::same_as<DType> D>
Tensor from_blob(T* data, const Shape& shape, const Shape& strides, F deleter, D dtype) {
  return from_blob(data, shape, strides, std::move(deleter), TensorOptions{.dtype = dtype});
}

/// Over a span, which must have as many elements as the shape.
template <class T>
Tensor from_blob(std::span<T> data, const Shape& shape, const TensorOptions& options = {}) {
  check(shape.numel() == static_cast<std::int64_t>(data.size()),
        "from_blob: a span of {} elements does not fill shape {}", data.size(), shape);
  return from_blob(data.data(), shape, options);
}

}  // namespace xtape
