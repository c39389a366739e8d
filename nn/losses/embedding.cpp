// Losses on distances and angles.
#include "nn/losses/embedding.hpp"

#include "autograd/ops/distance.hpp"
#include "nn/losses/detail/elementwise.hpp"

namespace xtape::nn {

Tensor cosine_embedding_loss(const Tensor& input1, const Tensor& input2, const Tensor& target,
                             const CosineEmbeddingLossOptions& options) {
  constexpr double kEps = 1e-12f;  // PyTorch's, beside each squared length
  check(input1.shape() == input2.shape() && (input1.dim() == 1 || input1.dim() == 2),
        "cosine_embedding_loss: the inputs have shapes {} and {}; expected {{N, features}} or {{features}} "
        "twice",
        input1.shape(), input2.shape());
  Shape examples = input1.shape();
  examples.erase(examples.size() - 1);
  check(target.shape() == examples, "cosine_embedding_loss: the target's shape is {}; expected {}",
        target.shape(), examples);
  const auto product = [](const Tensor& a, const Tensor& b) { return sum(a * b, -1); };
  const Tensor cosine =
      product(input1, input2) / sqrt((product(input1, input1) + kEps) * (product(input2, input2) + kEps));
  const Tensor apart = clamp_min(cosine - options.margin, 0);
  const Tensor losses = where(target == 1, 1 - cosine, where(target == -1, apart, 0));
  return reduced(losses, options.reduction, "cosine_embedding_loss");
}

Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletMarginLossOptions& options) {
  check(anchor.dim() == positive.dim() && anchor.dim() == negative.dim(),
        "triplet_margin_loss: the shapes are {}, {} and {}; expected as many dims", anchor.shape(),
        positive.shape(), negative.shape());
  const auto distance = [&](const Tensor& a, const Tensor& b) {
    return pairwise_distance(a, b, options.p, options.eps);
  };
  Tensor apart = distance(anchor, negative);
  if (options.swap) apart = minimum(apart, distance(positive, negative));
  return reduced(clamp_min(distance(anchor, positive) - apart + options.margin, 0), options.reduction,
                 "triplet_margin_loss");
}

}  // namespace xtape::nn
