// What the options of save() say of the inputs and outputs: their names, and the axes whose sizes are left
// open.
#pragma once

#include <string>
#include <vector>

#include "onnx/export/detail/traces.hpp"

namespace xtape::onnx::saving {

struct AxisOfInput {
  std::int64_t axis;
  std::size_t symbol;
};

struct ExampleNames {
  /// Throws where names are missing, empty or meet, and for an axis that is out of range or of no input.
  ExampleNames(const SaveOptions& options, const std::vector<Tensor>& example);

  /// The names of so many results.
  std::vector<std::string> of_outputs(std::size_t count) const;

  std::vector<std::string> inputs;
  std::vector<Symbol> symbols;                 // with the example's sizes
  std::vector<std::vector<AxisOfInput>> axes;  // of each input

 private:
  void add_axes(std::size_t input, const Tensor& x, const std::vector<DynamicAxis>& list);
  std::size_t symbol_of(const std::string& input, std::int64_t axis, std::string name, std::int64_t size);

  std::vector<std::string> outputs_;
  std::vector<std::string> with_axes_;                         // what dynamic_axes names
  std::vector<std::pair<std::int64_t, std::size_t>> unnamed_;  // axes without a name, and their symbols
};

}  // namespace xtape::onnx::saving
