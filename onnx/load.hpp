// onnx::load: models of ONNX files.
#pragma once

#include "io/files.hpp"
#include "onnx/model.hpp"

namespace xtape::onnx {

/// The model of a file, or of bytes in memory, of opsets up to 18; docs/onnx.md lists the operators. Weights
/// may lie in files beside the model's, but not outside of its folder. Throws, naming the file, where it is
/// damaged, refers to what it does not have, or needs operators that are not known, of which one Error lists
/// all.
Model load(const io::Source& source);

}  // namespace xtape::onnx
