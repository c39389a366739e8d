// All families in one table.
#include <algorithm>
#include <iterator>

#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

const Operators& all_operators() {
  static const Operators operators = [] {
    Operators all;
    for (const auto& family :
         {activation_operators,    arithmetic_operators,  box_operators,    constant_operators,
          control_operators,       convolution_operators, image_operators,  indexing_operators,
          integer_operators,       logic_operators,       loss_operators,   matrix_operators,
          normalization_operators, pooling_operators,     random_operators, recurrent_operators,
          reduction_operators,     sampling_operators,    shape_operators,  signal_operators,
          training_operators})
      std::ranges::move(family(), std::back_inserter(all));
    std::ranges::sort(all, {}, &Operator::name);
    return all;
  }();
  return operators;
}

const Operator* find_operator(std::string_view name) {
  const Operators& all = all_operators();
  const auto found = std::ranges::lower_bound(all, name, {}, &Operator::name);
  return found != all.end() && found->name == name ? &*found : nullptr;
}

}  // namespace xtape::onnx::detail
