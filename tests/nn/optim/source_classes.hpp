// The classes that the headers of nn/optim declare, so that a test can hold its own list against them.
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

/// The names of all classes that derive from `base`.
inline std::vector<std::string> source_classes(const std::string& base) {
  std::vector<std::string> names;
  const std::regex declaration("class (\\w+) : public " + base + "\\b");
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(XTAPE_SOURCE_DIR) / "nn/optim")) {
    if (entry.path().extension() != ".hpp") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), declaration), end; found != end; ++found)
      names.push_back((*found)[1]);
  }
  BOOST_REQUIRE(!names.empty());
  return names;
}

template <class... T>
std::vector<std::string> class_names(const std::tuple<T...>*) {
  return {class_name<T>()...};
}

}  // namespace xtape::testing
