// onnx::save: what a model computes as an ONNX file, for other runtimes and for onnx::load.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/module/module_base.hpp"
#include "nn/module/tensors_of.hpp"

namespace xtape::onnx {

/// PyTorch's TrainingMode: the mode that a model is traced in. Its own comes back afterwards.
enum class TrainingMode {
  eval,      ///< as the model predicts
  preserve,  ///< as the model is
  training,  ///< with dropout, and batch norm by the statistics of the batch
};

/// An axis whose size the file leaves open, and what the file calls the size: `0` or `{0, "batch"}`.
struct DynamicAxis {
  template <std::integral I>
  DynamicAxis(I number) : axis(static_cast<std::int64_t>(number)) {}
  template <std::integral I>
  DynamicAxis(I number, std::string size) : axis(static_cast<std::int64_t>(number)), name(std::move(size)) {}

  std::int64_t axis;  ///< from the end where it is below 0
  std::string name =
      {};  ///< axes of one name have one size; so have those without one that agree in number and size
};

struct SaveOptions {
  /// One name for each input; one name for several inputs is numbered: "x0", "x1".
  std::vector<std::string> input_names = {"x"};
  std::vector<std::string> output_names = {"y"};  ///< the same of the results
  std::int64_t opset_version = 17;                ///< 15 to 17
  /// By names of inputs. Names of outputs may stand there too: their sizes follow from those of the inputs.
  std::map<std::string, std::vector<DynamicAxis>> dynamic_axes = {};
  TrainingMode training = TrainingMode::eval;
  std::string doc_string = {};
};

namespace detail {

/// A model as save() calls it.
struct Callable {
  nn::ModuleBase* module;  // null for a function
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> run;
};

void save(const Callable& model, const std::vector<Tensor>& example, const std::filesystem::path& path,
          const SaveOptions& options);

inline constexpr std::size_t kMostInputs = 8;

/// Whether f takes N tensors.
template <class F, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return std::invocable<F&, std::enable_if_t<I + 1 != 0, const Tensor&>...>;
}
template <class F, std::size_t N>
inline constexpr bool takes_tensors = takes<F>(std::make_index_sequence<N>());

/// f of the tensors of a list, whose number is known at run time. Throws where f takes another one.
template <class F, std::size_t N = 0>
std::vector<Tensor> call_with(F& f, const std::vector<Tensor>& x) {
  if constexpr (N > kMostInputs) {
    check(false, "onnx::save: the model does not take {} tensors, as many as the example has", x.size());
    return {};
  } else {
    if constexpr (takes_tensors<F, N>) {
      if (x.size() == N) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return nn::detail::tensors_of(f(x[I]...)); }
        (std::make_index_sequence<N>());
      }
    }
    return call_with<F, N + 1>(f, x);
  }
}

template <class F>
concept TakesTensors = takes_tensors<F, 0> || takes_tensors<F, 1> || takes_tensors<F, 2> ||
    takes_tensors<F, 3> || takes_tensors<F, 4> || takes_tensors<F, 5> || takes_tensors<F, 6> ||
    takes_tensors<F, 7> || takes_tensors<F, 8>;

template <class F>
Callable callable(F& f) {  // f outlives the call of save()
  nn::ModuleBase* module = nullptr;
  if constexpr (std::derived_from<F, nn::ModuleBase>) module = &f;
  return {module, [&f](const std::vector<Tensor>& x) { return call_with(f, x); }};
}

}  // namespace detail

/// Calls the model with the example and writes what it computed to the file, in ONNX's opset 17: for each
/// layer its ONNX node, parameters and buffers by their names, and what depends on neither them nor the
/// inputs as constants. Control flow is unrolled as the example took it. The model is a module of any
/// signature, or a function of tensors.
///
///   onnx::save(net, images, "net.onnx", {.dynamic_axes = {{"x", {0}}}});
///   onnx::save(net, {queries, keys}, "net.onnx", {.input_names = {"queries", "keys"}});
///
/// The model is called a second time with other values, and other sizes of dynamic axes, to tell what depends
/// on them. The file appears whole or not at all. Throws, naming the op and the module, for an op that has no
/// form in ONNX (docs/onnx.md lists them), and for what differs between both calls in a way that a graph
/// cannot express; further for names that are missing or meet, for an axis out of range, and for another
/// opset.
template <class Model>
requires detail::TakesTensors<std::remove_reference_t<Model>>
void save(Model&& model, const std::vector<Tensor>& example, const std::filesystem::path& path,
          const SaveOptions& options = {}) {
  detail::save(detail::callable(model), example, path, options);
}
template <class Model>
requires detail::TakesTensors<std::remove_reference_t<Model>>
void save(Model&& model, const Tensor& example, const std::filesystem::path& path,
          const SaveOptions& options = {}) {
  detail::save(detail::callable(model), {example}, path, options);
}

}  // namespace xtape::onnx
