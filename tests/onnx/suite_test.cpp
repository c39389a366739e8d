// Every case of ONNX's own suite, at the tolerances of its backend runner (rtol 1e-3, atol 1e-7). Floats of
// 16 bits are compared as float32. What does not run is listed by reason.
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "onnx/detail/tensor_proto.hpp"
#include "onnx/load.hpp"

namespace xtape::testing {

namespace fs = std::filesystem;

namespace {

const fs::path suite = "/usr/share/libonnx-testdata/data";

boost::test_tools::assertion_result is_installed(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(fs::is_directory(suite));
  result.message() << "libonnx-testdata is not installed";
  return result;
}

/// Cases whose values cannot be compared, and why; dtypes and shapes are.
const std::map<std::string, std::string> without_values{
    {"test_adam_multiple", "computed with an epsilon that its node does not have"},
    {"test_bernoulli", "random"},
    {"test_bernoulli_double", "random"},
    {"test_bernoulli_double_expanded", "random"},
    {"test_bernoulli_expanded", "random"},
    {"test_bernoulli_seed", "of another generator"},
    {"test_bernoulli_seed_expanded", "of another generator"},
    {"test_cast_FLOAT_to_BFLOAT16", "cut off to 16 bits, not rounded"},
    {"test_training_dropout", "of another generator"},
    {"test_training_dropout_default", "of another generator"},
    {"test_training_dropout_default_mask", "of another generator"},
    {"test_training_dropout_mask", "of another generator"}};

/// Cases with an input of another shape than their model says, which is an Error here.
const std::set<std::string> contradicting{
    "test_castlike_BFLOAT16_to_FLOAT", "test_castlike_BFLOAT16_to_FLOAT_expanded",
    "test_castlike_FLOAT_to_BFLOAT16", "test_castlike_FLOAT_to_BFLOAT16_expanded"};

template <class Message>
Message read(const fs::path& file) {
  const std::string bytes = io::read_bytes(file);
  Message message;
  check(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), "{}: cannot be read",
        file.string());
  return message;
}

/// The folders of all cases with a model, sorted; some of the nets have none in the package.
std::vector<fs::path> cases() {
  std::vector<fs::path> folders;
  for (const auto& group : fs::directory_iterator(suite))
    for (const auto& folder : fs::directory_iterator(group))
      if (fs::exists(folder.path() / "model.onnx")) folders.push_back(folder.path());
  std::ranges::sort(folders);
  return folders;
}

/// The files input_0.pb, ... or output_0.pb, ... of a data set. NumPy has no bfloat16: such tensors say that
/// they hold uint16, and the model knows.
template <class Values>
std::vector<Tensor> tensors(const fs::path& set, const std::string& kind, const Values& values) {
  std::vector<Tensor> result;
  for (int i = 0; fs::exists(set / fmt::format("{}_{}.pb", kind, i)); ++i) {
    const fs::path file = set / fmt::format("{}_{}.pb", kind, i);
    auto proto = read<onnx::proto::TensorProto>(file);
    if (values.at(i).type().tensor_type().elem_type() == onnx::proto::TensorProto::BFLOAT16)
      proto.set_data_type(onnx::proto::TensorProto::BFLOAT16);
    result.push_back(onnx::detail::to_tensor(proto, file.string()));
  }
  return result;
}

/// As numpy.testing.assert_allclose has it: |actual - expected| <= atol + rtol |expected|, NaN equal to NaN.
std::string difference(const Tensor& actual, const Tensor& expected, bool has_values) {
  if (actual.shape() != expected.shape() || actual.dtype() != expected.dtype())
    return fmt::format("is {} {}; expected {} {}", actual.shape(), actual.dtype(), expected.shape(),
                       expected.dtype());
  const Tensor a = actual.detach().to(kFloat64), b = expected.to(kFloat64);
  if (!has_values || allclose(a, b, 1e-3, 1e-7, true)) return "";
  return fmt::format("differs by up to {}", max(abs(a - b)).item());
}

/// How the case fails; "" where all its data sets agree.
std::string failure_of(onnx::Model& model, const fs::path& folder, bool has_values) {
  const auto graph = read<onnx::proto::ModelProto>(folder / "model.onnx").graph();
  int sets = 0;
  for (; fs::exists(folder / fmt::format("test_data_set_{}", sets)); ++sets) {
    const fs::path set = folder / fmt::format("test_data_set_{}", sets);
    const std::vector<Tensor> inputs = tensors(set, "input", graph.input());
    const std::vector<Tensor> outputs = tensors(set, "output", graph.output());
    StateDict named;
    for (std::size_t i = 0; i < inputs.size(); ++i) named.insert(model.input_names().at(i), inputs[i]);
    const StateDict results = model.run(named);
    if (outputs.size() != results.size()) return fmt::format("gives {} outputs", results.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::string text = difference(results[model.output_names()[i]], outputs[i], has_values);
      if (!text.empty()) return model.output_names()[i] + " " + text;
    }
  }
  return sets == 0 ? "has no data" : "";
}

struct Outcomes {
  int cases = 0, passed = 0, not_run = 0;
  std::map<std::string, int> reasons;
};

Outcomes run_suite() {
  Outcomes outcomes;
  for (const fs::path& folder : cases()) {
    ++outcomes.cases;
    const std::string name = folder.filename().string(), path = (folder / "model.onnx").string();
    std::optional<onnx::Model> model;
    try {
      model = onnx::load(path);
    } catch (const Error& error) {
      ++outcomes.not_run;
      ++outcomes.reasons[std::string(error.what()).substr(path.size() + 2)];
      continue;
    }
    std::string failure;
    try {
      failure = failure_of(*model, folder, !without_values.contains(name));
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (contradicting.contains(name)) {
      BOOST_TEST(failure.find("of shape {1}; expected {3, 4}") != std::string::npos, name << ": " << failure);
      continue;
    }
    BOOST_CHECK_MESSAGE(failure.empty(), name << ": " << failure);
    outcomes.passed += failure.empty() && !without_values.contains(name);
  }
  return outcomes;
}

bool is_about_values(const std::string& reason) {
  for (const char* part :
       {"Sequence", "Optional", "not a tensor", "string", "StringNormalizer", "TfIdfVectorizer", "Gradient"})
    if (reason.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_suite)

BOOST_AUTO_TEST_CASE(all_cases_that_are_loaded_agree_and_the_others_are_of_no_tensors,
                     *boost::unit_test::precondition(is_installed)) {
  const Outcomes outcomes = run_suite();
  for (const auto& [reason, count] : outcomes.reasons) {
    BOOST_TEST_MESSAGE(count << " not run: " << reason);
    BOOST_TEST(is_about_values(reason), reason);
  }
  const int incomparable = static_cast<int>(without_values.size() + contradicting.size());
  BOOST_TEST_MESSAGE(fmt::format("{} cases, {} passed, {} not run, {} not comparable", outcomes.cases,
                                 outcomes.passed, outcomes.not_run, incomparable));
  BOOST_TEST(outcomes.passed >= 990);
  BOOST_TEST(outcomes.passed + outcomes.not_run + incomparable == outcomes.cases);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
