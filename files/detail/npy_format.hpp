// One array as numpy writes it: magic string, version, a header that is a Python literal, the elements.
#pragma once

#include <string>
#include <string_view>

#include "files/detail/elements.hpp"
#include "io/input.hpp"

namespace xtape::detail {

struct NpyHeader {
  ElementType type = ElementType::float32;
  bool big_endian = false;
  bool fortran_order = false;
  Shape shape = {};
};

/// Parses {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }. Throws, naming `file`, where it is
/// anything else, and where a tensor cannot hold the elements.
NpyHeader parse_npy_header(std::string_view text, const std::string& file);

/// What stands before the elements, byte for byte as numpy 1.24 writes it (version 1.0).
std::string npy_preamble(DType dtype, const Shape& shape);

/// Reads an array that takes all of the input, of version 1.0, 2.0 or 3.0.
Tensor read_npy(io::SizedInput& input);

}  // namespace xtape::detail
