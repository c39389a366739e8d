// Reading PNG files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "autograd/tensor/tensor.hpp"

namespace xtape::pictures::detail {

/// The pixels of a PNG file, uint8 {channels, H, W}: 1 for grey, 3 for colours, 0 for what the file has.
/// Throws an Error that names the file, `name`, where the bytes are none.
Tensor decode_png(std::string_view bytes, const std::string& name, std::int64_t channels);

}  // namespace xtape::pictures::detail
