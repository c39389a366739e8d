// A step of many ranks: gradients go into buckets as they become final, and buckets to the other ranks.
#include "distributed/reducer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "autograd/graph/detail/final_hooks.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/tensor/blob.hpp"
#include "distributed/detail/buckets.hpp"
#include "distributed/detail/engine.hpp"
#include "distributed/detail/same_model.hpp"

namespace xtape::distributed {

using detail::Bucket;
using detail::Engine;
using detail::Slot;

namespace {

constexpr std::int64_t kShareNumbers = 2;  // before the notes

std::vector<Tensor> trained(const nn::ModuleBase& model) {
  std::vector<Tensor> parameters = model.parameters();
  std::erase_if(parameters, [](const Tensor& p) { return !p.requires_grad(); });
  return parameters;
}

std::vector<Share> shares_of(const Tensor& numbers, int ranks) {
  std::vector<Share> shares;
  const std::int64_t width = numbers.numel() / ranks;
  for (int rank = 0; rank < ranks; ++rank) {
    const double* row = numbers.data<double>() + rank * width;
    shares.push_back({.batches = static_cast<std::int64_t>(row[0]),
                      .rest = row[1] + 0.0,
                      .notes = std::vector<double>(row + kShareNumbers, row + width)});
  }
  return shares;
}

/// The gradients' sum is divided by it. A batch that is smaller counts as its part, unless it is the only
/// one.
double batches_in(const std::vector<Share>& shares) {
  double rest = 0;
  std::int64_t whole = 0, batches = 0;
  for (const Share& share : shares) {
    whole += share.batches;
    batches += share.batches + (share.rest > 0 ? 1 : 0);
    rest += share.rest;
  }
  return batches > 1 ? static_cast<double>(whole) + rest : 1;
}

}  // namespace

class Reducer::Impl {
 public:
  Impl(World& world, nn::ModuleBase& model, const ReducerOptions& options);

  void begin();
  Tensor destination(std::size_t parameter) const;
  void take(std::size_t parameter, const Tensor& gradient, double factor);
  void finish(std::vector<Tensor>& gradients, double factor);
  void average();
  double factor() const;

  Engine& engine_;
  nn::ModuleBase& model_;
  ReducerOptions options_;
  std::vector<Tensor> parameters_;
  Share share_;                // of the next step
  std::vector<Share> shares_;  // of the last one
  bool syncs_ = true;

 private:
  struct Filling {  // of a bucket
    Tensor data = {};
    std::vector<bool> has = {};  // which slots
    std::size_t missing = 0;
    detail::Pending sum = {};
  };

  void start_shares();
  void learn_order();
  void begin_fillings();
  void take_all(const std::vector<Tensor>& gradients, double factor);
  void put(std::size_t bucket, std::size_t number, const Tensor& gradient, double factor);
  void start_full_buckets();
  void start(std::size_t bucket);
  Tensor place_of(std::size_t bucket, std::size_t slot) const;
  Tensor gradient_of(std::size_t bucket, std::size_t slot) const;

  std::optional<xtape::detail::FinalHooks> hooks_;
  std::int64_t steps_ = 0;
  bool is_at_work_ = false;
  std::vector<std::int64_t> order_;  // in which gradients became final, in the first step
  std::vector<Bucket> buckets_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // of each parameter: bucket and slot
  // of the step at work
  std::vector<Filling> fillings_;
  std::size_t started_ = 0;
  Tensor share_numbers_;
  detail::Pending share_sum_;
};

Reducer::Impl::Impl(World& world, nn::ModuleBase& model, const ReducerOptions& options)
    : engine_(engine_of(world)), model_(model), options_(options), parameters_(trained(model)) {
  check(options.bucket_bytes > 0 && options.first_bucket_bytes > 0,
        "Reducer: bucket_bytes is {} and first_bucket_bytes is {}; expected at least 1", options.bucket_bytes,
        options.first_bucket_bytes);
  if (engine_.size() == 1) return;
  detail::check_same_model(
      engine_, model,
      fmt::format("buckets of {} bytes, the first of {}, {}", options.bucket_bytes,
                  options.first_bucket_bytes, options.overlap ? "overlapped" : "at the end"));
  detail::broadcast_all(engine_, "the parameters of rank 0", model.parameters());
  detail::broadcast_all(engine_, "the buffers of rank 0", model.buffers());
  if (parameters_.empty()) return;
  hooks_.emplace(parameters_,
                 xtape::detail::FinalCalls{
                     .begin =
                         [this] {
                           if (syncs_) begin();
                         },
                     .destination = [this](std::size_t i) { return syncs_ ? destination(i) : Tensor(); },
                     .final =
                         [this](std::size_t i, const Tensor& gradient) {
                           if (!syncs_) return;
                           take(i, gradient, factor());
                           engine_.advance();
                         },
                     .end =
                         [this](std::vector<Tensor>& gradients) {
                           if (syncs_) finish(gradients, factor());
                         }});
}

/// A batch that is smaller than the others weighs less, unless it is the first: as in a GradientAccumulator.
double Reducer::Impl::factor() const { return share_.batches == 0 && engine_.rank() > 0 ? share_.rest : 1; }

void Reducer::Impl::begin() {
  check(!is_at_work_, "Reducer: the step before has not come to its end; the ranks are no longer in step");
  is_at_work_ = true;
  ++steps_;
  start_shares();
  begin_fillings();
}

/// Every rank fills its row, and adds nothing to those of the others.
void Reducer::Impl::start_shares() {
  const NoGradGuard no_grad;
  std::vector<double> row{static_cast<double>(share_.batches), share_.rest};
  row.insert(row.end(), share_.notes.begin(), share_.notes.end());
  const std::int64_t ranks = engine_.size(), width = std::ssize(row);
  share_numbers_ = engine_.allocate(ranks * width, kFloat64).fill_(detail::kNothing);
  std::copy(row.begin(), row.end(), share_numbers_.data<double>() + engine_.rank() * width);
  share_sum_ = engine_.start(fmt::format("step {} of a Reducer, with {} notes", steps_, share_.notes.size()),
                             share_numbers_);
}

/// The place in the bucket, so that put() has nothing to copy.
Tensor Reducer::Impl::destination(std::size_t parameter) const {
  if (buckets_.empty()) return {};
  const auto [bucket, slot] = places_[parameter];
  return place_of(bucket, slot);
}

void Reducer::Impl::take(std::size_t parameter, const Tensor& gradient, double factor) {
  if (buckets_.empty()) {
    order_.push_back(static_cast<std::int64_t>(parameter));
    return;
  }
  const auto [bucket, slot] = places_[parameter];
  put(bucket, slot, gradient, factor);
  if (options_.overlap) start_full_buckets();
}

void Reducer::Impl::take_all(const std::vector<Tensor>& gradients, double factor) {
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i].defined()) take(i, gradients[i], factor);
  }
}

void Reducer::Impl::put(std::size_t bucket, std::size_t number, const Tensor& gradient, double factor) {
  const NoGradGuard no_grad;
  Filling& filling = fillings_[bucket];
  const Tensor value = gradient.detach(), place = place_of(bucket, number);
  place.copy_(value);  // which moves nothing where it stands there
  if (factor != 1) place.mul_(factor);
  filling.has[number] = true;
  --filling.missing;
}

void Reducer::Impl::begin_fillings() {
  fillings_.assign(buckets_.size(), {});
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const Bucket& bucket = buckets_[i];
    fillings_[i] = {.data = engine_.allocate(bucket.size(), bucket.dtype),
                    .has = std::vector<bool>(bucket.slots.size()),
                    .missing = bucket.slots.size()};
  }
  started_ = 0;
}

/// In their order, which is the same on all ranks.
void Reducer::Impl::start_full_buckets() {
  while (started_ < fillings_.size() && fillings_[started_].missing == 0) start(started_++);
}

void Reducer::Impl::start(std::size_t bucket) {
  Filling& filling = fillings_[bucket];
  detail::fill_gaps(buckets_[bucket], filling.has, filling.data);
  filling.sum = engine_.start(
      fmt::format("bucket {} of step {} of a Reducer, {} elements", bucket, steps_, buckets_[bucket].size()),
      filling.data, ReduceOp::sum,
      [shares = share_sum_, numbers = share_numbers_, ranks = engine_.size()]() -> std::optional<double> {
        if (!shares->is_done()) return {};
        return batches_in(shares_of(numbers, ranks));
      });
}

/// The order of rank 0, with what it has not used at the end.
void Reducer::Impl::learn_order() {
  const auto count = std::ssize(parameters_);
  for (std::int64_t i = count - 1; i >= 0; --i)
    if (std::find(order_.begin(), order_.end(), i) == order_.end()) order_.push_back(i);
  const Tensor order = from_vector(order_, {order_.size()});
  engine_.broadcast("the order of buckets", order, 0);
  buckets_ = detail::plan_buckets(parameters_, order.to_vector<std::int64_t>(), options_.first_bucket_bytes,
                                  options_.bucket_bytes);
  places_.resize(parameters_.size());
  for (std::size_t b = 0; b < buckets_.size(); ++b)
    for (std::size_t s = 0; s < buckets_[b].slots.size(); ++s)
      places_[buckets_[b].slots[s].parameter] = {b, s};
  begin_fillings();
}

/// Puts the means in the place of the gradients.
void Reducer::Impl::finish(std::vector<Tensor>& gradients, double factor) {
  if (buckets_.empty()) {
    learn_order();
    take_all(gradients, factor);
  }
  while (started_ < fillings_.size()) start(started_++);
  engine_.wait(share_sum_);
  share_ = {};
  shares_ = shares_of(share_numbers_, engine_.size());
  const NoGradGuard no_grad;
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    const Bucket& bucket = buckets_[b];
    engine_.wait(fillings_[b].sum);
    for (std::size_t s = 0; s < bucket.slots.size(); ++s)
      gradients[bucket.slots[s].parameter] = gradient_of(b, s);
    fillings_[b] = {};
  }
  is_at_work_ = false;
}

/// Of a gradient in its bucket, which lives as long as its gradients do.
Tensor Reducer::Impl::place_of(std::size_t bucket, std::size_t number) const {
  const NoGradGuard no_grad;
  const Slot& slot = buckets_[bucket].slots[number];
  return fillings_[bucket].data.narrow(0, slot.begin, slot.size).reshape(parameters_[slot.parameter].shape());
}

/// Undefined where no rank had one. It is a tensor of its own on the bucket's memory: of a view, .grad()
/// would be a copy, since others share its buffer.
Tensor Reducer::Impl::gradient_of(std::size_t bucket, std::size_t number) const {
  const Tensor& data = fillings_[bucket].data;
  const std::int64_t counts = buckets_[bucket].values;
  if (!(data.narrow(0, counts + static_cast<std::int64_t>(number), 1).item() > 0)) return {};
  const Tensor place = place_of(bucket, number);
  return from_blob(static_cast<void*>(place.raw()), place.shape(), [data](void*) {}, {.dtype = data.dtype()});
}

void Reducer::Impl::average() {
  begin();
  std::vector<Tensor> gradients;
  for (const Tensor& p : parameters_) gradients.push_back(p.grad());
  if (!buckets_.empty()) take_all(gradients, 1);
  finish(gradients, 1);
  for (std::size_t i = 0; i < gradients.size(); ++i) parameters_[i].set_grad(gradients[i]);
}

Reducer::Reducer(World& world, nn::ModuleBase& model, const ReducerOptions& options)
    : world_(world), impl_(std::make_unique<Impl>(world, model, options)) {}
Reducer::~Reducer() = default;

int Reducer::rank() const { return impl_->engine_.rank(); }
int Reducer::size() const { return impl_->engine_.size(); }

void Reducer::set_share(Share share) {
  check(share.batches >= 0 && share.rest >= 0 && share.rest < std::numeric_limits<double>::infinity(),
        "Reducer: a share of {} batches and a rest of {}; expected none below 0", share.batches, share.rest);
  if (size() == 1) impl_->shares_ = {share};
  impl_->share_ = std::move(share);
}

void Reducer::average() {
  if (size() > 1) impl_->average();
}

const std::vector<Share>& Reducer::shares() const { return impl_->shares_; }

void Reducer::broadcast_buffers() {
  detail::broadcast_all(impl_->engine_, "the buffers of rank 0", impl_->model_.buffers());
}

void Reducer::set_sync(bool on) { impl_->syncs_ = on; }
bool Reducer::is_sync() const { return impl_->syncs_; }
void Reducer::broadcast(const Tensor& x) { world_.broadcast(x); }

}  // namespace xtape::distributed
