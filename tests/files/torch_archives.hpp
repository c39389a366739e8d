// Files of torch.save put together from parts, for what no PyTorch writes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/zip/writer.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing::torch {

using Parts = std::map<std::string, std::string>;

/// A zip archive of these entries, in the folder "m".
inline std::string archive(const Parts& entries, const io::ZipOptions& options = {}) {
  const TemporaryFolder folder;
  io::AtomicFile file(folder / "x.pt");
  io::ZipWriter zip(file, options);
  for (const auto& [name, bytes] : entries) zip.add("m/" + name, bytes, "");
  zip.finish();
  file.commit();
  return contents_of(folder / "x.pt");
}

/// A file whose pickle does these instructions, with storages by their keys.
inline std::string file(const std::string& instructions, const Parts& storages = {}) {
  Parts entries{{"data.pkl", "\x80\x02" + instructions + "."}, {"version", "3\n"}};
  for (const auto& [key, bytes] : storages) entries["data/" + key] = bytes;
  return archive(entries);
}

inline std::string text(const std::string& value) {
  return "X" + little_endian(static_cast<std::uint32_t>(value.size())) + value;
}
inline std::string integer(std::int64_t value) { return std::string("\x8a\x08") + little_endian(value); }
inline std::string tuple(const std::vector<std::int64_t>& numbers) {
  std::string bytes = "(";
  for (const std::int64_t number : numbers) bytes += integer(number);
  return bytes + "t";
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
/// {key: value, ...}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string bytes = "}(";
  for (const auto& [key, value] : entries) bytes += key + value;
  return bytes + "u";
}

struct TensorParts {
  std::string storage = "FloatStorage";
  std::string key = "0";
  std::int64_t numel = 4, offset = 0;
  std::vector<std::int64_t> shape = {2, 2}, strides = {2, 1};
  std::string function = "_rebuild_tensor_v2";
  std::string more = {};  // arguments behind the hooks
};

/// The instructions for a tensor.
inline std::string tensor(const TensorParts& parts = {}) {
  return global("torch._utils", parts.function) + "((" + text("storage") + global("torch", parts.storage) +
         text(parts.key) + text("cpu") + integer(parts.numel) + "tQ" + integer(parts.offset) +
         tuple(parts.shape) + tuple(parts.strides) + "\x89" + global("collections", "OrderedDict") + ")R" +
         parts.more + "tR";
}

/// The bytes of float32 numbers 0, 1, ...
inline std::string floats(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += little_endian(static_cast<float>(i));
  return bytes;
}

inline StateDict loaded(const std::string& bytes, const LoadOptions& options = {}) {
  return load(io::Source(std::as_bytes(std::span(bytes)), "x.pt"), options);
}

}  // namespace xtape::testing::torch
