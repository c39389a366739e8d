// The text of the sources, so that a test can hold its own lists against what they declare.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace xtape::testing {

/// A file of the source tree.
inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(std::filesystem::path(XTAPE_SOURCE_DIR) / file);
  std::stringstream text;
  text << in.rdbuf();
  BOOST_REQUIRE_MESSAGE(in, "cannot read " << file);
  return text.str();
}

/// What the group of `pattern` matches in the file, each time that it does.
inline std::vector<std::string> matches(const std::filesystem::path& file, const std::string& pattern) {
  std::vector<std::string> found;
  const std::string text = text_of(file);
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

/// The names of all classes of nn/optim that derive from `base`.
inline std::vector<std::string> source_classes(const std::string& base) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(XTAPE_SOURCE_DIR) / "nn/optim")) {
    if (entry.path().extension() != ".hpp") continue;
    for (const std::string& name : matches(entry.path(), "class (\\w+) : public " + base + "\\b"))
      names.push_back(name);
  }
  BOOST_REQUIRE(!names.empty());
  return names;
}

}  // namespace xtape::testing
