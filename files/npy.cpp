// .npy and .npz: an array is a preamble and its elements; an archive is a zip of such arrays.
#include "files/npy.hpp"

#include <string>

#include "files/detail/npy_format.hpp"
#include "io/atomic_file.hpp"
#include "io/file_kind.hpp"
#include "io/guard.hpp"
#include "io/utf8.hpp"
#include "io/zip/reader.hpp"
#include "io/zip/writer.hpp"

namespace xtape {

namespace {

constexpr std::string_view kExtension = ".npy";  // of the entries of an archive; names do without

std::string_view bytes_of(const Tensor& dense) {
  return {reinterpret_cast<const char*>(dense.raw()),
          static_cast<std::size_t>(dense.numel()) * size_of(dense.dtype())};
}

std::string name_of(const io::ZipEntry& entry, const std::string& file) {
  std::string name = entry.name;
  check(io::is_utf8(name), "{}: the name of an entry is not UTF-8", file);
  if (name.ends_with(kExtension)) name.resize(name.size() - kExtension.size());
  return name;
}

StateDict read_npz(io::SizedInput& input, const LoadNpzOptions& options) {
  const std::vector<io::ZipEntry> entries = io::read_zip_directory(input);
  io::check_unpacked_size(input, entries, options.max_bytes);
  for (const io::ZipEntry& entry : entries) {
    check(!entry.name.ends_with("data.pkl"), "{}: is {}; expected an archive of numpy arrays (.npz)",
          input.name(), io::kTorch);
  }
  StateDict dict;
  for (const io::ZipEntry& entry : entries) {
    const std::string name = name_of(entry, input.name());
    check(!dict.contains(name), "{}: the name \"{}\" appears twice", input.name(), io::printable(name));
    const std::vector<std::byte> bytes = io::read_zip_entry(input, entry);
    io::MemoryInput array(fmt::format("{}: {}", input.name(), io::printable(entry.name)), bytes);
    dict.insert(name, detail::read_npy(array));
  }
  return dict;
}

}  // namespace

void save_npy(const std::string& path, const Tensor& x) {
  check(x.defined(), "{}: save_npy: the tensor is undefined", path);
  const Tensor dense = x.detach().contiguous();
  io::AtomicFile file(path);
  file.write(detail::npy_preamble(dense.dtype(), dense.shape()));
  file.write(bytes_of(dense));
  file.commit();
}

Tensor load_npy(const io::Source& source) { return io::read_from(source, detail::read_npy); }

void save_npz(const std::string& path, const StateDict& dict, const SaveNpzOptions& options) {
  io::AtomicFile file(path);
  io::ZipWriter zip(file, {.compressed = options.compressed});
  for (const auto& [name, value] : dict) {
    check(value.defined(), "{}: tensor \"{}\" is undefined", file.name(), name);
    check(io::is_utf8(name) && name.find('\0') == std::string::npos,
          "{}: the name of a tensor is not UTF-8 or holds a zero byte", file.name());
    const Tensor dense = value.detach().contiguous();
    zip.add(name + std::string(kExtension), detail::npy_preamble(dense.dtype(), dense.shape()),
            bytes_of(dense));
  }
  zip.finish();
  file.commit();
}

StateDict load_npz(const io::Source& source, const LoadNpzOptions& options) {
  return io::read_from(source, [&](io::SizedInput& input) { return read_npz(input, options); });
}

}  // namespace xtape
