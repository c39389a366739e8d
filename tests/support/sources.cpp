#include "tests/support/sources.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace xtape::testing {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(std::filesystem::path(XTAPE_SOURCE_DIR) / file);
  std::stringstream text;
  text << in.rdbuf();
  BOOST_REQUIRE_MESSAGE(in, "cannot read " << file);
  return text.str();
}

std::vector<std::string> matches(const std::filesystem::path& file, const std::string& pattern) {
  std::vector<std::string> found;
  const std::string text = text_of(file);
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

std::vector<std::string> source_classes(const std::string& base) {
  const std::string pattern =
      "\\b(?:class|struct) (\\w+)(?: final)?\\s*:\\s*(?:public )?(?:\\w+::)*" + base + "\\b";
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(XTAPE_SOURCE_DIR) / "nn/optim")) {
    if (entry.path().extension() != ".hpp") continue;
    for (const std::string& name : matches(entry.path(), pattern)) names.push_back(name);
  }
  BOOST_REQUIRE(!names.empty());
  return names;
}

}  // namespace xtape::testing
