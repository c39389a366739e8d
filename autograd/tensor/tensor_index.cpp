// What a TensorIndex is made from.
#include "autograd/tensor/tensor_index.hpp"

#include <string_view>

namespace xtape {

TensorIndex::TensorIndex(std::nullopt_t) : value_(None) {}
TensorIndex::TensorIndex(EllipsisIndex all) : value_(all) {}
TensorIndex::TensorIndex(const char* text) : value_(Ellipsis) {
  check(std::string_view(text) == "...", "index: \"{}\" is not an index; the only text is \"...\"", text);
}
TensorIndex::TensorIndex(Slice slice) : value_(slice) {}
TensorIndex::TensorIndex(Tensor tensor) : value_(std::move(tensor)) {}
TensorIndex::TensorIndex(Whole all) : value_(all.value) {}
TensorIndex::TensorIndex(At at) : value_(at.value) {}

TensorIndex::TensorIndex(const TensorIndex&) = default;
TensorIndex::TensorIndex(TensorIndex&&) noexcept = default;
TensorIndex& TensorIndex::operator=(const TensorIndex&) = default;
TensorIndex& TensorIndex::operator=(TensorIndex&&) noexcept = default;
TensorIndex::~TensorIndex() = default;

}  // namespace xtape
