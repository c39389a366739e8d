// onnx::load: models of ONNX files.
#pragma once

#include <string>
#include <vector>

#include "io/files.hpp"
#include "onnx/model.hpp"

namespace xtape::onnx {

struct LoadOptions {
  /// The tensors that the model gives, of any node, in place of the file's outputs; what they do not need is
  /// left out. So a net gives its features, without its last layer: {.output_names = {"flatten"}}.
  std::vector<std::string> output_names = {};
};

/// The model of a file, or of bytes in memory, of opsets up to 18; docs/onnx.md lists the operators. Weights
/// may lie in files beside the model's, but not outside of its folder. Throws, naming the file, where it is
/// damaged, refers to what it does not have, or needs operators that are not known, of which one Error lists
/// all.
Model load(const io::Source& source, const LoadOptions& options = {});

/// The names of the tensors that a file's nodes give, in the order in which they are computed. Throws as
/// above, but knows all operators.
std::vector<std::string> value_names(const io::Source& source);

}  // namespace xtape::onnx
