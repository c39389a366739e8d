// The part of the tar format that a data set needs: regular files with short names, as ustar and its kin
// store them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/input.hpp"

namespace xtape::io {

/// One regular file of an archive. `read` may be called once.
struct TarMember {
  std::string name;  ///< without folders
  std::uint64_t size;
  std::function<std::vector<std::uint8_t>()> read;
};

/// Calls `visit` for each regular file and reads the archive to its end, so that a .tar.gz is checked as a
/// whole. Throws where `file` is not a tar archive, is damaged, or ends within a member.
void for_each_tar_member(Input& file, const std::function<void(const TarMember&)>& visit);

}  // namespace xtape::io
