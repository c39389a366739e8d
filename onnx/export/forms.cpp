// The table of all forms, and the ops that have none.
#include "onnx/export/detail/forms.hpp"

#include <algorithm>
#include <map>

namespace xtape::onnx::saving {

namespace {

constexpr std::string_view kGradient = "it is a step of backward, which a file has no form for";
constexpr std::string_view kNoNode = "ONNX has no node for it";
constexpr std::string_view kByData = "the shape of its result depends on values";

constexpr Formless kFormless[] = {
    {"attention_backward", kGradient},
    {"avg_pool_backward", kGradient},
    {"binary_cross_entropy_slope", kGradient},
    {"bincount", kByData},
    {"convolution_weight", kGradient},
    {"ctc_loss", kNoNode},
    {"ctc_loss_backward", kGradient},
    {"cummax", kNoNode},
    {"cummin", kNoNode},
    {"cumprod", kNoNode},
    {"embed", kGradient},
    {"erfinv", kNoNode},
    {"fold_windows", kGradient},
    {"gelu_backward", kGradient},
    {"gru_sequence", "ONNX has no node for packed sequences; nn::GRU of a tensor has one"},
    {"interpolate_backward", kGradient},
    {"join_heads", kGradient},
    {"label_cross_entropy_backward", kGradient},
    {"leaky_relu_gate", kGradient},
    {"linalg_basis", kGradient},
    {"linalg_cholesky", kNoNode},
    {"linalg_eigh", kNoNode},
    {"linalg_inv", kNoNode},
    {"linalg_pinv", kNoNode},
    {"linalg_qr", kNoNode},
    {"linalg_slogdet", kNoNode},
    {"linalg_solve", kNoNode},
    {"linalg_svd", kNoNode},
    {"log_softmax_backward", kGradient},
    {"lstm_sequence", "ONNX has no node for packed sequences; nn::LSTM of a tensor has one"},
    {"masked_embed", kGradient},
    {"max_pool_backward", kGradient},
    {"mode", kNoNode},
    {"nanmedian", kNoNode},
    {"nanmedian_of_all", kNoNode},
    {"recurrence", kGradient},
    {"relu_gate", kGradient},
    {"rnn_sequence", "ONNX has no node for packed sequences; nn::RNN of a tensor has one"},
    {"scatter_amax", "ONNX has a node for it from opset 18 on"},
    {"scatter_amin", "ONNX has a node for it from opset 18 on"},
    {"searchsorted", kNoNode},
    {"sigmoid_backward", kGradient},
    {"softmax_backward", kGradient},
    {"squared_error_backward", kGradient},
    {"standardize_backward", kGradient},
    {"strided_embed", kGradient},
    {"sum_to_size", kGradient},
    {"tanh_backward", kGradient},
    {"unique", kByData},
};

const std::map<std::string_view, Form>& table() {
  static const std::map<std::string_view, Form> forms = [] {
    std::map<std::string_view, Form> all;
    for (const auto& family :
         {elementwise_forms(), activation_forms(), reduction_forms(), shape_forms(), part_forms(),
          product_forms(), image_forms(), normalization_forms(), recurrent_forms(), lookup_forms(),
          loss_forms(), rearranging_forms(), linear_algebra_forms(), composed_forms()}) {
      for (const Form& form : family) all.emplace(form.name, form);
    }
    return all;
  }();
  return forms;
}

}  // namespace

std::span<const Formless> ops_without_form() { return kFormless; }

std::vector<Form> all_forms() {
  std::vector<Form> all;
  for (const auto& [name, form] : table()) all.push_back(form);
  return all;
}

const Form* find_form(std::string_view name) {
  auto found = table().find(name);
  if (found == table().end() && name.ends_with('_')) found = table().find(name.substr(0, name.size() - 1));
  return found == table().end() ? nullptr : &found->second;
}

}  // namespace xtape::onnx::saving
