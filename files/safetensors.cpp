// .safetensors files: the length of the header, the header, and the tensors one after another.
#include "files/safetensors.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "files/detail/safetensors_header.hpp"
#include "io/atomic_file.hpp"
#include "io/guard.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"

namespace xtape {

namespace {

void check_extension(const std::filesystem::path& path, const char* op) {
  check(path.extension() == ".safetensors",
        "{}: {} has the extension \"{}\"; known is .safetensors (and .npz to {}_npz)", op, path.string(),
        path.extension().string(), op);
}

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

std::uint64_t bytes_of(const Tensor& x) { return static_cast<std::uint64_t>(x.numel()) * size_of(x.dtype()); }

std::string make_header(const std::vector<NamedTensor>& tensors, const SaveOptions& options,
                        const std::string& file) {
  detail::SafetensorsHeader header{.metadata = options.metadata};
  std::uint64_t begin = 0;
  for (const auto& [name, value] : tensors) {
    const std::uint64_t end = begin + bytes_of(value);
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

StateDict read_safetensors(io::SizedInput& input) {
  StateDict dict;
  for (const detail::SafetensorsEntry& entry : detail::read_safetensors_header(input).entries) {
    const std::string what = fmt::format("{}: tensor \"{}\"", input.name(), io::printable(entry.name));
    dict.insert(entry.name, detail::read_tensor(input, entry.type, entry.shape, what));
  }
  return dict;
}

}  // namespace

void save(const StateDict& dict, const std::filesystem::path& path, const SaveOptions& options) {
  check_extension(path, "save");
  const std::vector<NamedTensor> tensors = in_file_order(dict, path.string());
  const std::string header = make_header(tensors, options, path.string());
  io::AtomicFile file(path);
  file.write(header);
  for (const auto& [name, value] : tensors) {
    const Tensor dense = value.detach().contiguous();
    file.write(dense.raw(), static_cast<std::size_t>(bytes_of(dense)));
  }
  file.commit();
}

StateDict load(const io::Source& source) {
  if (source.is_file()) check_extension(source.name(), "load");
  return io::read_from(source, read_safetensors);
}

std::map<std::string, std::string> load_metadata(const io::Source& source) {
  if (source.is_file()) check_extension(source.name(), "load_metadata");
  return io::read_from(source,
                       [](io::SizedInput& input) { return detail::read_safetensors_header(input).metadata; });
}

}  // namespace xtape
