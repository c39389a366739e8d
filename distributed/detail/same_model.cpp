// Models are compared as texts, a line for each tensor.
#include "distributed/detail/same_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"

namespace xtape::distributed::detail {

namespace {

std::string description_of(const nn::ModuleBase& model, const std::string& also) {
  std::string text = also + '\n';
  const auto add = [&](std::string_view kind, const nn::NamedTensors& tensors) {
    std::size_t number = 0;
    for (const auto& [name, x] : tensors) {
      text += fmt::format("{} {}: {} {} {}{}\n", kind, number++, name, x.dtype(), x.shape(),
                          kind == "parameter" && !x.requires_grad() ? ", frozen" : "");
    }
  };
  add("parameter", model.named_parameters());
  add("buffer", model.named_buffers());
  return text;
}

std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

/// "" where the texts are equal.
std::string first_difference(std::string_view theirs, std::string_view ours, int rank) {
  while (!theirs.empty() || !ours.empty()) {
    const std::string_view a = next_line(theirs), b = next_line(ours);
    const auto shown = [](std::string_view line) { return line.empty() ? "nothing more" : line; };
    if (a != b) return fmt::format("rank 0 has {}; rank {} has {}", shown(a), rank, shown(b));
  }
  return "";
}

}  // namespace

void check_same_model(Engine& engine, const nn::ModuleBase& model, const std::string& also) {
  const std::string ours = description_of(model, also);
  const std::string theirs = engine.broadcast_text("comparison of models", ours, 0);
  const std::string difference = first_difference(theirs, ours, engine.rank());
  const Tensor first = tensor(static_cast<std::int64_t>(difference.empty() ? engine.size() : engine.rank()));
  engine.all_reduce("comparison of models", first.reshape({1}), ReduceOp::min);
  const auto differs = static_cast<int>(first.item<std::int64_t>());
  if (differs == engine.size()) return;
  throw Error("Reducer: the models of the ranks differ: " +
              engine.broadcast_text("difference of models", difference, differs));
}

void broadcast_all(Engine& engine, const std::string& what, const std::vector<Tensor>& tensors) {
  const NoGradGuard no_grad;
  for (const Tensor& x : tensors) {
    const Tensor values = x.detach().contiguous();
    engine.broadcast(what, values, 0);
    if (engine.rank() != 0) x.copy_(values);
  }
}

}  // namespace xtape::distributed::detail
