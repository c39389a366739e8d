// Any bytes as an ONNX model. What loads is run once, with ones for its inputs, unless it has loops, whose
// end is theirs to choose.
#include <xtape/autograd.hpp>

#include "onnx/detail/compiler.hpp"
#include "onnx/load.hpp"
#include "small_memory.hpp"
#include "target.hpp"

using namespace xtape;

namespace {

/// A loop, or a function: what that calls is not looked at.
bool may_go_on(const onnx::detail::Graph& graph) {
  for (const onnx::detail::Node& node : graph.nodes)
    for (const char* name : {"body", "then_branch", "else_branch"})
      if (node.attributes.has(name)) return true;
  return false;
}

/// Where the file leaves a size free or names a large one, 2 will do.
StateDict ones_for(const std::vector<onnx::detail::InputSpec>& specs) {
  StateDict inputs;
  for (const onnx::detail::InputSpec& spec : specs) {
    Shape shape;
    for (const std::int64_t size : spec.sizes.value_or(std::vector<std::int64_t>{2, 2}))
      shape.push_back(size >= 0 && size <= 16 ? size : 2);
    if (!inputs.contains(spec.name)) inputs.insert(spec.name, ones(shape, {.dtype = spec.dtype}));
  }
  return inputs;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::Source source = fuzz::bytes_of(data, size);
  fuzz::run([&] {
    onnx::Model model = onnx::load(source);
    const onnx::detail::Program program = onnx::detail::compile(source).program;
    if (may_go_on(program.graph)) return;
    for (const bool is_training : {false, true}) {
      model.train(is_training);
      for (const auto& [name, y] : model.run(ones_for(program.inputs)))
        if (y.requires_grad()) y.backward(ones(y.shape(), {.dtype = y.dtype()}));
    }
  });
  return 0;
}
