// Every loss against PyTorch in tests/golden/nn: how each golden file's loss is called.
#include <boost/test/unit_test.hpp>

#include "nn/losses/classification.hpp"
#include "nn/losses/embedding.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

nn::Reduction reduction(const Args& args) {
  const std::string name = args.text("reduction", "mean");
  if (name == "mean") return nn::Reduction::mean;
  if (name == "sum") return nn::Reduction::sum;
  if (name == "none") return nn::Reduction::none;
  check(name == "batchmean", "golden file: no reduction is called {}", name);
  return nn::Reduction::batchmean;
}

/// A loss of (input, target). A case without arguments calls `plain`, so that the defaults are compared too.
template <class Plain, class WithOptions>
Function loss(Plain plain, WithOptions with_options) {
  return [plain, with_options](const Tensors& x, const Args& args) -> Tensors {
    return {args.empty() ? plain(x[0], x[1]) : with_options(x[0], x[1], args)};
  };
}

Table classification() {
  using nn::cross_entropy, nn::multi_margin_loss, nn::nll_loss;
  return {
      {"cross_entropy", loss([](const Tensor& x, const Tensor& y) { return cross_entropy(x, y); },
                             [](const Tensor& x, const Tensor& y, const Args& args) {
                               return cross_entropy(x, y,
                                                    {.weight = args.tensor("weight"),
                                                     .ignore_index = args.integer("ignore_index", -100),
                                                     .reduction = reduction(args),
                                                     .label_smoothing = args.real("label_smoothing", 0)});
                             })},
      {"nll_loss", loss([](const Tensor& x, const Tensor& y) { return nll_loss(x, y); },
                        [](const Tensor& x, const Tensor& y, const Args& args) {
                          return nll_loss(x, y,
                                          {.weight = args.tensor("weight"),
                                           .ignore_index = args.integer("ignore_index", -100),
                                           .reduction = reduction(args)});
                        })},
      {"multi_margin_loss", loss([](const Tensor& x, const Tensor& y) { return multi_margin_loss(x, y); },
                                 [](const Tensor& x, const Tensor& y, const Args& args) {
                                   return multi_margin_loss(x, y,
                                                            {.p = static_cast<int>(args.integer("p", 1)),
                                                             .margin = args.real("margin", 1),
                                                             .weight = args.tensor("weight"),
                                                             .reduction = reduction(args)});
                                 })},
  };
}

Table regression() {
  using nn::huber_loss, nn::l1_loss, nn::mse_loss;
  return {
      {"mse_loss", loss([](const Tensor& x, const Tensor& y) { return mse_loss(x, y); },
                        [](const Tensor& x, const Tensor& y, const Args& args) {
                          return mse_loss(x, y, {.reduction = reduction(args)});
                        })},
      {"l1_loss", loss([](const Tensor& x, const Tensor& y) { return l1_loss(x, y); },
                       [](const Tensor& x, const Tensor& y, const Args& args) {
                         return l1_loss(x, y, {.reduction = reduction(args)});
                       })},
      {"huber_loss", loss([](const Tensor& x, const Tensor& y) { return huber_loss(x, y); },
                          [](const Tensor& x, const Tensor& y, const Args& args) {
                            return huber_loss(x, y,
                                              {.reduction = reduction(args), .delta = args.real("delta", 1)});
                          })},
  };
}

/// A loss of three tensors.
template <class Plain, class WithOptions>
Function triple_loss(Plain plain, WithOptions with_options) {
  return [plain, with_options](const Tensors& x, const Args& args) -> Tensors {
    return {args.empty() ? plain(x[0], x[1], x[2]) : with_options(x[0], x[1], x[2], args)};
  };
}

Table distances() {
  using nn::cosine_embedding_loss, nn::smooth_l1_loss, nn::triplet_margin_loss;
  return {
      {"smooth_l1_loss", loss([](const Tensor& x, const Tensor& y) { return smooth_l1_loss(x, y); },
                              [](const Tensor& x, const Tensor& y, const Args& args) {
                                return smooth_l1_loss(
                                    x, y, {.reduction = reduction(args), .beta = args.real("beta", 1)});
                              })},
      {"cosine_embedding_loss",
       triple_loss(
           [](const Tensor& a, const Tensor& b, const Tensor& y) { return cosine_embedding_loss(a, b, y); },
           [](const Tensor& a, const Tensor& b, const Tensor& y, const Args& args) {
             return cosine_embedding_loss(a, b, y,
                                          {.margin = args.real("margin", 0), .reduction = reduction(args)});
           })},
      {"triplet_margin_loss",
       triple_loss(
           [](const Tensor& a, const Tensor& b, const Tensor& c) { return triplet_margin_loss(a, b, c); },
           [](const Tensor& a, const Tensor& b, const Tensor& c, const Args& args) {
             return triplet_margin_loss(a, b, c,
                                        {.margin = args.real("margin", 1),
                                         .p = args.real("p", 2),
                                         .eps = args.real("eps", 1e-6),
                                         .swap = args.flag("swap"),
                                         .reduction = reduction(args)});
           })},
  };
}

Table probability() {
  using nn::binary_cross_entropy, nn::binary_cross_entropy_with_logits, nn::kl_div;
  return {
      {"binary_cross_entropy",
       loss([](const Tensor& x, const Tensor& y) { return binary_cross_entropy(x, y); },
            [](const Tensor& x, const Tensor& y, const Args& args) {
              return binary_cross_entropy(x, y,
                                          {.weight = args.tensor("weight"), .reduction = reduction(args)});
            })},
      {"binary_cross_entropy_with_logits",
       loss([](const Tensor& x, const Tensor& y) { return binary_cross_entropy_with_logits(x, y); },
            [](const Tensor& x, const Tensor& y, const Args& args) {
              return binary_cross_entropy_with_logits(x, y,
                                                      {.weight = args.tensor("weight"),
                                                       .reduction = reduction(args),
                                                       .pos_weight = args.tensor("pos_weight")});
            })},
      {"kl_div", loss([](const Tensor& x, const Tensor& y) { return kl_div(x, y); },
                      [](const Tensor& x, const Tensor& y, const Args& args) {
                        return kl_div(x, y,
                                      {.reduction = reduction(args), .log_target = args.flag("log_target")});
                      })},
  };
}

Table all_losses() {
  Table table;
  for (Table part : {classification(), regression(), distances(), probability()}) table.merge(part);
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_losses)
const RegisterTests register_tests("nn", all_losses());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
