// MultiheadAttention and the transformer's layers beyond their golden files: state, modes, caches, errors.
#include "nn/layers/transformer.hpp"

#include <cmath>

#include "nn/gradcheck.hpp"
#include "nn/layers/embedding.hpp"
#include "nn/layers/positions.hpp"
#include "nn/losses/classification.hpp"
#include "nn/module/clone.hpp"
#include "nn/sampling.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

using Names = std::vector<std::string>;

Names names_of(const StateDict& dict) {
  Names names;
  for (const auto& [name, value] : dict) names.push_back(name);
  return names;
}

/// A net that tells the next of 11 letters from those before it.
struct Writer : nn::Module {
  nn::Embedding letters = register_module("letters", nn::Embedding(11, 8));
  nn::TransformerEncoder encoder = register_module(
      "encoder",
      nn::TransformerEncoder(
          nn::TransformerEncoderLayer(8, 2, {.dim_feedforward = 16, .batch_first = true, .norm_first = true}),
          2));
  nn::Linear head = register_module("head", nn::Linear(8, 11));

  Tensor forward(const Tensor& text) override { return scores(text, 0, nullptr); }
  /// The scores of the letters behind each of `text`, which begins at place `first`.
  Tensor scores(const Tensor& text, std::int64_t first, std::vector<nn::KeyValueCache>* caches) {
    const Tensor places = nn::sinusoidal_positions(first + text.size(1), 8).slice(0, first);
    return head(encoder(letters(text) + places, {.is_causal = true, .caches = caches}));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_transformer)

BOOST_AUTO_TEST_CASE(attention_names_its_state_as_pytorch_does) {
  const nn::MultiheadAttention same(6, 2);
  BOOST_TEST((names_of(same.state_dict()) ==
              Names{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}));
  BOOST_TEST((same.state_dict()["in_proj_weight"].shape() == Shape{18, 6}));
  BOOST_TEST(to_string(same) ==
             "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=6, "
             "out_features=6, bias=True)\n)");
  const nn::MultiheadAttention other(6, 2, {.bias = false, .add_bias_kv = true, .kdim = 3, .vdim = 4});
  BOOST_TEST((names_of(other.state_dict()) == Names{"q_proj_weight", "k_proj_weight", "v_proj_weight",
                                                    "bias_k", "bias_v", "out_proj.weight"}));
  BOOST_TEST((other.state_dict()["v_proj_weight"].shape() == Shape{6, 4}));
  BOOST_TEST((other.state_dict()["bias_k"].shape() == Shape{1, 1, 6}));
}

BOOST_AUTO_TEST_CASE(attention_starts_from_pytorchs_values) {
  manual_seed(0);
  const nn::MultiheadAttention attention(64, 4);
  const StateDict state = attention.state_dict();
  const double bound = std::sqrt(6.0 / (64 + 192));  // xavier_uniform
  const Tensor weight = state["in_proj_weight"];
  BOOST_TEST(abs(weight).max().item() < bound);
  BOOST_TEST(abs(weight).max().item() > 0.99 * bound);
  BOOST_TEST(abs(state["in_proj_bias"]).max().item() == 0);
  BOOST_TEST(abs(state["out_proj.bias"]).max().item() == 0);
  BOOST_TEST(abs(state["out_proj.weight"]).max().item() <= 0.125);
}

BOOST_AUTO_TEST_CASE(an_encoder_names_its_state_and_prints_as_pytorch_does) {
  const nn::TransformerEncoderLayer layer(4, 2, {.dim_feedforward = 8});
  const Names of_layer{"self_attn.in_proj_weight",
                       "self_attn.in_proj_bias",
                       "self_attn.out_proj.weight",
                       "self_attn.out_proj.bias",
                       "linear1.weight",
                       "linear1.bias",
                       "linear2.weight",
                       "linear2.bias",
                       "norm1.weight",
                       "norm1.bias",
                       "norm2.weight",
                       "norm2.bias"};
  BOOST_TEST((names_of(layer.state_dict()) == of_layer));
  Names expected;
  for (const std::string number : {"0", "1"})
    for (const std::string& name : of_layer) expected.push_back("layers." + number + "." + name);
  expected.insert(expected.end(), {"norm.weight", "norm.bias"});
  const nn::TransformerEncoder encoder(layer, 2, {.norm = nn::LayerNorm({4})});
  BOOST_TEST((names_of(encoder.state_dict()) == expected));
  BOOST_TEST(to_string(layer) ==
             "TransformerEncoderLayer(\n"
             "  (self_attn): MultiheadAttention(\n"
             "    (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n"
             "  )\n"
             "  (linear1): Linear(in_features=4, out_features=8, bias=True)\n"
             "  (dropout): Dropout(p=0.1, inplace=False)\n"
             "  (linear2): Linear(in_features=8, out_features=4, bias=True)\n"
             "  (norm1): LayerNorm((4,), eps=1e-05, elementwise_affine=True)\n"
             "  (norm2): LayerNorm((4,), eps=1e-05, elementwise_affine=True)\n"
             "  (dropout1): Dropout(p=0.1, inplace=False)\n"
             "  (dropout2): Dropout(p=0.1, inplace=False)\n"
             ")");
}

BOOST_AUTO_TEST_CASE(an_encoder_has_clones_of_its_layer) {
  manual_seed(0);
  nn::TransformerEncoderLayer layer(4, 2, {.dim_feedforward = 8, .dropout = 0});
  nn::TransformerEncoder encoder(layer, 2);
  const Tensor x = randn({3, 1, 4});
  BOOST_TEST(allclose(encoder(x), layer(layer(x))));
  sum(encoder(x)).backward();
  BOOST_TEST(!layer.parameters()[0].grad().defined());
  nn::TransformerEncoder twin = nn::clone(encoder);
  BOOST_TEST(equal(twin(x), encoder(x)));
  BOOST_TEST(twin.parameters().size() == encoder.parameters().size());
  BOOST_TEST(!twin.parameters()[0].is_same(encoder.parameters()[0]));
}

BOOST_AUTO_TEST_CASE(dropout_acts_in_training_alone) {
  manual_seed(1);
  nn::TransformerEncoderLayer layer(8, 2, {.dim_feedforward = 16, .dropout = 0.5});
  const Tensor x = randn({5, 2, 8});
  BOOST_TEST(!equal(layer(x), layer(x)));
  layer.eval();
  BOOST_TEST(equal(layer(x), layer(x)));
  nn::MultiheadAttention attention(8, 2, {.dropout = 0.5});
  const auto [y, weights] = attention(x, x, x);
  const auto [z, others] = attention(x, x, x);
  BOOST_TEST(!equal(weights, others));
  attention.eval();
  const auto [u, quiet] = attention(x, x, x);
  BOOST_TEST(allclose(sum(quiet, -1), ones({2, 5})));
}

BOOST_AUTO_TEST_CASE(is_causal_means_the_mask_of_a_triangle) {
  manual_seed(2);
  nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(8, 2, {.dim_feedforward = 16, .dropout = 0}), 2);
  const Tensor x = randn({5, 2, 8}), triangle = nn::generate_square_subsequent_mask(5);
  expect_values(triangle.slice(0, 0, 2).slice(1, 0, 2), {0, -INFINITY, 0, 0});
  const Tensor expected = encoder(x, {.mask = triangle});
  BOOST_TEST(allclose(encoder(x, {.is_causal = true}), expected));
  BOOST_TEST(allclose(encoder(x, {.mask = triangle, .is_causal = true}), expected));
  const Tensor padding = tensor({{false, false, false, true, true}, {false, false, false, false, false}});
  BOOST_TEST(allclose(encoder(x, {.src_key_padding_mask = padding, .is_causal = true}),
                      encoder(x, {.mask = triangle < 0, .src_key_padding_mask = padding})));
  nn::MultiheadAttention more(8, 2, {.add_bias_kv = true, .add_zero_attn = true});
  for (const bool need : {true, false}) {
    const auto [a, u] = more(x, x, x, {.need_weights = need, .is_causal = true});
    const auto [b, w] = more(x, x, x, {.need_weights = need, .attn_mask = triangle < 0});
    BOOST_TEST(allclose(a, b));
  }
}

BOOST_AUTO_TEST_CASE(an_encoder_learns_and_its_gradients_fit) {
  manual_seed(3);
  struct Classifier : nn::Module {
    nn::TransformerEncoder encoder = register_module(
        "encoder",
        nn::TransformerEncoder(
            nn::TransformerEncoderLayer(
                4, 2, {.dim_feedforward = 6, .dropout = 0, .activation = "gelu", .dtype = kFloat64}),
            1));
    nn::Linear head = register_module("head", nn::Linear(4, 3, {.dtype = kFloat64}));
    Tensor forward(const Tensor& x) override { return head(mean(encoder(x, {.is_causal = true}), 0)); }
  };
  Classifier net;
  const GradcheckResult result =
      gradcheck(net, randn({3, 2, 4}, {.dtype = kFloat64}), tensor({0, 2}), nn::cross_entropy);
  BOOST_TEST(result.ok, result.message);
}

BOOST_AUTO_TEST_CASE(word_by_word_with_a_cache_gives_what_all_words_at_once_give) {
  manual_seed(4);
  nn::TransformerEncoder encoder(
      nn::TransformerEncoderLayer(8, 2, {.dim_feedforward = 16, .batch_first = true, .norm_first = true}), 3);
  encoder.eval();
  const NoGradGuard no_grad;
  const Tensor x = randn({2, 70, 8});  // beyond the first capacity of a cache
  const Tensor all = encoder(x, {.is_causal = true});
  std::vector<nn::KeyValueCache> caches;
  std::vector<Tensor> parts;
  for (std::int64_t first = 0, size = 5; first < 70;
       first += size, size = 1) {  // some words, and then one each
    if (first == 20) size = 4;
    parts.push_back(encoder(narrow(x, 1, first, size), {.is_causal = true, .caches = &caches}));
  }
  BOOST_TEST(caches[2].length() == 70);
  BOOST_TEST(allclose(cat(parts, 1), all, 1e-5, 1e-6));
  caches[0].truncate(69), caches[1].truncate(69), caches[2].truncate(69);
  const Tensor again = encoder(narrow(x, 1, 69, 1), {.is_causal = true, .caches = &caches});
  BOOST_TEST(allclose(again, narrow(all, 1, 69, 1), 1e-5, 1e-6));
}

BOOST_AUTO_TEST_CASE(a_text_grows_by_the_same_letters_with_a_cache_and_without) {
  manual_seed(6);
  Writer net;
  net.eval();
  const NoGradGuard no_grad;
  Tensor text = tensor({{1, 2, 3}, {7, 8, 9}}), grown = text, unread = text;
  std::vector<nn::KeyValueCache> caches;
  for (int i = 0; i < 20; ++i) {
    const Tensor all = net(text);
    const Tensor some = net.scores(unread, grown.size(1) - unread.size(1), &caches);
    BOOST_TEST(allclose(select(some, 1, -1), select(all, 1, -1), 1e-5, 1e-5));
    text = cat({text, nn::sample_token(select(all, 1, -1), {.greedy = true}).unsqueeze(1)}, 1);
    unread = nn::sample_token(select(some, 1, -1), {.greedy = true}).unsqueeze(1);
    grown = cat({grown, unread}, 1);
  }
  BOOST_TEST(equal(text, grown));
}

BOOST_AUTO_TEST_CASE(a_cache_serves_an_attention_that_gives_its_weights) {
  manual_seed(5);
  nn::MultiheadAttention attention(4, 2, {.batch_first = true});
  attention.eval();
  const NoGradGuard no_grad;
  const Tensor x = randn({1, 3, 4});
  const auto [all, weights] = attention(x, x, x, {.is_causal = true});
  nn::KeyValueCache cache;
  for (std::int64_t i = 0; i < 3; ++i) {
    const Tensor word = narrow(x, 1, i, 1);
    const auto [y, w] = attention(word, word, word, {.is_causal = true, .cache = &cache});
    BOOST_TEST(allclose(y, narrow(all, 1, i, 1), 1e-5, 1e-6));
    BOOST_TEST(allclose(w, narrow(narrow(weights, 1, i, 1), 2, 0, i + 1), 1e-5, 1e-6));
  }
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_cache_goes_its_own_way) {
  nn::KeyValueCache cache;
  cache.append(ones({1, 1, 2, 1}), ones({1, 1, 2, 1}));
  nn::KeyValueCache twin = cache;
  twin.append(full({1, 1, 1, 1}, 5.0), full({1, 1, 1, 1}, 6.0));
  const auto [keys, values] = cache.append(full({1, 1, 1, 1}, 2.0), full({1, 1, 1, 1}, 3.0));
  expect_values(keys, {1, 1, 2});
  expect_values(values, {1, 1, 3});
  BOOST_TEST(twin.length() == 3);
  cache.clear();
  const auto [fresh, unused] = cache.append(ones({2, 3, 1, 4}), ones({2, 3, 1, 2}));  // other sizes fit again
  BOOST_TEST((fresh.shape() == Shape{2, 3, 1, 4}));
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_fit) {
  expect_error([] { nn::MultiheadAttention(64, 5); },
               "MultiheadAttention: embed_dim 64 does not fall into 5 heads; expected a multiple");
  expect_error([] { nn::MultiheadAttention(0, 1); }, "MultiheadAttention: embed_dim is 0 and num_heads 1");
  expect_error([] { nn::MultiheadAttention(4, 2, {.dropout = 2}); }, "MultiheadAttention: dropout is 2");
  expect_error([] { nn::TransformerEncoderLayer(4, 2, {.activation = "tanh"}); },
               "TransformerEncoderLayer: activation is \"tanh\"; expected \"relu\" or \"gelu\"");
  nn::MultiheadAttention attention(4, 2);
  const Tensor q = ones({3, 2, 4}), k = ones({5, 2, 4});
  const auto attend = [&](const Tensor& a, const Tensor& b, const Tensor& c,
                          const nn::MultiheadAttentionForwardOptions& options) {
    return [=, &attention] { attention(a, b, c, options); };
  };
  expect_error(
      attend(q, ones({5, 2, 3}), k, {}),
      "MultiheadAttention: q {3, 2, 4}, k {5, 2, 3} and v {5, 2, 4} do not fit; expected 2 or 3 dims");
  expect_error(attend(q, ones({5, 3, 4}), k, {}), "are not of one batch");
  expect_error(attend(q, ones({4, 2, 4}), k, {}), "or keys not of the values' number");
  expect_error(attend(q, k, k, {.attn_mask = ones({5, 3}, {.dtype = kBool})}),
               "MultiheadAttention: attn_mask is of shape {5, 3}; expected {3, 5} or {4, 3, 5}");
  expect_error(attend(q, k, k, {.attn_mask = ones({3, 5}, {.dtype = kInt64})}),
               "MultiheadAttention: attn_mask is int64; expected bool or float32");
  expect_error(attend(q, k, k, {.key_padding_mask = ones({5, 2}, {.dtype = kBool})}),
               "MultiheadAttention: key_padding_mask is of shape {5, 2}; expected {2, 5}");
  nn::KeyValueCache cache;
  expect_error(attend(q, q, q, {.cache = &cache}), "KeyValueCache: the keys require a gradient");
  const NoGradGuard no_grad;
  attention(q, q, q, {.cache = &cache});
  const Tensor other = ones({1, 3, 4});
  expect_error(
      attend(other, other, other, {.cache = &cache}),
      "KeyValueCache: float32 keys of shape {3, 2, 1, 2} do not fit behind float32 of {2, 2, 64, 2}");
  expect_error([&] { cache.truncate(4); }, "KeyValueCache: cannot keep 4 of 3 words");
  expect_error([&] { cache.append(ones({2, 2, 1, 2}), ones({2, 2, 2, 2})); }, "are not of the same words");
  expect_error([&] { cache.append(ones({2, 1, 2}), ones({2, 1, 2})); }, "expected {N, H, T, D}");
  std::vector<nn::KeyValueCache> caches(3);
  nn::TransformerEncoder encoder(nn::TransformerEncoderLayer(4, 2), 2);
  expect_error([&] { encoder(q, {.caches = &caches}); }, "TransformerEncoder: 3 caches do not fit 2 layers");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
