// Numbers as files hold them: lowest byte first.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

namespace xtape::io {

// Tensors go to files as they stand in memory.
static_assert(std::endian::native == std::endian::little, "the file formats need a little-endian machine");

/// The number at `offset`, which the caller knows to lie within `bytes`.
template <std::unsigned_integral T>
T get(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <std::unsigned_integral T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace xtape::io
