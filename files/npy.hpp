// Arrays as files of numpy: .npy holds one, .npz several by their names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "autograd/tensor/tensor.hpp"
#include "files/state_dict.hpp"
#include "io/files.hpp"

namespace xtape {

/// Writes x as `numpy.save` does, to exactly this path. The file appears whole or not at all.
void save_npy(const std::string& path, const Tensor& x);

/// Reads an array, from a file or memory, of any byte order and memory order, of the format's versions 1.0
/// to 3.0. float16 becomes float32; int8, int16, int32, uint16, uint32 and uint64 become int64. Throws,
/// naming the file and the fault, where it holds other elements, is damaged, or goes on behind the array.
Tensor load_npy(const io::Source& source);

struct SaveNpzOptions {
  bool compressed = false;  ///< as numpy.savez_compressed does
};

/// Writes the values under their names as `numpy.savez` does; `numpy.load(path)["0.weight"]` gives one. The
/// file appears whole or not at all.
void save_npz(const std::string& path, const StateDict& dict, const SaveNpzOptions& options = {});

struct LoadNpzOptions {
  /// The most that the entries may unpack to, together; by default 256 MiB, or 64 times the file if that is
  /// more.
  std::optional<std::uint64_t> max_bytes = {};
};

/// Reads every array of an archive, from a file or memory, stored or compressed, in its order. Throws as
/// load_npy does, and where the archive unpacks to too many bytes.
StateDict load_npz(const io::Source& source, const LoadNpzOptions& options = {});

}  // namespace xtape
