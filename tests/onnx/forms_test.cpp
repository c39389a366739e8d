// The table of forms as a whole: every op of the catalogue has a form or is declared to have none, and
// docs/onnx.md lists them. XTAPE_WRITE_DOCS=1 in the environment writes that list anew.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "autograd/check/op_catalog.hpp"
#include "onnx/export/detail/forms.hpp"

using namespace xtape;
using onnx::saving::Form;

namespace {

std::set<std::string_view> ops_of_the_library() {
  std::set<std::string_view> names;
  for (const op::CatalogEntry& op : op_catalog())
    if (op.name != "cube" && !op.name.starts_with("test.")) names.insert(op.name);
  return names;
}

std::string read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string list_of_forms() {
  std::string text = "| op | in ONNX |\n|---|---|\n";
  std::string functions = "| function | in ONNX |\n|---|---|\n";
  int count = 0;
  for (const Form& form : onnx::saving::all_forms()) {
    if (form.of != Form::Of::function) {
      text += fmt::format("| {} | {} |\n", form.name, form.onnx);
      ++count;
    }
    if (form.of != Form::Of::op) functions += fmt::format("| {} | {} |\n", form.name, form.onnx);
  }
  text = fmt::format("{} of {} ops have a form:\n\n", count, ops_of_the_library().size()) + text;
  text += "\nFunctions that are composed of ops, and are written as what ONNX has for them:\n\n" + functions;
  text += "\nThese have none:\n\n| op | why |\n|---|---|\n";
  for (const auto& [name, why] : onnx::saving::ops_without_form())
    text += fmt::format("| {} | {} |\n", name, why);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_forms)

BOOST_AUTO_TEST_CASE(every_op_has_a_form_or_is_declared_to_have_none) {
  const std::set<std::string_view> ops = ops_of_the_library();
  std::set<std::string_view> formless;
  for (const auto& [name, why] : onnx::saving::ops_without_form()) {
    BOOST_TEST(ops.contains(name), name << " is not an op");
    BOOST_TEST(formless.insert(name).second, name << " stands twice");
  }
  for (const std::string_view name : ops) {
    const Form* form = onnx::saving::find_form(name);
    const bool has_form = form && form->of != Form::Of::function;
    BOOST_TEST(has_form != formless.contains(name),
               name << " has a form and is declared to have none, or neither");
  }
  for (const Form& form : onnx::saving::all_forms())
    BOOST_TEST(ops.contains(form.name) == (form.of != Form::Of::function),
               form.name << " is an op, or is not");
}

BOOST_AUTO_TEST_CASE(the_documentation_lists_the_forms) {
  const std::filesystem::path page = std::filesystem::path(XTAPE_SOURCE_DIR) / "docs" / "onnx.md";
  const std::string begin = "<!-- forms -->\n", end = "<!-- end of forms -->";
  std::string text = read(page);
  const std::size_t from = text.find(begin) + begin.size(), to = text.find(end);
  BOOST_REQUIRE(from != std::string::npos);
  BOOST_REQUIRE(to != std::string::npos);
  if (std::getenv("XTAPE_WRITE_DOCS")) {
    text.replace(from, to - from, list_of_forms());
    std::ofstream(page) << text;
    return;
  }
  BOOST_TEST(text.substr(from, to - from) == list_of_forms(),
             "docs/onnx.md differs from the table of forms; run this test with XTAPE_WRITE_DOCS=1 and look "
             "at what changed");
}

BOOST_AUTO_TEST_SUITE_END()
