// The globals of Python that a pickle of tensors may name, and what they mean to a reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "files/detail/elements.hpp"

namespace xtape::detail {

struct TorchGlobal {
  enum class Meaning : std::uint8_t {
    storage,  // the type of one
    dtype,
    rebuild_tensor,     // (storage, offset, size, stride, ...)
    rebuild_typed,      // the same with a dtype behind: _rebuild_tensor_v3
    rebuild_parameter,  // (tensor, ...)
    rebuild_from_type,  // (function, type, arguments of the function, state)
    other_tensor,       // one that xtape has not: sparse, quantised
    mapping,            // OrderedDict
    size,               // torch.Size
    other,              // of no consequence
  };

  std::string name;  ///< "torch.FloatStorage"
  Meaning meaning;
  std::optional<ElementType> type = {};  ///< of a storage or dtype whose elements can be read
  std::uint64_t element_bytes = 0;       ///< of a storage
};

/// The number of a global in torch_global, or nothing where it is not allowed.
std::optional<std::int64_t> find_torch_global(std::string_view name);
const TorchGlobal& torch_global(std::int64_t number);

}  // namespace xtape::detail
