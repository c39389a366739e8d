// Saving and loading named tensors: one door to all formats of models.
#pragma once

#include <concepts>
#include <map>
#include <string>

#include "files/state_dict.hpp"
#include "io/files.hpp"

namespace xtape {

struct SaveOptions {
  /// Texts beside the tensors of a .safetensors file, UTF-8. Some Python libraries ask for
  /// {{"format", "pt"}}.
  std::map<std::string, std::string> metadata = {};
};

/// Writes the values under their names, `save(model.state_dict(), "model.safetensors")`, in the format of the
/// extension:
///
///   .safetensors   which `safetensors.torch.load_file` reads. Tensors that share memory (tied weights) are
///                  stored once for each name. They are ordered as the reference implementation orders them:
///                  int64, float64, float32, int32, int16, int8, uint8, bool, and by name among each.
///   .pt, .pth      which `torch.load` reads, with weights_only too: an OrderedDict. Tensors that share
///                  memory go on sharing it.
///   .npz           as save_npz
///
/// The file appears whole or not at all: what stood there before survives a crash or a full disk.
///
/// Throws where the extension is another one, a tensor is undefined, a text is not UTF-8, metadata has no
/// place in the format, or the file cannot be written.
void save(const StateDict& dict, const std::string& path, const SaveOptions& options = {});

namespace detail {
void save_tensor(const Tensor& x, const std::string& path);
}

/// A lone tensor, as `torch.save(x, path)` (.pt, .pth) or `numpy.save(path, x)` (.npy) write it. Constrained,
/// so that save({}, path) means an empty dict.
template <std::same_as<Tensor> T>
void save(const T& x, const std::string& path) {
  detail::save_tensor(x, path);
}

struct LoadOptions {
  /// Takes only the tensors whose names begin with it and a dot, and leaves both away: of a checkpoint
  /// {"model": {...}, "epoch": 3}, "model" gives the weights.
  std::string key = "";
};

/// Reads a file, or bytes in memory, in the format that its content shows, whatever its name:
/// `model.load_state_dict(load("model.pt"))`. The formats are .safetensors, PyTorch's (torch.save of any
/// version since 0.4) and .npz. The order is that of the file.
///
/// What torch.save wrote may be nested in any way; keys and places are joined by dots ("state.0.exp_avg"), a
/// lone tensor has the name "", and what is not a tensor is left out. Tensors that share a storage in the
/// file share one here, with their strides. Nothing that a file of Python's names is executed.
///
/// float16 and bfloat16 become float32; uint16, uint32 and uint64 become int64. Throws, naming the file, the
/// tensor and the fault, for elements of other types, for quantised and sparse tensors, where a pickle names
/// what no state_dict needs, where nothing is found under the key, and where the file is damaged. Memory is
/// taken only for what the file holds.
StateDict load(const io::Source& source, const LoadOptions& options = {});

/// x becomes the one tensor of a file; an Error where there are more.
void load(Tensor& x, const io::Source& source);

}  // namespace xtape
