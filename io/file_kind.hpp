// What a file is, by its first bytes, for messages about files that are something else than asked for.
#pragma once

#include <string_view>

namespace xtape::io {

inline constexpr std::string_view kTorch = "a PyTorch checkpoint (torch.save)";
inline constexpr std::string_view kTar = "a tar archive";
inline constexpr std::string_view kSafetensors = "a .safetensors file";

/// "a PNG image", for example; empty where the bytes tell nothing. 512 bytes are enough for every kind.
std::string_view kind_of(std::string_view beginning);

/// Throws "<name>: is a PNG image; expected <expected>" where the kind is known.
void check_kind(std::string_view beginning, std::string_view name, std::string_view expected);

}  // namespace xtape::io
