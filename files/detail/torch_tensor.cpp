// The arguments of torch._utils._rebuild_tensor_v2 and its kin, and their checks.
#include "files/detail/torch_tensor.hpp"

#include <algorithm>

#include "autograd/base/error.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

using Kind = PickleValue::Kind;
using Meaning = TorchGlobal::Meaning;

namespace {

constexpr std::string_view kReadable = "what can be read are bool, and integers and floats of up to 8 bytes";

bool is_text(const PickleValue& value) { return value.is(Kind::text) || value.is(Kind::bytes); }

std::int64_t integer_of(const PickleValue& value, const std::string& what, std::string_view part) {
  check(value.is(Kind::integer) && value.integer >= 0, "{}: its {} is not an integer from 0 on", what, part);
  return value.integer;
}

/// A tuple, or a torch.Size of one.
Shape shape_of(PickleValue value, const std::string& what, std::string_view part) {
  if (const TorchGlobal* callee = callee_of(value); callee != nullptr && callee->meaning == Meaning::size) {
    const std::vector<PickleValue>& arguments = value.node->parts[1].node->items;
    check(arguments.size() == 1, "{}: its {} is not a tuple", what, part);
    value = arguments[0];
  }
  check(value.is(Kind::tuple) || value.is(Kind::list), "{}: its {} is not a tuple", what, part);
  const std::vector<PickleValue>& sizes = value.node->items;
  check(sizes.size() <= Shape::kMaxDims, "{}: its {} has {} numbers; a tensor has at most {} dims", what,
        part, sizes.size(), Shape::kMaxDims);
  Shape shape;
  for (const PickleValue& size : sizes) shape.push_back(integer_of(size, what, part));
  return shape;
}

const TorchGlobal* global_of(const PickleValue& value) {
  return value.is(Kind::global) ? &torch_global(value.integer) : nullptr;
}

struct Call {
  const TorchGlobal* callee;
  const std::vector<PickleValue>* arguments;
};

/// The call that makes the tensor within parameters and tensors with attributes.
Call innermost_call(const PickleValue& value, const std::string& what) {
  Call call{callee_of(value), &value.node->parts[1].node->items};
  for (int levels = 0; levels < 8; ++levels) {
    const std::vector<PickleValue>& arguments = *call.arguments;
    if (call.callee->meaning == Meaning::rebuild_parameter) {
      check(!arguments.empty() && is_torch_tensor(arguments[0]), "{}: is a parameter without a tensor", what);
      call = {callee_of(arguments[0]), &arguments[0].node->parts[1].node->items};
    } else if (call.callee->meaning == Meaning::rebuild_from_type) {
      check(arguments.size() >= 3 && arguments[0].is(Kind::global) && arguments[2].is(Kind::tuple),
            "{}: is a tensor of another type, without its arguments", what);
      call = {global_of(arguments[0]), &arguments[2].node->items};
    } else {
      return call;
    }
  }
  throw Error(fmt::format("{}: is a parameter of a parameter, many times", what));
}

/// How many elements the strides reach over; 0 where there are none.
std::int64_t reach_of(const TorchTensor& tensor, const std::string& what) {
  std::int64_t last = 0;
  for (int d = 0; d < tensor.shape.size(); ++d) {
    std::int64_t steps = 0;
    check(!__builtin_mul_overflow(tensor.shape[d] - 1, tensor.strides[d], &steps) &&
              !__builtin_add_overflow(last, steps, &last) && last < INT64_MAX,
          "{}: shape {} with strides {} is more than any memory holds", what, tensor.shape, tensor.strides);
  }
  return last + 1;
}

/// Takes the dtype's elements for those of the storage, whose bytes may be of no type.
void set_type(TorchTensor& tensor, const TorchGlobal& type, const std::string& what) {
  check(type.type.has_value(), "{}: holds elements of {}; {}", what, type.name, kReadable);
  tensor.type = *type.type;
  check(tensor.storage.type->type.has_value(), "{}: holds elements of {}; {}", what,
        tensor.storage.type->name, kReadable);
  const std::int64_t own = static_cast<std::int64_t>(size_of(*tensor.storage.type->type));
  const std::int64_t size = static_cast<std::int64_t>(size_of(tensor.type));
  check(own == size || own == 1, "{}: has elements of {} in a storage of {}", what, type.name,
        tensor.storage.type->name);
  check(own == size || tensor.storage.held == tensor.storage.numel, "{}: is a view of bytes", what);
  tensor.numel = tensor.storage.numel / (size / own);
}

/// Moves the tensor to its place in the whole storage. It has to lie within what it may see of that.
void place(TorchTensor& tensor, const std::string& what) {
  const bool is_empty = std::count(tensor.shape.begin(), tensor.shape.end(), 0) > 0;
  bytes_of(tensor.type, tensor.shape, what);  // throws for sizes that overflow
  if (is_empty) {
    tensor.offset = 0;
    tensor.strides = contiguous_strides(tensor.shape);
    return;
  }
  const std::int64_t held = std::min(tensor.storage.held, tensor.numel), reach = reach_of(tensor, what);
  check(tensor.offset <= held && reach <= held - tensor.offset,
        "{}: shape {} with strides {} from element {} on reaches beyond its storage, which holds {}", what,
        tensor.shape, tensor.strides, tensor.offset, held);
  tensor.offset += tensor.storage.offset;
}

}  // namespace

const TorchGlobal* callee_of(const PickleValue& value) {
  return value.is(Kind::call) ? global_of(value.node->parts[0]) : nullptr;
}

bool is_torch_tensor(const PickleValue& value) {
  const TorchGlobal* callee = callee_of(value);
  if (callee == nullptr) return false;
  switch (callee->meaning) {
    case Meaning::rebuild_tensor:
    case Meaning::rebuild_typed:
    case Meaning::rebuild_parameter:
    case Meaning::rebuild_from_type:
    case Meaning::other_tensor: return true;
    case Meaning::storage:
    case Meaning::dtype:
    case Meaning::mapping:
    case Meaning::size:
    case Meaning::other: return false;
  }
  __builtin_unreachable();
}

TorchStorage read_torch_storage(const PickleNode& persistent, const std::string& what) {
  const auto fits = [&](bool condition) {
    check(condition,
          "{}: refers to what is not a storage; expected (\"storage\", type, key, location, numel)", what);
  };
  const PickleValue& id = persistent.parts[0];
  fits(id.is(Kind::tuple) && id.node->items.size() >= 5 && id.node->items.size() <= 6);
  const std::vector<PickleValue>& parts = id.node->items;
  fits(is_text(parts[0]) && parts[0].text() == "storage" && is_text(parts[2]));
  TorchStorage storage{.key = parts[2].text(), .type = global_of(parts[1])};
  fits(storage.type != nullptr && storage.type->meaning == Meaning::storage);
  storage.numel = storage.held = integer_of(parts[4], what, "storage's size");
  if (parts.size() == 5 || parts[5].is(Kind::none)) return storage;

  fits(parts[5].is(Kind::tuple) && parts[5].node->items.size() == 3);
  const std::vector<PickleValue>& view = parts[5].node->items;
  storage.offset = integer_of(view[1], what, "view's offset");
  storage.held = integer_of(view[2], what, "view's size");
  check(storage.offset <= storage.numel && storage.held <= storage.numel - storage.offset,
        "{}: its view of {} elements from {} on reaches beyond the storage, which holds {}", what,
        storage.held, storage.offset, storage.numel);
  return storage;
}

TorchTensor read_torch_tensor(const PickleValue& value, const std::string& what) {
  const auto [callee, arguments] = innermost_call(value, what);
  const bool is_typed = callee->meaning == Meaning::rebuild_typed;
  check(is_typed || callee->meaning == Meaning::rebuild_tensor,
        "{}: is made by {}; what can be read are dense tensors, neither quantised nor sparse", what,
        callee->name);
  check(arguments->size() >= (is_typed ? 7u : 4u) && (*arguments)[0].is(Kind::persistent),
        "{}: {} has other arguments than a storage, its offset, sizes and strides", what, callee->name);

  TorchTensor tensor{.storage = read_torch_storage(*(*arguments)[0].node, what)};
  const TorchGlobal* type = is_typed ? global_of((*arguments)[6]) : tensor.storage.type;
  check(type != nullptr && (!is_typed || type->meaning == Meaning::dtype), "{}: has no dtype", what);
  set_type(tensor, *type, what);
  tensor.offset = integer_of((*arguments)[1], what, "offset");
  tensor.shape = shape_of((*arguments)[2], what, "shape");
  tensor.strides = shape_of((*arguments)[3], what, "strides");
  check(tensor.shape.size() == tensor.strides.size(), "{}: has shape {} and strides {}", what, tensor.shape,
        tensor.strides);
  place(tensor, what);
  return tensor;
}

}  // namespace xtape::detail
