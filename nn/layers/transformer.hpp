// TransformerEncoderLayer and TransformerEncoder: attention of words to each other, and a net for each word.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "autograd/base/choice.hpp"
#include "nn/layers/attention.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/normalization.hpp"
#include "nn/module/module_list.hpp"

namespace xtape::nn {

enum class TransformerActivation { relu, gelu };
constexpr std::array<std::string_view, 2> words(TransformerActivation) { return {"relu", "gelu"}; }

struct TransformerEncoderLayerOptions {
  std::int64_t dim_feedforward = 2048;  ///< between the two products for each word
  double dropout = 0.1;
  xtape::detail::Choice<TransformerActivation> activation = TransformerActivation::relu;
  double layer_norm_eps = 1e-5;
  bool batch_first = false;  ///< whether inputs are {N, L, E}, and not {L, N, E}
  bool norm_first = false;   ///< whether norms stand before attention and net, and not behind the sums
  bool bias = true;
  DType dtype = kFloat32;
  Generator* generator = nullptr;  ///< for the initial values; the default generator where null
};

struct TransformerEncoderLayerForwardOptions {
  Tensor src_mask = {};              ///< MultiheadAttention's attn_mask
  Tensor src_key_padding_mask = {};  ///< {N, L}
  bool is_causal = false;            ///< word i sees the words 0 ... i
  KeyValueCache* cache = nullptr;    ///< of the words before src, to which those of src are added
};

/// x = norm1(src + attention(src)), y = norm2(x + linear2(activation(linear1(x)))), with dropouts in
/// training; with norm_first x = src + attention(norm1(src)), y = x + linear2(activation(linear1(norm2(x)))).
/// src {L, N, E}, or {N, L, E} where batch_first, or {L, E}.
class TransformerEncoderLayer : public Module {
 public:
  using ForwardOptions = TransformerEncoderLayerForwardOptions;

  TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead,
                          const TransformerEncoderLayerOptions& options = {});

  Tensor forward(const Tensor& src) override { return forward(src, ForwardOptions()); }
  Tensor forward(const Tensor& src, const ForwardOptions& options);
  using Module::operator();
  Tensor operator()(const Tensor& src, const ForwardOptions& options) {
    return call([&] { return forward(src, options); }, src);
  }

 private:
  Tensor attended(const Tensor& x, const ForwardOptions& options);
  Tensor fed_forward(const Tensor& x);

  TransformerActivation activation_;
  bool norm_first_;
  MultiheadAttention self_attn_;
  Linear linear1_;
  Dropout dropout_;
  Linear linear2_;
  LayerNorm norm1_, norm2_;
  Dropout dropout1_, dropout2_;
};

/// A module of one tensor as an option; none where left out.
class OptionalModule {
 public:
  OptionalModule() = default;
  template <std::derived_from<Module> M>
  OptionalModule(const M& module) : child_(Child(std::make_shared<M>(module))) {}  // NOLINT: implicit

  const std::optional<Child>& child() const { return child_; }

 private:
  std::optional<Child> child_;
};

struct TransformerEncoderOptions {
  OptionalModule norm = {};  ///< behind the last layer
};

struct TransformerEncoderForwardOptions {
  Tensor mask = {};                  ///< MultiheadAttention's attn_mask, for all layers
  Tensor src_key_padding_mask = {};  ///< {N, L}
  bool is_causal = false;            ///< word i sees the words 0 ... i
  /// One for each layer, or none before the first call: the words before src.
  std::vector<KeyValueCache>* caches = nullptr;
};

/// `num_layers` clones of a layer one after the other, all with its values at first.
class TransformerEncoder : public Module {
 public:
  using ForwardOptions = TransformerEncoderForwardOptions;

  TransformerEncoder(const TransformerEncoderLayer& layer, std::int64_t num_layers,
                     const TransformerEncoderOptions& options = {});

  Tensor forward(const Tensor& src) override { return forward(src, ForwardOptions()); }
  Tensor forward(const Tensor& src, const ForwardOptions& options);
  using Module::operator();
  Tensor operator()(const Tensor& src, const ForwardOptions& options) {
    return call([&] { return forward(src, options); }, src);
  }

  const ModuleListOf<TransformerEncoderLayer>& layers() const { return layers_; }

 private:
  ModuleListOf<TransformerEncoderLayer> layers_;
  bool has_norm_;
};

/// {size, size}, float32: 0 on and below the diagonal, minus infinity above it. The mask of a text whose
/// words see only those before them.
Tensor generate_square_subsequent_mask(std::int64_t size);

}  // namespace xtape::nn
