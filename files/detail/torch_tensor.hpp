// A tensor and a storage as a pickle of torch.save describes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "autograd/base/shape.hpp"
#include "files/detail/elements.hpp"
#include "files/detail/pickle.hpp"
#include "files/detail/torch_globals.hpp"

namespace xtape::detail {

/// ("storage", type, key, location, numel), and in files before PyTorch 1.6 a view of it (key, offset, numel)
/// or None.
struct TorchStorage {
  std::string_view key = {};
  const TorchGlobal* type = nullptr;
  std::int64_t numel = 0;   // of its type
  std::int64_t offset = 0;  // of the view
  std::int64_t held = 0;    // elements of the view; numel where there is none
};

/// Throws, naming `what`, where it is not a storage.
TorchStorage read_torch_storage(const PickleNode& persistent, const std::string& what);

struct TorchTensor {
  TorchStorage storage = {};
  ElementType type = ElementType::float32;  // of its elements
  std::int64_t numel = 0;                   // of the storage, in these elements
  std::int64_t offset = 0;                  // in elements, from the storage's front
  Shape shape = {}, strides = {};           // strides are row-major where there are no elements
};

/// What a global is called as, where the value is a call.
const TorchGlobal* callee_of(const PickleValue& value);

/// Whether the value is a tensor, of any kind.
bool is_torch_tensor(const PickleValue& value);

/// Reads a value that is a tensor. Throws, naming `what`, where it is of a kind that xtape has not, and where
/// it reaches beyond its storage.
TorchTensor read_torch_tensor(const PickleValue& value, const std::string& what);

}  // namespace xtape::detail
