// Whole .safetensors files.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "files/state_dict.hpp"
#include "io/input.hpp"

namespace xtape::detail {

/// Reads the tensors in the order of the file. Throws, naming the file and the fault, unless the whole file
/// is as the format wants it.
StateDict read_safetensors(io::SizedInput& input);

/// Writes the file whole or not at all.
void write_safetensors(const StateDict& dict, const std::filesystem::path& path,
                       const std::map<std::string, std::string>& metadata);

}  // namespace xtape::detail
