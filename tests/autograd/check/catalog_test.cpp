// The catalogue of ops as a whole: nothing is missing from it, everything in it is checked, and docs/ops.md
// lists it. XTAPE_WRITE_DOCS=1 in the environment writes that page anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "autograd/check/op_catalog.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

namespace fs = std::filesystem;

/// Ops without a scalar reference and without a golden file of their name, and what compares their values.
const std::map<std::string_view, std::string> checked_elsewhere{
    {"add_bias", "golden/linear.json"},
    {"embed", "golden/slice.json"},
    {"index_sum", "golden/index_select.json"},
    {"log_softmax_backward", "golden/log_softmax.json"},
    {"label_cross_entropy", "golden/nn/cross_entropy.json"},
    {"label_cross_entropy_backward", "golden/nn/cross_entropy.json"},
    {"scatter_sum", "golden/gather.json"},
    {"softmax_backward", "golden/softmax.json"},
    {"squared_error", "golden/nn/mse_loss.json"},
    {"squared_error_backward", "golden/nn/mse_loss.json"},
    {"strided_embed", "autograd/graph/views_test.cpp"},
    {"strided_view", "autograd/graph/views_test.cpp"},
    {"strided_write", "autograd/graph/views_test.cpp"},
    {"sum_to_size", "golden/add.json"},
    {"view", "golden/reshape.json"},
};

/// The ops of the library, not those that tests define.
std::vector<op::CatalogEntry> library_ops() {
  std::vector<op::CatalogEntry> ops = op_catalog();
  std::erase_if(ops,
                [](const op::CatalogEntry& op) { return op.name == "cube" || op.name.starts_with("test."); });
  return ops;
}

bool has_reference(const op::CatalogEntry& op) {
  for (const op::OpCase& c : op.cases()) {
    if (c.reference) return true;
  }
  return false;
}

bool exists(const std::string& file) { return fs::exists(fs::path(XTAPE_TEST_DATA) / file); }

std::string documentation() {
  std::string page =
      "# Ops\n\n"
      "Every op that can be recorded: its name, the number of its input tensors, whether gradients pass "
      "through it, "
      "whether it gives\na view of its input, and by how many cases it is checked. Written by "
      "`XTAPE_WRITE_DOCS=1 xtape_tests --run_test=autograd_catalog`;\na test compares it with the "
      "catalogue.\n\n"
      "| op | inputs | differentiable | view | cases |\n|---|---|---|---|---|\n";
  for (const op::CatalogEntry& op : library_ops()) {
    page += fmt::format("| {} | {} | {} | {} | {} |\n", op.name,
                        op.inputs == 0 ? "list" : std::to_string(op.inputs), op.differentiable ? "yes" : "no",
                        op.is_view ? "yes" : "no", op.cases().size());
  }
  return page;
}

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_catalog)

BOOST_AUTO_TEST_CASE(names_are_unique_and_sorted) {
  const std::vector<op::CatalogEntry> ops = library_ops();
  BOOST_TEST(ops.size() > 70u);
  for (std::size_t i = 1; i < ops.size(); ++i) BOOST_TEST((ops[i - 1].name < ops[i].name), ops[i].name);
}

BOOST_AUTO_TEST_CASE(every_op_has_a_case_that_succeeds) {
  for (const op::CatalogEntry& op : library_ops()) {
    int succeeding = 0;
    for (const op::OpCase& c : op.cases()) succeeding += c.data.error.empty();
    BOOST_TEST(succeeding > 0, op.name);
  }
}

BOOST_AUTO_TEST_CASE(the_values_of_every_op_are_compared_with_something_else) {
  for (const op::CatalogEntry& op : library_ops()) {
    const auto elsewhere = checked_elsewhere.find(op.name);
    const bool compared = has_reference(op) || exists(fmt::format("golden/{}.json", op.name)) ||
                          (elsewhere != checked_elsewhere.end() && exists(elsewhere->second));
    BOOST_TEST(compared,
               op.name << " has neither a scalar reference nor a golden file nor a line in this table");
  }
}

BOOST_AUTO_TEST_CASE(every_data_member_of_an_op_is_an_attribute) {
  for (const op::CatalogEntry& op : library_ops()) {
    for (const op::OpCase& c : op.cases()) {
      std::set<std::string_view> names;
      for (const op::Attribute& attribute : c.attributes) names.insert(attribute.name);
      BOOST_TEST(names.size() == c.attributes.size(), op.name << " has two attributes of one name");
      BOOST_TEST(names.size() >= op.members, op.name << " has " << op.members
                                                     << " data members, and attributes() names "
                                                     << names.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_table_of_exceptions_holds_no_stale_line) {
  std::set<std::string_view> names;
  for (const op::CatalogEntry& op : library_ops()) {
    if (!has_reference(op) && !exists(fmt::format("golden/{}.json", op.name))) names.insert(op.name);
  }
  for (const auto& [name, file] : checked_elsewhere) {
    BOOST_TEST(names.contains(name), name << " needs no line in this table");
    BOOST_TEST(exists(file), file);
  }
}

BOOST_AUTO_TEST_CASE(cases_fit_the_number_of_inputs) {
  for (const op::CatalogEntry& op : library_ops()) {
    for (const op::OpCase& c : op.cases()) {
      if (op.inputs == 0 || !c.data.special.empty() || c.data.make) continue;
      BOOST_TEST(c.data.inputs.size() == static_cast<std::size_t>(op.inputs), op.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_documentation_lists_the_ops_of_the_catalogue) {
  const fs::path page = fs::path(XTAPE_SOURCE_DIR) / "docs" / "ops.md";
  if (std::getenv("XTAPE_WRITE_DOCS")) std::ofstream(page) << documentation();
  BOOST_TEST(read(page) == documentation(),
             "docs/ops.md differs from the catalogue; run this test with XTAPE_WRITE_DOCS=1 and look at what "
             "changed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
