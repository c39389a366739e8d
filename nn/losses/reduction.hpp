// What a loss makes of the losses of single examples or elements.
#pragma once

namespace xtape::nn {

/// One number: their mean or their sum; or none, all of them.
enum class Reduction {
  none,
  mean,
  sum,
  batchmean
};  // batchmean, the sum over the batch size, is kl_div's alone

}  // namespace xtape::nn
