// Saving and loading a StateDict as a .safetensors file, the format in which weights move between PyTorch and
// xtape.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "files/state_dict.hpp"
#include "io/files.hpp"

namespace xtape {

struct SaveOptions {
  /// Texts beside the tensors, UTF-8. Some Python libraries ask for {{"format", "pt"}}.
  std::map<std::string, std::string> metadata = {};
};

/// Writes the values under their names: `save(model.state_dict(), "model.safetensors")`. In Python,
/// `safetensors.torch.load_file` reads the file. Its tensors are ordered as the reference implementation
/// orders them: int64, float64, float32, int32, int16, int8, uint8, bool, and by name among each.
///
/// The file appears whole or not at all: what stood there before survives a crash or a full disk. Tensors
/// that share memory (tied weights) are stored once for each name, so that each name loads.
///
/// Throws where the extension is another one, a tensor is undefined, a text is not UTF-8, or the file cannot
/// be written.
void save(const StateDict& dict, const std::filesystem::path& path, const SaveOptions& options = {});

/// Reads what `save` or Python wrote, from a file or memory, in the order of the file:
/// `model.load_state_dict(load("model.safetensors"))`. float16 and bfloat16 become float32; int8, int16,
/// int32, uint16, uint32 and uint64 become int64.
///
/// Throws, naming the file and the fault, unless the whole file is as the format wants it. Memory is taken
/// only for what the file holds.
StateDict load(const io::Source& source);

/// The texts beside the tensors; empty where there are none.
std::map<std::string, std::string> load_metadata(const io::Source& source);

}  // namespace xtape
