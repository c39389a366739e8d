// onnx::Model: the graph of an ONNX file as a module.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "files/state_dict.hpp"
#include "io/files.hpp"
#include "nn/module/module.hpp"

namespace xtape::onnx {

namespace detail {
struct Compiled;
struct Program;
struct RunContext;
}  // namespace detail

struct LoadOptions;

/// What onnx::load gives. Floats among the graph's initialisers are parameters, which train as those of any
/// module, and integers are buffers; so are floats that an operator does not learn (the means and variances
/// of BatchNormalization, the scales of Resize). Each has the name that it has in the file; a name with dots
/// stands in children, as "fc.weight" does elsewhere, or with an underscore for each dot where that cannot be
/// ("a." or "a" beside "a.b"). A model is in evaluation mode when it is loaded. In training Dropout drops,
/// and BatchNormalization takes the batch's mean and variance and follows them, as nn::BatchNorm2d does.
class Model : public nn::Module {
 public:
  /// Of a model of one input and one output.
  Tensor forward(const Tensor& x) override;
  /// All outputs by name, for all inputs by name: net.run({{"x", a}})["y"]. Throws, naming the input, where
  /// one is missing, not known, or of another dtype or size than the file says.
  StateDict run(const StateDict& inputs);

  const std::vector<std::string>& input_names() const { return input_names_; }
  const std::vector<std::string>& output_names() const;
  /// The version of ONNX's operators that the file is written for.
  std::int64_t opset_version() const;
  std::string extra_repr() const override;

 private:
  friend Model load(const io::Source& source, const LoadOptions& options);
  explicit Model(detail::Compiled compiled);

  std::vector<Tensor> outputs(const std::vector<Tensor>& inputs);
  detail::RunContext context() const;

  std::shared_ptr<const detail::Program> program_;
  std::vector<std::string> input_names_;
  std::vector<nn::Parameter> tensors_;  // the initialisers, in the order of the program
};

}  // namespace xtape::onnx
