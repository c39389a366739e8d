// IDX, the format of the MNIST family: a big-endian magic number and sizes, then unsigned bytes. Plain or
// gzip.
#pragma once

#include <cstdint>
#include <optional>

#include "autograd/tensor/tensor.hpp"
#include "io/files.hpp"

namespace xtape::datasets {

struct ReadOptions {
  /// The most that a gzip file may unpack to; by default 256 MiB, or 64 times the file if that is more.
  std::optional<std::uint64_t> max_bytes = {};
};

/// uint8 {N, rows, columns} from an idx3 file of images, be it a file or memory. Throws where the magic
/// number is another one, where a size is 0, and where the file holds fewer or more bytes than its header
/// claims, or unpacks to too many.
Tensor read_idx_images(const io::Source& source, const ReadOptions& options = {});

/// int64 {N} from an idx1 file of labels; also throws on a label that is not below `classes`.
Tensor read_idx_labels(const io::Source& source, std::int64_t classes, const ReadOptions& options = {});

}  // namespace xtape::datasets
