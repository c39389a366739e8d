// The GPTs' forward passes with libtorch.
#include "benchmarks/libtorch_gpt.hpp"

#include <cmath>
#include <limits>

#include "benchmarks/libtorch_tensors.hpp"

using torch::Tensor;

TorchGpt::TorchGpt(const bench::Gpt& gpt) : gpt_(gpt) {
  const std::int64_t width = gpt.width;
  const auto matrix = [&](std::int64_t rows, std::int64_t columns) {
    return matrices_.emplace_back(torch::empty({rows, columns}).requires_grad_());
  };
  const auto vector = [&] { return vectors_.emplace_back(torch::empty({width}).requires_grad_()); };
  wte_ = matrix(gpt.characters, width);
  wpe_ = matrix(gpt.context, width);
  for (int i = 0; i < gpt.layers; ++i) {
    Block block;
    block.ln_1 = vector();
    block.in_proj = matrix(3 * width, width);
    block.out_proj = matrix(width, width);
    block.ln_2 = vector();
    block.fc = matrix(4 * width, width);
    block.proj = matrix(width, 4 * width);
    blocks_.push_back(block);
  }
  ln_f_ = vector();
  restart();

  const auto options = torch::optim::AdamWOptions(bench::kGptLr)
                           .betas({bench::kGptBeta1, bench::kGptBeta2})
                           .weight_decay(bench::kGptDecay);
  const auto without_decay = torch::optim::AdamWOptions(options).weight_decay(0);
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(matrices_);
  groups.emplace_back(vectors_, std::make_unique<torch::optim::AdamWOptions>(without_decay));
  optimizer_ = std::make_unique<torch::optim::AdamW>(groups, options);
  tokens_ = labels(gpt.tokens());
  next_ = labels(gpt.next());
  mask_ = torch::full({gpt.context, gpt.context}, -std::numeric_limits<float>::infinity()).triu(1);
}

void TorchGpt::restart() {
  const torch::NoGradGuard no_grad;
  int number = 0;
  for (Tensor& x : matrices_)
    x.copy_(floats(gpt_.weight(number++, static_cast<std::size_t>(x.numel())), x.sizes()));
  for (Tensor& x : vectors_) x.fill_(1);
}

Tensor TorchGpt::norm(const Tensor& x, const Tensor& weight) const {
  return torch::layer_norm(x, {gpt_.width}, weight);
}

/// x + what the block's attention makes of it.
Tensor TorchGpt::attention(const Tensor& x, const Block& block) const {
  const std::int64_t n = gpt_.batch, t = gpt_.context, h = gpt_.heads, d = gpt_.width / h;
  const Tensor all = torch::mm(norm(x, block.ln_1), block.in_proj.t()).view({n, t, 3, h, d});
  const Tensor heads = all.permute({2, 0, 3, 1, 4}).reshape({3, n * h, t, d});
  const Tensor scores = torch::baddbmm(mask_.expand({n * h, t, t}), heads[0], heads[1].transpose(1, 2), 1,
                                       1 / std::sqrt(double(d)));
  const Tensor y = torch::bmm(torch::softmax(scores, -1), heads[2]).view({n, h, t, d});
  return torch::addmm(x, y.transpose(1, 2).reshape({n * t, h * d}), block.out_proj.t());
}

Tensor TorchGpt::scores() const {
  Tensor x = torch::embedding(wte_, tokens_).view({gpt_.batch, gpt_.context, gpt_.width}) + wpe_;
  x = x.view({gpt_.batch * gpt_.context, gpt_.width});
  for (const Block& block : blocks_) {
    x = attention(x, block);
    x = torch::addmm(x, torch::gelu(torch::mm(norm(x, block.ln_2), block.fc.t())), block.proj.t());
  }
  return torch::mm(norm(x, ln_f_), wte_.t());
}

void TorchGpt::step() {
  for (const auto* parameters : {&matrices_, &vectors_})
    for (const Tensor& x : *parameters) x.mutable_grad() = Tensor();
  loss_ = torch::cross_entropy_loss(scores(), next_);
  loss_.backward();
  optimizer_->step();
}

TorchWriter::TorchWriter(const bench::Gpt& gpt) : net_(gpt), token_(torch::zeros({1}, torch::kInt64)) {
  for (int i = 0; i < gpt.layers; ++i) {
    keys_.push_back(torch::empty({gpt.heads, gpt.context, gpt.width / gpt.heads}));
    values_.push_back(torch::empty_like(keys_.back()));
  }
}

void TorchWriter::step() {
  const torch::InferenceMode no_grad;
  const bench::Gpt& gpt = net_.gpt_;
  const std::int64_t h = gpt.heads, d = gpt.width / h;
  const double scale = 1 / std::sqrt(double(d));
  if (length_ == gpt.context) length_ = 0;
  const std::int64_t total = length_ + 1;
  Tensor x = net_.wte_.index_select(0, token_).view({gpt.width}) + net_.wpe_.select(0, length_);
  for (std::size_t i = 0; i < net_.blocks_.size(); ++i) {
    const TorchGpt::Block& block = net_.blocks_[i];
    const Tensor heads = torch::mv(block.in_proj, net_.norm(x, block.ln_1)).view({3, h, d});
    keys_[i].select(1, length_).copy_(heads[1]);
    values_[i].select(1, length_).copy_(heads[2]);
    const Tensor keys = keys_[i].narrow(1, 0, total), values = values_[i].narrow(1, 0, total);
    Tensor weights = torch::bmm(heads[0].unsqueeze(1), keys.transpose(1, 2)).mul_(scale);
    weights = torch::softmax(weights, -1);
    x = torch::addmv(x, block.out_proj, torch::bmm(weights, values).view({gpt.width}));
    x = torch::addmv(x, block.proj, torch::gelu(torch::mv(block.fc, net_.norm(x, block.ln_2))));
  }
  scores_ = torch::mv(net_.wte_, net_.norm(x, net_.ln_f_));
  token_ = scores_.argmax().view({1});
  length_ = total;
}
