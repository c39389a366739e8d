// The table of forms: what ONNX has for each op of the library.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "onnx/export/detail/call.hpp"

namespace xtape::onnx::saving {

/// What an op, or a function that is composed of ops, is in ONNX.
struct Form {
  /// Whether the name is that of an op, of a composed function that is written as one, or of both.
  enum class Of { op, function, both };

  std::string_view name;
  std::string_view onnx;  ///< the node, or the nodes; for the list in docs/onnx.md
  Names (*nodes)(Call& call) =
      nullptr;  ///< the names of the results; null: one node of that type, without attributes
  Of of = Of::op;
};
/// An op that has none, and why.
struct Formless {
  std::string_view name, why;
};

/// The tables of the families, each in the file of its name.
std::span<const Form> elementwise_forms();
std::span<const Form> activation_forms();
std::span<const Form> reduction_forms();
std::span<const Form> shape_forms();
std::span<const Form> part_forms();
std::span<const Form> product_forms();
std::span<const Form> image_forms();
std::span<const Form> normalization_forms();
std::span<const Form> recurrent_forms();
std::span<const Form> lookup_forms();
std::span<const Form> loss_forms();
std::span<const Form> rearranging_forms();
std::span<const Form> linear_algebra_forms();
std::span<const Form> composed_forms();
std::span<const Formless> ops_without_form();

/// unfold() of images, of which x.unfold() has the name too.
Names patches_of(Call& call);
/// x.index({...}), of which a trace has the indices as a text.
std::string indexed(Call& call);

/// All of them, by name.
std::vector<Form> all_forms();
/// Null where there is none.
const Form* find_form(std::string_view name);

}  // namespace xtape::onnx::saving
