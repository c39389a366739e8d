// What the entries location, offset and length of a tensor say, and what is believed of it.
#include "onnx/detail/external_data.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "autograd/base/error.hpp"
#include "io/utf8.hpp"

namespace xtape::onnx::detail {

namespace fs = std::filesystem;

namespace {

/// The value of the last entry with this key, as protobuf has it of fields that come twice.
std::optional<std::string> entry(const proto::TensorProto& tensor, std::string_view key) {
  std::optional<std::string> found;
  for (const auto& candidate : tensor.external_data())
    if (candidate.key() == key) found = candidate.value();
  return found;
}

std::optional<std::uint64_t> number(const proto::TensorProto& tensor, std::string_view key,
                                    std::string_view what) {
  const std::optional<std::string> text = entry(tensor, key);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, fault] = std::from_chars(text->data(), end, value);
  check(fault == std::errc() && stopped == end,
        "{}: the {} of its external data is \"{}\"; expected a number", what, key, io::printable(*text));
  return value;
}

bool is_beneath(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::ranges::mismatch(folder, path);
  return in_folder == folder.end() && in_path != path.end();
}

}  // namespace

ExternalData::ExternalData(const io::Source& source) {
  if (!source.is_file()) return;
  const fs::path folder = fs::path(source.name()).parent_path();
  folder_ = folder.empty() ? fs::path(".") : folder;
}

fs::path ExternalData::path_of(const std::string& location, std::string_view what) const {
  const std::string shown = io::printable(location);
  check(folder_.has_value(),
        "{}: lies in the file \"{}\", and a model in memory has no folder; load it by its path", what, shown);
  const fs::path relative(location);
  const bool is_plain = !location.empty() && location.find('\0') == std::string::npos &&
                        relative.is_relative() &&
                        std::ranges::find(relative, fs::path("..")) == relative.end();
  check(is_plain, "{}: lies in \"{}\"; expected a relative path below the model's folder, without ..", what,
        shown);

  std::error_code fault;
  const fs::path folder = fs::canonical(*folder_, fault);
  check(!fault, "{}: the model's folder cannot be read: {}", what, fault.message());
  const fs::path path = fs::canonical(folder / relative, fault);
  check(!fault, "{}: its file \"{}\" cannot be read: {}", what, shown, fault.message());
  check(is_beneath(path, folder), "{}: its file \"{}\" is a link that leads out of the model's folder", what,
        shown);
  check(fs::is_regular_file(path, fault), "{}: \"{}\" is not a regular file", what, shown);
  check(fs::hard_link_count(path, fault) == 1,
        "{}: its file \"{}\" has another name elsewhere (a hard link); make it a copy", what, shown);
  return path;
}

std::unique_ptr<io::SizedInput> ExternalData::open(const proto::TensorProto& tensor, std::uint64_t bytes,
                                                   std::string_view what) const {
  const std::optional<std::string> location = entry(tensor, "location");
  check(location.has_value(), "{}: lies in another file, which is not named", what);
  const std::uint64_t offset = number(tensor, "offset", what).value_or(0);
  const std::optional<std::uint64_t> length = number(tensor, "length", what);
  check(!length || *length == bytes, "{}: has {} bytes of external data; its shape and type take {}", what,
        length.value_or(0), bytes);

  auto file = std::make_unique<io::FileInput>(path_of(*location, what));
  check(offset <= file->size() && bytes <= file->size() - offset,
        "{}: takes {} bytes from byte {} on of \"{}\", which has {}", what, bytes, offset,
        io::printable(*location), file->size());
  file->seek(offset);
  return file;
}

}  // namespace xtape::onnx::detail
