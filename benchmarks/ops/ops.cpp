// The tables. Bytes are those of the op alone: a gradient that is the incoming one counts as one write.
#include "benchmarks/ops/ops.hpp"

#include <xtape/nn.hpp>

namespace bench {

using namespace xtape;

namespace {

using Inputs = std::vector<Tensor>;

ElementOp unary(const std::string& name, Tensor (*function)(const Tensor&), double backward_flops) {
  return {name, 1, [function](const Inputs& in) { return function(in[0]); }, 2, 3, 1, backward_flops};
}

/// As many labels as there are rows, made once per shape.
const Tensor& labels(const Tensor& x) {
  static Tensor made;
  if (!made.defined() || made.size(0) != x.size(0)) made = randint(0, x.size(1), {x.size(0)});
  return made;
}

/// A row of numbers, which broadcasts.
const Tensor& bias(const Tensor& x) {
  static Tensor made;
  if (!made.defined() || made.size(0) != x.size(1)) made = rand({x.size(1)}, {.requires_grad = true});
  made.zero_grad();
  return made;
}

}  // namespace

const std::vector<ElementOp>& element_ops() {
  static const std::vector<ElementOp> ops{
      {"add", 2, [](const Inputs& in) { return in[0] + in[1]; }, 3, 3, 1, 0},
      {"mul", 2, [](const Inputs& in) { return in[0] * in[1]; }, 3, 5, 1, 2},
      {"div", 2, [](const Inputs& in) { return in[0] / in[1]; }, 3, 5, 1, 4},
      {"mul_scalar", 1, [](const Inputs& in) { return in[0] * 0.5; }, 2, 2, 1, 1},
      {"add_row", 1, [](const Inputs& in) { return in[0] + bias(in[0]); }, 2, 2, 1, 1},
      unary("exp", exp, 1),
      unary("log", log, 1),
      unary("sqrt", sqrt, 2),
      unary("tanh", tanh, 3),
      unary("sigmoid", sigmoid, 3),
      unary("relu", relu, 1),
      {"gelu", 1, [](const Inputs& in) { return gelu(in[0]); }, 2, 3, 5, 8},
      {"dropout", 1, [](const Inputs& in) { return dropout(in[0], 0.2, true); }, 2, 2, 1, 1},
      {"sum", 1, [](const Inputs& in) { return sum(in[0]); }, 1, 1, 1, 0},
      {"sum_rows", 1, [](const Inputs& in) { return sum(in[0], 1); }, 1, 1, 1, 0},
      {"sum_columns", 1, [](const Inputs& in) { return sum(in[0], 0); }, 1, 1, 1, 0},
      {"var_rows", 1, [](const Inputs& in) { return var(in[0], 1); }, 1, 2, 3, 2},
      {"amax_rows", 1, [](const Inputs& in) { return amax(in[0], 1); }, 1, 2, 1, 1},
      {"softmax", 1, [](const Inputs& in) { return softmax(in[0], 1); }, 2, 3, 5, 4},
      {"log_softmax", 1, [](const Inputs& in) { return log_softmax(in[0], 1); }, 2, 3, 5, 4},
      {"cross_entropy", 1, [](const Inputs& in) { return cross_entropy(in[0], labels(in[0])); }, 1, 2, 4, 4},
      {"transposed_copy", 1, [](const Inputs& in) { return transpose(in[0], 0, 1).clone(); }, 2, 2, 0, 0},
      {"cat", 2,
       [](const Inputs& in) {
         return cat({in[0], in[1]}, 0);
       },
       4, 4, 0, 0},
  };
  return ops;
}

const std::vector<Product>& products() {
  static const std::vector<Product> all{
      {"matmul", false, 16, 16, 16},    {"matmul", false, 128, 128, 128}, {"matmul", false, 1024, 1024, 1024},
      {"linear", true, 1, 512, 784},    {"linear", true, 32, 16, 16},     {"linear", true, 100, 100, 3072},
      {"linear", true, 128, 512, 512},  {"linear", true, 1000, 512, 784}, {"linear", true, 128, 10, 512},
      {"linear", true, 8192, 256, 256},
  };
  return all;
}

}  // namespace bench
