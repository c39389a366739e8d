// Every case of every op, and every case of the golden files, saved as a model of its own and loaded again:
// with XTAPE_ONNX_CASES in the environment into that folder, where run_models.js compares each with what ONNX
// Runtime makes of it.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <span>

#include "autograd/check/op_catalog.hpp"
#include "files/safetensors.hpp"
#include "onnx/export/detail/builder.hpp"
#include "onnx/export/detail/forms.hpp"
#include "onnx/load.hpp"
#include "tests/support/check_op.hpp"
#include "tests/support/golden.hpp"

using namespace xtape;

namespace {

namespace fs = std::filesystem;
using Tensors = std::vector<Tensor>;
using Function = std::function<Tensors(const Tensors&)>;

/// As float32, which ONNX Runtime has all nodes for.
Tensors in_float32(const Tensors& inputs) {
  Tensors all;
  for (const Tensor& x : inputs) all.push_back(x.is_floating_point() ? x.detach().to(kFloat32) : x.detach());
  return all;
}

void write(const fs::path& folder, const std::string& model, const Tensors& inputs, const Tensors& outputs) {
  fs::create_directories(folder);
  std::ofstream(folder / "model.onnx", std::ios::binary) << model;
  StateDict dict;
  const auto name = [](const char* kind, const Tensors& list, std::size_t i) {
    return list.size() == 1 ? std::string(kind) : kind + std::to_string(i);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) dict[name("in:x", inputs, i)] = inputs[i].contiguous();
  for (std::size_t i = 0; i < outputs.size(); ++i) dict[name("out:y", outputs, i)] = outputs[i].contiguous();
  save(dict, folder / "0.safetensors");
}

/// Any difference of more than 1e-4 of the largest number; "" where there is none.
std::string difference(const Tensor& read, const Tensor& expected) {
  if (read.shape() != expected.shape() || read.dtype() != expected.dtype())
    return fmt::format("{} {} in place of {} {}", read.shape(), read.dtype(), expected.shape(),
                       expected.dtype());
  const Tensor a = read.detach().to(kFloat64), b = expected.detach().to(kFloat64);
  if (allclose(a, b, 1e-5, 1e-4, true)) return "";
  return fmt::format("{} in place of {}", a, b);
}

/// Cases that a file states in another way than the op computes them: around NaN and infinities, of no
/// elements (ONNX's extremes have none there), where a rounding decides what remains, and at the edges of
/// integers.
bool is_stated_otherwise(const std::string& name) {
  static const std::set<std::string> names{"op.all.10",      "op.any.10",        "op.atan2.6",
                                           "op.hypot.6",     "op.interpolate.4", "op.logcumsumexp.5",
                                           "op.remainder.6", "op.standardize.7", "floor_divide.least"};
  return names.contains(name) || name.find("special") != std::string::npos ||
         name.find("size0") != std::string::npos || name.starts_with("remainder.") ||
         name.starts_with("prelu.zero_dim");
}

/// What the model of a file makes of the inputs, compared with what the function makes of them.
std::string loaded_differs(const std::string& bytes, const Tensors& inputs, const Tensors& outputs) {
  onnx::Model model = onnx::load(std::as_bytes(std::span(bytes)));
  StateDict named;
  for (std::size_t i = 0; i < inputs.size(); ++i) named.insert(model.input_names().at(i), inputs[i]);
  const StateDict results = model.run(named);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string text = difference(results[model.output_names().at(i)], outputs[i]);
    if (!text.empty()) return text;
  }
  return "";
}

void check_loaded(const std::string& name, const std::string& bytes, const Tensors& inputs,
                  const Tensors& outputs) {
  try {
    const std::string text = loaded_differs(bytes, inputs, outputs);
    BOOST_TEST(text.empty(), name << " gives, loaded, " << text);
  } catch (const Error& error) {
    BOOST_TEST(false, name << " is not loaded again: " << error.what());
  }
}

class Exporter {
 public:
  Exporter() {
    if (const char* folder = std::getenv("XTAPE_ONNX_CASES")) folder_ = folder;
    if (!folder_.empty()) fs::create_directories(folder_);
  }

  /// Whether the case can be saved. What cannot is refused in so many words.
  bool save_case(std::string name, const Function& f, const Tensors& given) {
    const Tensors inputs = in_float32(given);
    const onnx::detail::Callable callable{nullptr, [&](const Tensors& x) { return f(x); }};
    std::string bytes;
    try {
      bytes = onnx::saving::file_of(callable, inputs, {});
    } catch (const Error& error) {
      const std::string text = error.what();
      BOOST_TEST(text.starts_with("onnx::save: "), name << ": " << text);
      ++refused_[text.substr(0, 90)];
      return false;
    }
    ++saved_;
    if (!is_stated_otherwise(name)) check_loaded(name, bytes, inputs, f(inputs));
    if (!folder_.empty()) write(folder_ / name, bytes, inputs, f(inputs));
    return true;
  }

  void report() const {
    for (const auto& [why, count] : refused_) BOOST_TEST_MESSAGE(count << " cases: " << why);
    BOOST_TEST_MESSAGE(saved_ << " cases saved");
  }

 private:
  fs::path folder_;
  int saved_ = 0;
  std::map<std::string, int> refused_;
};

std::string plain(std::string name) {
  std::ranges::replace(name, '/', '.');
  std::ranges::replace(name, ' ', '_');
  return name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_cases)

BOOST_AUTO_TEST_CASE(every_op_with_a_form_saves_a_case) {
  Exporter exporter;
  for (const op::CatalogEntry& entry : op_catalog()) {
    if (entry.name == "cube" || entry.name.starts_with("test.")) continue;
    int number = 0, saved = 0;
    for (const op::OpCase& c : entry.cases()) {
      if (!c.data.error.empty()) continue;
      saved += exporter.save_case(fmt::format("op.{}.{}", entry.name, number++), c.call,
                                  test::inputs_of(entry, c.data));
    }
    const onnx::saving::Form* form = onnx::saving::find_form(entry.name);
    const bool has_form = form && form->of != onnx::saving::Form::Of::function;
    BOOST_TEST((saved > 0) == has_form, entry.name << ": " << saved << " cases are saved");
  }
  exporter.report();
}

BOOST_AUTO_TEST_CASE(golden_functions_are_saved_or_refused) {
  Exporter exporter;
  for (const auto& [file, function] : golden::registered_functions()) {
    const fs::path path = golden::path("") + "/" + file + ".json";
    for (const golden::Case& c : golden::read_cases(path)) {
      const bool differentiates = file.ends_with("_gradients"), keeps_float64 = c.name.ends_with("_f64");
      if (c.inputs.empty() || differentiates || (keeps_float64 && file.ends_with("multihead_attention")))
        continue;
      exporter.save_case(
          plain(fmt::format("{}.{}", file, c.name)),
          [&, f = function](const Tensors& x) { return f(x, c.args); }, c.inputs);
    }
  }
  exporter.report();
}

BOOST_AUTO_TEST_SUITE_END()
