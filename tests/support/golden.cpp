// Reading golden files, comparing tensors with them, and registering one test per file.
#include "tests/support/golden.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace xtape::golden {

using nlohmann::json;

namespace {

/// The same values where no two neighbours in memory are neighbours in the tensor.
Tensor strided_copy(const Tensor& x) {
  const Tensor values = x.detach();
  const Tensor strided = x.dim() >= 2 ? values.transpose(0, -1).contiguous().transpose(0, -1)
                                      : stack({values, values}, -1).select(-1, 0);
  return strided.detach().requires_grad_(x.requires_grad());
}

void check_gradients(const Case& golden, const Tensors& inputs, const Tensor& output,
                     const Tolerances& tolerances) {
  BOOST_REQUIRE_MESSAGE(output.requires_grad(), "the output has no history");
  output.backward(golden.grad_output);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].requires_grad()) continue;
    const auto or_zeros = [&](const Tensor& g) { return g.defined() ? g : zeros_like(inputs[i].detach()); };
    const std::string fault = difference(or_zeros(inputs[i].grad()), or_zeros(golden.grads[i]), tolerances);
    BOOST_CHECK_MESSAGE(fault.empty(), "gradient of input " << i << ": " << fault);
  }
}

void check_case(const Case& golden, const Function& function, const Tensors& inputs,
                const Tolerances& tolerances) {
  try {
    const Tensors outputs = function(inputs, golden.args);
    BOOST_REQUIRE_EQUAL(outputs.size(), golden.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::string fault = difference(outputs[i].detach(), golden.outputs[i], tolerances);
      BOOST_CHECK_MESSAGE(fault.empty(), "output " << i << ": " << fault);
    }
    if (golden.grad_output.defined()) check_gradients(golden, inputs, outputs[golden.grad_of], tolerances);
  } catch (const Error& error) {
    BOOST_ERROR("throws: " << error.what());
  }
}

/// A case that meets float32 is compared as float32 throughout: its float64 numbers were rounded on the way.
Tolerances tolerances_for(const Case& golden, Tolerances tolerances) {
  const auto is_float32 = [](const Tensor& x) { return x.dtype() == kFloat32; };
  if (std::any_of(golden.inputs.begin(), golden.inputs.end(), is_float32) ||
      std::any_of(golden.outputs.begin(), golden.outputs.end(), is_float32)) {
    tolerances.float64 = tolerances.float32;
  }
  return tolerances;
}

std::string describe(double actual, double expected, std::size_t index) {
  return fmt::format("element {} is {:.17g}; expected {:.17g}", index, actual, expected);
}

bool fits(double actual, double expected, const Tolerance& tolerance, double scale) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (std::isinf(expected)) return actual == expected;
  return std::abs(actual - expected) <= tolerance.relative * std::abs(expected) + tolerance.absolute * scale;
}

std::string real_difference(const Tensor& actual, const Tensor& expected, const Tolerance& tolerance) {
  const auto a = actual.to_vector<double>();
  const auto b = expected.to_vector<double>();
  double scale = 0;
  for (const double value : b) {
    if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
  }
  scale = std::min(scale, 1.0);
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!fits(a[i], b[i], tolerance, scale)) return describe(a[i], b[i], i);
  }
  return "";
}

std::string integer_difference(const Tensor& actual, const Tensor& expected) {
  const auto a = actual.to_vector<std::int64_t>();
  const auto b = expected.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (a[i] != b[i]) return describe(static_cast<double>(a[i]), static_cast<double>(b[i]), i);
  }
  return "";
}

}  // namespace

std::string difference(const Tensor& actual, const Tensor& expected, const Tolerances& tolerances) {
  if (!actual.defined()) return "is undefined";
  if (actual.dtype() != expected.dtype()) {
    return fmt::format("dtype {}; expected {}", actual.dtype(), expected.dtype());
  }
  if (!(actual.shape() == expected.shape())) {
    return fmt::format("shape {}; expected {}", actual.shape(), expected.shape());
  }
  if (!is_floating(expected.dtype())) return integer_difference(actual, expected);
  return real_difference(actual, expected,
                         expected.dtype() == kFloat32 ? tolerances.float32 : tolerances.float64);
}

void check_file(const std::string& file, const Function& function, const Tolerances& tolerances) {
  for (const Case& golden : read_cases(file)) {
    const Tolerances fitting = tolerances_for(golden, tolerances);
    BOOST_TEST_CONTEXT("case " << golden.name) { check_case(golden, function, golden.inputs, fitting); }
    Tensors strided;
    for (const Tensor& x : golden.inputs) strided.push_back(strided_copy(x));
    BOOST_TEST_CONTEXT("case " << golden.name << ", strided inputs") {
      check_case(golden, function, strided, fitting);
    }
  }
}

std::string path(const std::string& folder) {
  return std::string(XTAPE_TEST_DATA) + "/golden" + (folder.empty() ? "" : "/" + folder);
}

RegisterTests::RegisterTests(const std::string& folder, const std::map<std::string, FileTest>& tests) {
  using boost::unit_test::make_test_case;
  std::map<std::string, FileTest> all = tests;
  std::error_code missing;  // a missing folder shows as entries without files
  for (const auto& entry : std::filesystem::directory_iterator(path(folder), missing)) {
    if (entry.path().extension() != ".json") continue;
    all.try_emplace(entry.path().stem(), [](const std::string& file) {
      BOOST_FAIL(file << " has no entry in the table of this test");
    });
  }
  for (const auto& [name, test] : all) {
    const auto run = [file = path(folder) + "/" + name + ".json", test = test] { test(file); };
    boost::unit_test::ut_detail::auto_test_unit_registrar(
        make_test_case(run, name, __FILE__, __LINE__), boost::unit_test::decorator::collector_t::instance());
  }
}

namespace {

Table& all_functions() {  // in a function, since tables are registered before main
  static Table functions;
  return functions;
}

std::map<std::string, FileTest> file_tests(const Table& table,
                                           const std::map<std::string, Tolerances>& tolerances) {
  std::map<std::string, FileTest> tests;
  for (const auto& [name, function] : table) {
    const auto special = tolerances.find(name);
    const Tolerances allowed = special == tolerances.end() ? Tolerances() : special->second;
    tests[name] = [function = function, allowed](const std::string& file) {
      check_file(file, function, allowed);
    };
  }
  return tests;
}

}  // namespace

RegisterTests::RegisterTests(const std::string& folder, const Table& table,
                             const std::map<std::string, Tolerances>& tolerances)
    : RegisterTests(folder, file_tests(table, tolerances)) {
  for (const auto& [name, function] : table)
    all_functions().emplace(folder.empty() ? name : folder + "/" + name, function);
}

const Table& registered_functions() { return all_functions(); }

}  // namespace xtape::golden
