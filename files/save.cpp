// The door to the formats: content decides what is read, the extension what is written.
#include "files/save.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

#include "files/detail/branch.hpp"
#include "files/detail/safetensors_format.hpp"
#include "files/detail/torch_format.hpp"
#include "files/npy.hpp"
#include "io/file_kind.hpp"
#include "io/guard.hpp"
#include "io/zip/reader.hpp"

namespace xtape {

namespace {

constexpr std::string_view kModels = "a model (.safetensors, .npz or torch.save's)";

/// The entries of the branch, by their names within it.
StateDict branch_of(const StateDict& whole, const std::string& key, const std::string& file) {
  if (key.empty()) return whole;
  const detail::Branch branch(key);
  StateDict dict;
  for (const auto& [name, value] : whole) {
    if (branch.holds(name)) dict.insert(branch.name_within(name), value);
  }
  branch.check_found(dict, whole.keys(), file);
  return dict;
}

StateDict read_zip(io::SizedInput& input, const io::Source& source, const LoadOptions& options) {
  const std::vector<io::ZipEntry> entries = io::read_zip_directory(input);
  if (detail::is_torch_archive(entries)) return detail::read_torch_archive(input, entries, options.key);
  return branch_of(load_npz(source), options.key, input.name());
}

StateDict read_model(io::SizedInput& input, const io::Source& source, const LoadOptions& options) {
  const std::string front = input.beginning();
  const bool is_json = front.size() > 8 && front[8] == '{';  // a length may look like any other beginning
  if (front.starts_with("PK") && !is_json) return read_zip(input, source, options);
  if (detail::is_torch_legacy(front)) return detail::read_torch_legacy(input, options.key);
  if (!is_json) io::check_kind(front, input.name(), kModels);
  return branch_of(detail::read_safetensors(input), options.key, input.name());
}

}  // namespace

void save(const StateDict& dict, const std::string& path, const SaveOptions& options) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".safetensors") return detail::write_safetensors(dict, path, options.metadata);
  check(options.metadata.empty(), "save: {}: only .safetensors files hold metadata", path);
  if (extension == ".pt" || extension == ".pth") return detail::write_torch(dict, path);
  if (extension == ".npz") return save_npz(path, dict);
  throw Error(fmt::format("save: {} has the extension \"{}\"; known are .safetensors, .pt, .pth and .npz",
                          path, extension));
}

void detail::save_tensor(const Tensor& x, const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".npy") return save_npy(path, x);
  check(extension == ".pt" || extension == ".pth",
        "save: {} has the extension \"{}\"; of a tensor alone .pt, .pth and .npy are known", path, extension);
  write_torch({{"", x}}, path);
}

StateDict load(const io::Source& source, const LoadOptions& options) {
  return io::read_from(source, [&](io::SizedInput& input) { return read_model(input, source, options); });
}

void load(Tensor& x, const io::Source& source) {
  const std::string front = io::read_from(source, [](io::SizedInput& input) { return input.beginning(); });
  if (front.starts_with("\x93NUMPY")) {
    x = load_npy(source);
    return;
  }
  const StateDict dict = load(source);
  check(dict.size() == 1, "load: {} has {} tensors; expected one", source.name(), dict.size());
  x = dict.begin()->second;
}

}  // namespace xtape
