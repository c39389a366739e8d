// Golden files: what PyTorch gave for a function, read from JSON and compared with what xtape gives.
// The files are written by tests/golden/make_golden.py; XTAPE_TEST_DATA is the folder of the tests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::golden {

using Tensors = std::vector<Tensor>;

/// The arguments of a case under PyTorch's Python names. A missing one gives the default, or an Error without
/// one.
class Args {
 public:
  explicit Args(const nlohmann::json& values);

  bool empty() const;
  bool has(const std::string& name) const;
  Scalar number(const std::string& name) const;  ///< integer, real or bool, as Python had it
  double real(const std::string& name) const;
  double real(const std::string& name, double otherwise) const;
  std::int64_t integer(const std::string& name) const;
  std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  bool flag(const std::string& name, bool otherwise = false) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  Shape dims(const std::string& name) const;  ///< from one integer or a list
  bool is_list(const std::string& name) const;
  bool is_text(const std::string& name) const;
  std::vector<double> reals(const std::string& name) const;
  Tensor tensor(const std::string& name) const;  ///< undefined where it is missing

 private:
  const nlohmann::json& at(const std::string& name) const;

  std::shared_ptr<const nlohmann::json> values_;
};

struct Case {
  std::string name;
  Tensors inputs;  ///< leaves; those that require a gradient say so
  Args args;
  Tensors outputs;
  Tensor grad_output;  ///< of outputs[grad_of]; undefined where nothing is differentiated
  std::size_t grad_of = 0;
  Tensors grads;  ///< one per input; undefined where there is none
};

/// The folder tests/golden/<folder>.
std::string path(const std::string& folder);
/// A whole JSON file; an Error that names it where it is missing or broken.
nlohmann::json read_json(const std::string& file);
Case read_case(const nlohmann::json& json);
/// All cases of a golden file, at least one.
std::vector<Case> read_cases(const std::string& file);
/// A tensor from {"dtype", "shape", "data"}.
Tensor read_tensor(const nlohmann::json& json);
DType read_dtype(const std::string& name);
/// A number, or one of the strings "nan", "inf" and "-inf".
double read_real(const nlohmann::json& json);

/// |actual - expected| <= relative * |expected| + absolute * min(1, largest |expected| of the tensor).
struct Tolerance {
  double relative;
  double absolute;
};
struct Tolerances {
  Tolerance float32{2e-6, 4e-7};
  Tolerance float64{1e-12, 1e-13};
};

/// Where `actual` differs from `expected` in dtype, shape or values, in words; "" where it fits.
/// NaN fits NaN, an infinity fits itself, integers and bools must be the same.
std::string difference(const Tensor& actual, const Tensor& expected, const Tolerances& tolerances = {});

/// How a function is called with a case's inputs and arguments.
using Function = std::function<Tensors(const Tensors& inputs, const Args& args)>;
using Table = std::map<std::string, Function>;

/// Runs every case of a file, on contiguous and on strided inputs: values and gradients, through Boost.Test's
/// checks.
void check_file(const std::string& file, const Function& function, const Tolerances& tolerances = {});

/// What checks a whole golden file.
using FileTest = std::function<void(const std::string& file)>;

/// Adds one test per golden file of a folder, named after it, to the suite that is open.
/// A file without an entry and an entry without a file are tests that fail.
class RegisterTests {
 public:
  RegisterTests(const std::string& folder, const std::map<std::string, FileTest>& tests);
  /// Each by check_file, with other tolerances for the files that `tolerances` names.
  RegisterTests(const std::string& folder, const Table& table,
                const std::map<std::string, Tolerances>& tolerances = {});
};

/// The functions of all tables that were registered, by golden file: "matmul", "nn/mse_loss".
const Table& registered_functions();

}  // namespace xtape::golden
