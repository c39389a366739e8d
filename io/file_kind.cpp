// Magic numbers, and the texts that a failed download leaves in the place of a file.
#include "io/file_kind.hpp"

#include <algorithm>
#include <cctype>

#include "autograd/base/error.hpp"
#include "io/little_endian.hpp"
#include "io/zip/format.hpp"

namespace xtape::io {

namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes, kind;
};

constexpr Magic kMagics[] = {
    {"\x93NUMPY"sv, "a numpy array (.npy)"},
    {"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."sv, kTorch},  // before PyTorch 1.6
    {"\x80\x02"sv, "a Python pickle"},
    {"\x80\x03"sv, "a Python pickle"},
    {"\x80\x04"sv, "a Python pickle"},
    {"\x80\x05"sv, "a Python pickle"},
    {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file (.h5)"},
    {"\x89PNG\r\n\x1a\n"sv, "a PNG image"},
    {"\xff\xd8\xff"sv, "a JPEG image"},
    {"GIF8"sv, "a GIF image"},
    {"\x1f\x8b"sv, "a gzip file"},
    {"BZh"sv, "a bzip2 file"},
    {"\xfd"
     "7zXZ\0"sv,
     "an xz file"},
    {"\x28\xb5\x2f\xfd"sv, "a Zstandard file"},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    {"GGUF"sv, "a GGUF file"},
    {"%PDF"sv, "a PDF document"},
    {"MATLAB 5.0 MAT-file"sv, "a MATLAB file (.mat)"},
    {"version https://git-lfs"sv, "a Git LFS pointer; `git lfs pull` fetches the file that it stands for"},
    {"\0\0\x08\x01"sv, "a file of IDX labels"},
    {"\0\0\x08\x03"sv, "a file of IDX images"},
};

/// A zip archive by the name of its first entry.
std::string_view kind_of_zip(std::string_view bytes) {
  if (bytes.size() < zip::kLocalHeaderSize) return "a zip archive";
  const std::string_view name = bytes.substr(zip::kLocalHeaderSize, get<std::uint16_t>(bytes, 26));
  if (name.ends_with("data.pkl")) return kTorch;
  return name.ends_with(".npy") ? "an archive of numpy arrays (.npz)" : "a zip archive";
}

/// The first `count` letters behind spaces, in lower case.
std::string first_letters(std::string_view bytes, std::size_t count) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  std::string letters(bytes.substr(0, count));
  for (char& c : letters) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

/// The length of a JSON text, and its first brace.
bool is_safetensors(std::string_view bytes) {
  return bytes.size() > 9 && bytes.substr(5, 3) == "\0\0\0"sv && bytes[8] == '{';
}

}  // namespace

std::string_view kind_of(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) return kind_of_zip(bytes);
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.kind;
  }
  if (bytes.size() > 262 && bytes.substr(257, 5) == "ustar") return kTar;
  if (is_safetensors(bytes)) return kSafetensors;
  const std::string letters = first_letters(bytes, 14);
  if (letters.starts_with("<!doctype html") || letters.starts_with("<html"))
    return "an HTML page, perhaps the error of a download";
  if (letters.starts_with("<?xml")) return "an XML text, perhaps the error of a download";
  return "";
}

void check_kind(std::string_view beginning, std::string_view name, std::string_view expected) {
  const std::string_view kind = kind_of(beginning);
  check(kind.empty(), "{}: is {}; expected {}", name, kind, expected);
}

}  // namespace xtape::io
