// The table of ONNX's operators: each name leads to a function of its inputs and attributes, made of the
// library's ops. The families stand in onnx/operators/.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "onnx/detail/call.hpp"

namespace xtape::onnx::detail {

struct Operator {
  std::string_view name;  ///< behind the domain and a dot where that is not ai.onnx
  int since;              ///< the oldest opset whose definition is computed
  std::function<Results(const Call&)> compute;
  std::string_view note = "";         ///< what is not computed, or otherwise than an ONNX user might expect
  std::vector<int> not_trained = {};  ///< inputs that are no parameters where they are initialisers
};
using Operators = std::vector<Operator>;

Operators activation_operators();
Operators arithmetic_operators();
Operators box_operators();
Operators constant_operators();
Operators control_operators();
Operators convolution_operators();
Operators image_operators();
Operators indexing_operators();
Operators integer_operators();
Operators logic_operators();
Operators loss_operators();
Operators matrix_operators();
Operators normalization_operators();
Operators pooling_operators();
Operators random_operators();
Operators recurrent_operators();
Operators reduction_operators();
Operators sampling_operators();
Operators shape_operators();
Operators signal_operators();
Operators training_operators();

/// All of them, by name.
const Operators& all_operators();
/// The operator of that name, or null.
const Operator* find_operator(std::string_view name);

}  // namespace xtape::onnx::detail
