// From the messages of a file to a Program: names become slots, operators are looked up, and what does not
// fit is found before anything runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/files.hpp"
#include "onnx/detail/graph.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

/// What the model says of an input: -1 for a size that is free.
struct InputSpec {
  std::string name;
  DType dtype = kFloat32;
  std::optional<std::vector<std::int64_t>> sizes = {};
};

struct Program {
  Graph graph = {};
  std::vector<InputSpec> inputs = {};
  std::vector<std::string> output_names = {};
  std::int64_t opset = 0;
  std::optional<std::size_t> float_initializer =
      {};  ///< one of float32, which tells to what the model was converted
};

/// An initialiser of the model's graph, in the order of Graph::captured.
struct Initializer {
  std::string name;
  Tensor value;
  bool is_parameter;  ///< a float, and used where an operator may learn
};

struct Compiled {
  Program program;
  std::vector<Initializer> initializers;
};

/// Throws for a file that is no model, refers to what it does not have, or needs what the library has not;
/// all operators that are unknown are listed in one Error.
/// `outputs` replace those of the file, if there are any.
Compiled compile(const io::Source& source, const std::vector<std::string>& outputs = {});

/// Those that the nodes of the model's graph give, in their order.
std::vector<std::string> value_names(const io::Source& source);

}  // namespace xtape::onnx::detail
