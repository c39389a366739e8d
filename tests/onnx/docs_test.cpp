// docs/onnx.md lists the operators of the table. XTAPE_WRITE_DOCS=1 in the environment writes the list anew.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "onnx/detail/operators.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

namespace {

const std::string begin = "<!-- operators: written by the test onnx_docs -->\n",
                  end = "<!-- end of operators -->\n";

std::string table() {
  std::string text = "| operator | from opset | remarks |\n|---|---:|---|\n";
  for (const onnx::detail::Operator& op : onnx::detail::all_operators())
    text += fmt::format("| {} | {} | {} |\n", op.name, op.since, op.note);
  return text + fmt::format("\n{} operators.\n", onnx::detail::all_operators().size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_docs)

BOOST_AUTO_TEST_CASE(names_of_operators_are_unique) {
  std::set<std::string_view> names;
  for (const onnx::detail::Operator& op : onnx::detail::all_operators()) {
    BOOST_TEST(names.insert(op.name).second, op.name);
    BOOST_TEST(onnx::detail::find_operator(op.name) == &op);
  }
  BOOST_TEST(names.size() > 150u);
  BOOST_TEST(onnx::detail::find_operator("Conjure") == nullptr);
}

BOOST_AUTO_TEST_CASE(the_page_lists_the_operators_of_the_table) {
  const std::filesystem::path page = std::filesystem::path(XTAPE_SOURCE_DIR) / "docs" / "onnx.md";
  std::string text = text_of(page);
  const std::size_t first = text.find(begin), last = text.find(end);
  BOOST_REQUIRE(first != std::string::npos && last != std::string::npos);
  const std::string wanted = text.substr(0, first) + begin + "\n" + table() + text.substr(last);
  if (std::getenv("XTAPE_WRITE_DOCS")) {
    std::ofstream(page) << wanted;
    text = wanted;
  }
  BOOST_TEST(text == wanted, "docs/onnx.md differs from the table; run this test with XTAPE_WRITE_DOCS=1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
