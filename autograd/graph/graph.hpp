// Graph: what was computed from what, for whoever looks at it. graph_of(y) reads it off the history of a
// result; a Tracer (trace.hpp) writes it down while ops run.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/graph/attributes.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

/// Ops in the order in which they ran, and the values between them. Everything refers by number.
struct Graph {
  static constexpr int kNone = -1;

  struct Value {
    std::string name = {};  ///< a parameter's, say; mostly ""
    Shape shape;
    DType dtype;
    Tensor constant = {};  ///< of a value that no op gave: the tensor, where it is known
  };
  struct Op {
    std::string name;
    op::Attributes attributes;
    std::vector<int> inputs;   ///< values; kNone where an input was left out
    std::vector<int> outputs;  ///< values; in a graph_of(y), those that y was computed from
    int scope = kNone;
  };
  /// A part of the program, such as the call of a module, with the scope around it.
  struct Scope {
    std::string name;                         ///< "block.fc1"
    std::string kind = {};                    ///< "Linear", for a module
    int parent = kNone;                       ///< less than its own number
    std::shared_ptr<const void> module = {};  ///< what the handles of a module share, until it has a name
  };

  std::vector<Value> values = {};
  std::vector<Op> ops = {};
  std::vector<Scope> scopes = {};
};

using TensorNames = std::vector<std::pair<std::string, Tensor>>;

/// The recorded ops that y was computed by, from its history. It knows what gradients need: ops as they were
/// recorded, shapes, and leaves that require grad, named where `names` holds them. Other inputs are values
/// without a name, and there are no scopes. Where that is too little, use a Tracer.
Graph graph_of(const Tensor& y, const TensorNames& names = {});

}  // namespace xtape
