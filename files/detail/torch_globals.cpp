// The list of PyTorch's own restricted reader (torch.load with weights_only).
#include "files/detail/torch_globals.hpp"

#include <map>
#include <vector>

namespace xtape::detail {

namespace {

using Meaning = TorchGlobal::Meaning;

struct Elements {
  std::string_view storage, dtype;
  std::optional<ElementType> type = {};
  std::uint64_t bytes = 0;  // where there is no type
};

/// Storages named after their elements, and the dtypes of these.
constexpr Elements kElements[] = {
    {"Bool", "bool", ElementType::boolean},
    {"Byte", "uint8", ElementType::uint8},
    {"Char", "int8", ElementType::int8},
    {"Short", "int16", ElementType::int16},
    {"Int", "int32", ElementType::int32},
    {"Long", "int64", ElementType::int64},
    {"Half", "float16", ElementType::float16},
    {"BFloat16", "bfloat16", ElementType::bfloat16},
    {"Float", "float32", ElementType::float32},
    {"Double", "float64", ElementType::float64},
    {"ComplexHalf", "complex32", {}, 4},
    {"ComplexFloat", "complex64", {}, 8},
    {"ComplexDouble", "complex128", {}, 16},
    {"QInt8", "qint8", {}, 1},
    {"QUInt8", "quint8", {}, 1},
    {"QInt32", "qint32", {}, 4},
    {"QUInt4x2", "quint4x2", {}, 1},
    {"QUInt2x4", "quint2x4", {}, 1},
};

/// Dtypes without a storage of their own.
constexpr Elements kDtypes[] = {
    {"", "uint16", ElementType::uint16},
    {"", "uint32", ElementType::uint32},
    {"", "uint64", ElementType::uint64},
    {"", "float8_e4m3fn"},
    {"", "float8_e4m3fnuz"},
    {"", "float8_e5m2"},
    {"", "float8_e5m2fnuz"},
    {"", "float8_e8m0fnu"},
    {"", "float4_e2m1fn_x2"},
    {"", "bits8"},
    {"", "bits16"},
    {"", "bits1x8"},
    {"", "bits2x4"},
    {"", "bits4x2"},
};

struct Named {
  std::string_view name;
  Meaning meaning;
};

constexpr Named kOthers[] = {
    {"torch._utils._rebuild_tensor", Meaning::rebuild_tensor},
    {"torch._utils._rebuild_tensor_v2", Meaning::rebuild_tensor},
    {"torch._utils._rebuild_tensor_v3", Meaning::rebuild_typed},
    {"torch._utils._rebuild_parameter", Meaning::rebuild_parameter},
    {"torch._utils._rebuild_parameter_with_state", Meaning::rebuild_parameter},
    {"torch.nn.parameter.Parameter", Meaning::rebuild_parameter},
    {"torch._tensor._rebuild_from_type_v2", Meaning::rebuild_from_type},
    {"torch.Tensor", Meaning::other_tensor},
    {"torch._utils._rebuild_qtensor", Meaning::other_tensor},
    {"torch._utils._rebuild_sparse_tensor", Meaning::other_tensor},
    {"torch._utils._rebuild_sparse_csr_tensor", Meaning::other_tensor},
    {"torch._utils._rebuild_meta_tensor_no_storage", Meaning::other_tensor},
    {"torch._utils._rebuild_wrapper_subclass", Meaning::other_tensor},
    {"torch._utils._rebuild_device_tensor_from_numpy", Meaning::other_tensor},
    {"torch._utils._rebuild_device_tensor_from_cpu_tensor", Meaning::other_tensor},
    {"collections.OrderedDict", Meaning::mapping},
    {"collections.Counter", Meaning::mapping},
    {"torch.Size", Meaning::size},
    {"torch.device", Meaning::other},
    {"torch.serialization._get_layout", Meaning::other},
    {"torch.per_tensor_affine", Meaning::other},
    {"torch.per_tensor_symmetric", Meaning::other},
    {"torch.per_channel_affine", Meaning::other},
    {"torch.per_channel_symmetric", Meaning::other},
    {"torch.per_channel_affine_float_qparams", Meaning::other},
    {"_codecs.encode", Meaning::other},
    {"builtins.bytearray", Meaning::other},
    {"builtins.complex", Meaning::other},
    {"builtins.set", Meaning::other},
    {"__builtin__.bytearray", Meaning::other},  // as Python 2 called it
    {"__builtin__.complex", Meaning::other},
    {"__builtin__.set", Meaning::other},
};

std::vector<TorchGlobal> make_globals() {
  std::vector<TorchGlobal> all;
  const auto add = [&](std::string_view module, std::string_view name, Meaning meaning,
                       std::optional<ElementType> type = {}, std::uint64_t bytes = 0) {
    all.push_back({std::string(module) + std::string(name), meaning, type, type ? size_of(*type) : bytes});
  };
  for (const Elements& elements : kElements) {
    for (const char* module : {"torch.", "torch.cuda."}) {
      add(module, std::string(elements.storage) + "Storage", Meaning::storage, elements.type, elements.bytes);
      add(module, std::string(elements.storage) + "Tensor", Meaning::other_tensor);
    }
    add("torch.", elements.dtype, Meaning::dtype, elements.type);
  }
  for (const Elements& elements : kDtypes) add("torch.", elements.dtype, Meaning::dtype, elements.type);
  for (int bits = 1; bits < 8; ++bits) {
    add("torch.", "int" + std::to_string(bits), Meaning::dtype);
    add("torch.", "uint" + std::to_string(bits), Meaning::dtype);
  }
  // bytes, which a dtype beside them explains
  for (const char* module : {"torch.", "torch.storage."})
    add(module, "UntypedStorage", Meaning::storage, ElementType::uint8);
  for (const auto& [name, meaning] : kOthers) add("", name, meaning);
  return all;
}

const std::vector<TorchGlobal>& globals() {
  static const std::vector<TorchGlobal> all = make_globals();
  return all;
}

}  // namespace

std::optional<std::int64_t> find_torch_global(std::string_view name) {
  static const std::map<std::string_view, std::int64_t> numbers = [] {
    std::map<std::string_view, std::int64_t> result;
    for (std::size_t i = 0; i < globals().size(); ++i)
      result.emplace(globals()[i].name, static_cast<std::int64_t>(i));
    return result;
  }();
  const auto found = numbers.find(name);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

const TorchGlobal& torch_global(std::int64_t number) { return globals()[static_cast<std::size_t>(number)]; }

}  // namespace xtape::detail
