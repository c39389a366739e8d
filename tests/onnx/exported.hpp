// Exported: a model saved as ONNX beside inputs and what the model makes of them, for checks by other
// programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <xtape/onnx.hpp>
#include <xtape/xtape.hpp>

namespace xtape::test {

/// FOLDER/NAME/model.onnx, and FOLDER/NAME/0.safetensors and so on for each of the calls: tensors "in:x" and
/// "out:y". The first call is the example.
template <class Model>
void write_exported(const std::filesystem::path& folder, Model& model,
                    const std::vector<std::vector<Tensor>>& calls, const onnx::SaveOptions& options) {
  std::filesystem::create_directories(folder);
  onnx::save(model, calls.front(), folder / "model.onnx", options);
  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    StateDict dict;
    const auto add = [&](const std::string& kind, const std::vector<std::string>& names,
                         std::vector<Tensor> list) {
      std::erase_if(list, [](const Tensor& x) { return !x.defined(); });
      for (std::size_t n = 0; n < list.size(); ++n) {
        const bool numbered = names.size() == 1 && list.size() > 1;
        dict[kind + (numbered ? names[0] + std::to_string(n) : names.at(n))] = list[n].contiguous();
      }
    };
    add("in:", options.input_names, calls[i]);
    add("out:", options.output_names, onnx::detail::call_with(model, calls[i]));
    save(dict, folder / (std::to_string(i) + ".safetensors"));
  }
}

}  // namespace xtape::test
