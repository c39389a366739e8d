// .safetensors files: the length of the header, the header, and the tensors one after another.
#include "files/safetensors.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "files/detail/safetensors_format.hpp"
#include "files/detail/safetensors_header.hpp"
#include "io/atomic_file.hpp"
#include "io/guard.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"

namespace xtape {

namespace {

detail::ElementType type_of(DType dtype) {
  switch (dtype) {
    case kBool: return detail::ElementType::boolean;
    case kUInt8: return detail::ElementType::uint8;
    case kInt8: return detail::ElementType::int8;
    case kInt16: return detail::ElementType::int16;
    case kInt32: return detail::ElementType::int32;
    case kInt64: return detail::ElementType::int64;
    case kFloat32: return detail::ElementType::float32;
    case kFloat64: return detail::ElementType::float64;
  }
  __builtin_unreachable();
}

using NamedTensor = StateDict::value_type;

/// As the reference implementation: by dtype, the last of ElementType first, so that each tensor's data is
/// aligned.
std::vector<NamedTensor> in_file_order(const StateDict& dict, const std::string& file) {
  std::vector<NamedTensor> tensors(dict.begin(), dict.end());
  for (const auto& [name, value] : tensors)
    check(value.defined(), "{}: tensor \"{}\" is undefined", file, name);
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) {
    return std::pair(type_of(b.second.dtype()), a.first) < std::pair(type_of(a.second.dtype()), b.first);
  });
  return tensors;
}

std::uint64_t byte_count(const Tensor& x) {
  return static_cast<std::uint64_t>(x.numel()) * size_of(x.dtype());
}

std::string make_header(const std::vector<NamedTensor>& tensors,
                        const std::map<std::string, std::string>& metadata, const std::string& file) {
  detail::SafetensorsHeader header{.metadata = metadata};
  std::uint64_t begin = 0;
  for (const auto& [name, value] : tensors) {
    const std::uint64_t end = begin + byte_count(value);
    header.entries.push_back({name, type_of(value.dtype()), value.shape(), begin, end});
    begin = end;
  }
  const std::string json = detail::safetensors_json(header, file);
  check(json.size() <= detail::kMaxSafetensorsHeader,
        "{}: the header has {} bytes; readers accept at most {}", file, json.size(),
        detail::kMaxSafetensorsHeader);
  std::string bytes;
  io::put(bytes, std::uint64_t{json.size()});
  return bytes + json;
}

}  // namespace

StateDict detail::read_safetensors(io::SizedInput& input) {
  StateDict dict;
  for (const detail::SafetensorsEntry& entry : detail::read_safetensors_header(input).entries) {
    const std::string what = fmt::format("{}: tensor \"{}\"", input.name(), io::printable(entry.name));
    dict.insert(entry.name, detail::read_tensor(input, entry.type, entry.shape, what));
  }
  return dict;
}

void detail::write_safetensors(const StateDict& dict, const std::filesystem::path& path,
                               const std::map<std::string, std::string>& metadata) {
  const std::vector<NamedTensor> tensors = in_file_order(dict, path.string());
  const std::string header = make_header(tensors, metadata, path.string());
  io::AtomicFile file(path);
  file.write(header);
  for (const auto& [name, value] : tensors) {
    const Tensor dense = value.detach().contiguous();
    file.write(dense.raw(), static_cast<std::size_t>(byte_count(dense)));
  }
  file.commit();
}

std::map<std::string, std::string> load_metadata(const io::Source& source) {
  return io::read_from(source,
                       [](io::SizedInput& input) { return detail::read_safetensors_header(input).metadata; });
}

}  // namespace xtape
