// The readers of files, from any input: a file, or memory. One array: npy_format.hpp.
#pragma once

#include "io/input.hpp"
#include "nn/files/npy.hpp"
#include "nn/state_dict.hpp"

namespace xtape::detail {

/// As load_npz.
StateDict read_npz(io::SizedInput& input, const LoadNpzOptions& options = {});

/// As load, of a .safetensors file.
StateDict read_safetensors(io::SizedInput& input);

}  // namespace xtape::detail
