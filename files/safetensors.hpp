// .safetensors, a format in which weights move between PyTorch and xtape: what it has besides the tensors,
// which save and load write and read.
#pragma once

#include <map>
#include <string>

#include "files/save.hpp"
#include "io/files.hpp"

namespace xtape {

/// The texts beside the tensors of a .safetensors file; empty where there are none.
std::map<std::string, std::string> load_metadata(const io::Source& source);

}  // namespace xtape
