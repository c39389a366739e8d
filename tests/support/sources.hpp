// The text of the sources, so that a test can hold its own lists against what they declare.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace xtape::testing {

/// A file of the source tree.
std::string text_of(const std::filesystem::path& file);

/// What the group of `pattern` matches in the file, each time that it does.
std::vector<std::string> matches(const std::filesystem::path& file, const std::string& pattern);

/// The names of all classes of nn/optim that derive from `base`.
std::vector<std::string> source_classes(const std::string& base);

}  // namespace xtape::testing
