// The catalogue of ops as a whole: nothing is missing from it, everything in it is checked, and docs/ops.md
// lists it. XTAPE_WRITE_DOCS=1 in the environment writes that page anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "autograd/check/op_catalog.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/graph.hpp"
#include "autograd/graph/trace.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/golden.hpp"

namespace xtape::testing {

namespace {

namespace fs = std::filesystem;

/// Ops without a scalar reference, and the golden file that compares their values, where its name is another.
const std::map<std::string_view, std::string> golden_files{
    {"attention", "sequences/scaled_dot_product_attention"},
    {"attention_backward", "sequences/scaled_dot_product_attention"},
    {"avg_pool", "pooling/avg_pool2d"},
    {"avg_pool_backward", "pooling/avg_pool2d"},
    {"bincount", "indexing/bincount"},
    {"channel_affine", "normalization/batch_norm"},
    {"convolution", "conv2d"},
    {"convolution_bias", "conv2d"},
    {"convolution_input", "conv2d"},
    {"convolution_weight", "conv2d"},
    {"ctc_loss", "sequences/ctc_loss"},
    {"ctc_loss_backward", "sequences/ctc_loss"},
    {"embed", "slice"},
    {"embedding", "sequences/embedding"},
    {"fold_windows", "unfold"},
    {"gru_sequence", "recurrent/gru"},
    {"index", "indexing/index"},
    {"index_add", "indexing/index_add"},
    {"index_put", "indexing/index_put"},
    {"interpolate", "images/interpolate"},
    {"interpolate_backward", "images/interpolate"},
    {"label_cross_entropy", "nn/cross_entropy"},
    {"label_cross_entropy_backward", "nn/cross_entropy"},
    {"linalg_basis", "linalg_qr"},
    {"log_softmax_backward", "log_softmax"},
    {"lstm_sequence", "recurrent/lstm"},
    {"masked_embed", "indexing/masked_select"},
    {"masked_fill", "indexing/index_put"},
    {"masked_select", "indexing/masked_select"},
    {"max_pool", "pooling/max_pool2d"},
    {"max_pool_backward", "pooling/max_pool2d"},
    {"max_pool_indices", "pooling/max_pool2d"},
    {"median_of_all", "median"},
    {"nanmedian_of_all", "nanmedian"},
    {"nonzero", "indexing/nonzero"},
    {"recurrence", "cumprod"},
    {"rnn_sequence", "recurrent/rnn"},
    {"scatter", "indexing/scatter"},
    {"scatter_add", "indexing/scatter_add"},
    {"scatter_amax", "indexing/scatter_reduce"},
    {"scatter_amin", "indexing/scatter_reduce"},
    {"scatter_prod", "indexing/scatter_reduce"},
    {"searchsorted", "indexing/searchsorted"},
    {"softmax_backward", "softmax"},
    {"squared_error", "nn/mse_loss"},
    {"squared_error_backward", "nn/mse_loss"},
    {"standardize", "normalization/layer_norm"},
    {"standardize_backward", "normalization/layer_norm"},
    {"sum_to_size", "add"},
    {"unique", "indexing/unique"},
    {"view", "reshape"},
};

/// Ops that no golden file can reach, and the test that compares their values.
const std::map<std::string_view, std::string> compared_by_tests{
    {"join_heads", "autograd/ops/heads_test.cpp"},      {"split_heads", "autograd/ops/heads_test.cpp"},
    {"strided_embed", "autograd/graph/views_test.cpp"}, {"strided_view", "autograd/graph/views_test.cpp"},
    {"strided_write", "autograd/graph/views_test.cpp"},
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

using Names = std::set<std::string, std::less<>>;

void add_ops(const Graph& graph, Names& names) {
  for (const Graph::Op& op : graph.ops) names.insert(op.name);
}

/// What the function gives. The ops that it calls leave a history only where they are differentiable, so a
/// Tracer looks too; and a Tracer sees no ops inside of ops, which the histories show.
golden::Tensors outputs_of(const golden::Function& function, const golden::Case& c, Names& names) {
  const Tracer tracer;
  const golden::Tensors outputs = function(c.inputs, c.args);
  add_ops(tracer.graph(), names);
  for (const Tensor& y : outputs) add_ops(graph_of(y), names);
  return outputs;
}

/// The ops that the cases of a golden file call, for their outputs and for their gradients.
Names ops_in(const std::string& file) {
  Names names;
  const auto function = golden::registered_functions().find(file);
  if (function == golden::registered_functions().end()) return names;
  for (const golden::Case& c : golden::read_cases(golden::path("") + "/" + file + ".json")) {
    const golden::Tensors outputs = outputs_of(function->second, c, names);
    if (!c.grad_output.defined()) continue;
    golden::Tensors leaves = c.inputs;
    std::erase_if(leaves, [](const Tensor& x) { return !x.requires_grad(); });
    const GradOptions recorded{
        .grad_outputs = {c.grad_output.requires_grad_()}, .create_graph = true, .allow_unused = true};
    for (const Tensor& g : grad({outputs[c.grad_of]}, leaves, recorded)) {
      if (g.defined()) add_ops(graph_of(g), names);
    }
  }
  return names;
}

bool has_golden_file(const op::CatalogEntry& op) {
  const auto other = golden_files.find(op.name);
  return ops_in(other == golden_files.end() ? std::string(op.name) : other->second).contains(op.name);
}

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
    const bool compared = has_reference(op) || compared_by_tests.contains(op.name) || has_golden_file(op);
    BOOST_TEST(compared,
               op.name << " has no scalar reference, and the golden file of its name or of its line in "
                          "golden_files does not call it");
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

BOOST_AUTO_TEST_CASE(the_tables_of_exceptions_hold_no_stale_line) {
  Names without_reference;
  for (const op::CatalogEntry& op : library_ops()) {
    if (!has_reference(op)) without_reference.emplace(op.name);
  }
  for (const auto& [name, file] : golden_files) {
    BOOST_TEST(without_reference.contains(name), name << " needs no line in golden_files");
    BOOST_TEST(name != file, name << " needs no line in golden_files");
  }
  for (const auto& [name, file] : compared_by_tests) {
    BOOST_TEST(without_reference.contains(name), name << " needs no line in compared_by_tests");
    BOOST_TEST(fs::exists(fs::path(XTAPE_TEST_DATA) / file), file);
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
