// The numbers of the zip format (PKWARE's APPNOTE.TXT 6.3) that reader and writer share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace xtape::io::zip {

inline constexpr std::uint32_t kLocalHeader = 0x04034b50;
inline constexpr std::uint32_t kDirectoryHeader = 0x02014b50;
inline constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
inline constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
inline constexpr std::uint32_t kDirectoryEnd64Locator = 0x07064b50;

// Sizes without the names and extra fields that follow.
inline constexpr std::size_t kLocalHeaderSize = 30;
inline constexpr std::size_t kDirectoryHeaderSize = 46;
inline constexpr std::size_t kDirectoryEndSize = 22;
inline constexpr std::size_t kDirectoryEnd64Size = 56;
inline constexpr std::size_t kDirectoryEnd64LocatorSize = 20;

inline constexpr std::uint16_t kStored = 0, kDeflated = 8;                // methods
inline constexpr std::uint16_t kEncrypted = 1 << 0, kUtf8Name = 1 << 11;  // flags
inline constexpr std::uint16_t kExtra64 = 1;                              // the extra field with 64-bit sizes

// A 16- or 32-bit field of this value says that its number stands in a 64-bit field elsewhere.
inline constexpr std::uint16_t kElsewhere16 = 0xffff;
inline constexpr std::uint32_t kElsewhere32 = 0xffffffff;

}  // namespace xtape::io::zip
