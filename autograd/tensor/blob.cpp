// Tensors over memory of others.
#include "autograd/tensor/blob.hpp"

namespace xtape {

using namespace detail;

namespace {

/// One byte has no other alignment or value than any.
bool contradicts(DType dtype, std::optional<DType> promised) {
  return promised && promised != kUInt8 && promised != dtype;
}

}  // namespace

Tensor detail::borrow(void* data, std::optional<DType> type_of_data, const Shape& shape, const Shape* strides,
                      Deleter deleter, const TensorOptions& options) {
  const DType dtype = options.dtype.value_or(type_of_data.value_or(kFloat32));
  check(!contradicts(dtype, type_of_data), "from_blob: the pointer is to {}, and the options ask for {}",
        type_of_data.value_or(dtype), dtype);
  bool has_elements = true;
  for (const std::int64_t size : shape) {
    check(size >= 0, "from_blob: a tensor cannot have the shape {}: sizes are not negative", shape);
    has_elements = has_elements && size > 0;
  }
  check(data || !has_elements, "from_blob: the pointer is null, but shape {} has elements", shape);
  check(reinterpret_cast<std::uintptr_t>(data) % size_of(dtype) == 0,
        "from_blob: the pointer is not aligned for {}: its address is not a multiple of {}", dtype,
        size_of(dtype));
  const Shape steps = strides ? *strides : contiguous_strides(shape);
  check(steps.size() == shape.size(), "from_blob: strides {} do not fit shape {}: expected one for each dim",
        steps, shape);
  for (const std::int64_t step : steps)
    check(step >= 0, "from_blob: strides {} are negative; flip() the tensor instead", steps);
  const Tensor x = over_storage(borrow_storage(data, std::move(deleter)), dtype, shape, steps);
  return finished(x, options);
}

}  // namespace xtape
