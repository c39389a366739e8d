// The ops that PyTorch has in torch.nn.functional, spelt nn::relu(x) as well as relu(x).
#pragma once

#include "autograd/ops/attention.hpp"
#include "autograd/ops/channel_dropout.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/distance.hpp"
#include "autograd/ops/embedding.hpp"
#include "autograd/ops/interpolate.hpp"
#include "autograd/ops/normalization.hpp"
#include "autograd/ops/padding.hpp"
#include "autograd/ops/patches.hpp"
#include "autograd/ops/pooling.hpp"
#include "autograd/tensor/attention_options.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

using xtape::adaptive_avg_pool1d;
using xtape::adaptive_avg_pool2d;
using xtape::adaptive_max_pool1d;
using xtape::adaptive_max_pool1d_with_indices;
using xtape::adaptive_max_pool2d;
using xtape::adaptive_max_pool2d_with_indices;
using xtape::avg_pool1d;
using xtape::avg_pool2d;
using xtape::batch_norm;
using xtape::celu;
using xtape::conv1d;
using xtape::conv2d;
using xtape::conv_transpose1d;
using xtape::conv_transpose2d;
using xtape::cosine_similarity;
using xtape::dropout;
using xtape::dropout2d;
using xtape::elu;
using xtape::embedding;
using xtape::fold;
using xtape::gelu;
using xtape::glu;
using xtape::group_norm;
using xtape::hardsigmoid;
using xtape::hardswish;
using xtape::hardtanh;
using xtape::instance_norm;
using xtape::interpolate;
using xtape::layer_norm;
using xtape::leaky_relu;
using xtape::linear;
using xtape::log_softmax;
using xtape::logsigmoid;
using xtape::max_pool1d;
using xtape::max_pool1d_with_indices;
using xtape::max_pool2d;
using xtape::max_pool2d_with_indices;
using xtape::mish;
using xtape::normalize;
using xtape::one_hot;
using xtape::pad;
using xtape::pairwise_distance;
using xtape::pixel_shuffle;
using xtape::pixel_unshuffle;
using xtape::prelu;
using xtape::relu;
using xtape::relu6;
using xtape::rms_norm;
using xtape::scaled_dot_product_attention;
using xtape::selu;
using xtape::sigmoid;
using xtape::silu;
using xtape::softmax;
using xtape::softplus;
using xtape::softsign;
using xtape::tanh;
using xtape::unfold;

}  // namespace xtape::nn
