// Files of torch.save: the zip archive that PyTorch writes since 1.6, and the row of pickles before it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "files/state_dict.hpp"
#include "io/input.hpp"
#include "io/zip/reader.hpp"

namespace xtape::detail {

/// Whether an archive is one of torch.save's or of torch.jit.save's.
bool is_torch_archive(const std::vector<io::ZipEntry>& entries);
/// Whether a file that begins so is one of torch.save's before PyTorch 1.6.
bool is_torch_legacy(std::string_view beginning);

/// Reads the tensors of the branch `key`, or all, under the names that for_each_torch_tensor gives them.
/// Those that share a storage in the file share one here.
StateDict read_torch_archive(io::SizedInput& input, const std::vector<io::ZipEntry>& entries,
                             const std::string& key);
StateDict read_torch_legacy(io::SizedInput& input, const std::string& key);

/// Writes an OrderedDict of tensors as PyTorch 2 does, or the tensor itself where its name is "". The file
/// appears whole or not at all.
void write_torch(const StateDict& dict, const std::filesystem::path& path);

}  // namespace xtape::detail
