// One training step of an MLP 784-512-512-512-10, batch 128, SGD: xtape against the same step written by
// hand. The two take turns, so that a disturbance of the machine meets both. Usage: mlp_step [rounds] [steps
// per round]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <vector>

#include <xtape/xtape.hpp>

#include "mlp_by_hand.hpp"

using namespace xtape;

namespace {

const std::vector<int> kSizes{784, 512, 512, 512, 10};
constexpr int kBatch = 128;
constexpr double kLr = 0.1;

struct Batch {
  Tensor images = rand({kBatch, 784});
  Tensor labels = randint(0, 10, {kBatch});
};

class WithXtape {
 public:
  double step(const Batch& batch) {
    optimizer_.zero_grad();
    Tensor loss = nn::cross_entropy(model(batch.images), batch.labels);
    loss.backward();
    optimizer_.step();
    return loss.item();
  }
  nn::MLP model{kSizes};

 private:
  optim::SGD optimizer_{model.parameters(), {.lr = kLr}};
};

void copy_parameters(const nn::MLP& from, by_hand::Mlp& to) {
  const std::vector<Tensor> parameters = from.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int layer = static_cast<int>(i / 2);
    const auto* values = parameters[i].data<float>();
    std::copy_n(values, parameters[i].numel(), i % 2 == 0 ? to.weight(layer) : to.bias(layer));
  }
}

double microseconds_per_step(int steps, const std::function<double()>& step) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < steps; ++i) step();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / steps;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Fails if the two do not compute the same.
bool losses_agree(WithXtape& ours, by_hand::Mlp& floor, const Batch& batch) {
  double worst = 0, last = 0;
  for (int i = 0; i < 20; ++i) {
    last = ours.step(batch);
    const double expected = floor.step(batch.images.data<float>(), batch.labels.data<std::int64_t>());
    worst = std::max(worst, std::abs(last - expected) / expected);
  }
  fmt::print("loss after 20 steps {:.6f}; greatest relative difference {:.1e}\n", last, worst);
  return worst < 1e-4;
}

/// Measures both on `threads` threads. False if their losses differ.
bool compare(int threads, int rounds, int steps) {
  set_num_threads(threads);
  manual_seed(0);
  const Batch batch;
  WithXtape ours;
  by_hand::Mlp floor(kSizes, kBatch, static_cast<float>(kLr), threads);
  copy_parameters(ours.model, floor);
  fmt::print("\n{} thread{}: ", threads, threads == 1 ? "" : "s");
  if (!losses_agree(ours, floor, batch)) return false;

  const auto our_step = [&] { return ours.step(batch); };
  const auto floor_step = [&] {
    return floor.step(batch.images.data<float>(), batch.labels.data<std::int64_t>());
  };
  std::vector<double> our_times, floor_times, ratios;
  for (int round = 0; round < rounds; ++round) {
    const bool ours_first = round % 2 == 0;
    if (ours_first) our_times.push_back(microseconds_per_step(steps, our_step));
    floor_times.push_back(microseconds_per_step(steps, floor_step));
    if (!ours_first) our_times.push_back(microseconds_per_step(steps, our_step));
    ratios.push_back(our_times.back() / floor_times.back());
  }
  fmt::print("  {:<10} {:>12} {:>12}\n", "us/step", "median", "least");
  for (const auto& [name, times] : {std::pair{"xtape", our_times}, std::pair{"by hand", floor_times}}) {
    fmt::print("  {:<10} {:>12.1f} {:>12.1f}\n", name, median(times),
               *std::min_element(times.begin(), times.end()));
  }
  fmt::print("  ratio: {:.3f} of the medians, {:.3f} in the median round of {}\n",
             median(our_times) / median(floor_times), median(ratios), rounds);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 30, steps = argc > 2 ? std::atoi(argv[2]) : 20;
  if (rounds < 1 || steps < 1) {
    fmt::print(stderr, "usage: mlp_step [rounds] [steps per round]\n");
    return 2;
  }
  const int threads = num_threads();
  bool agree = compare(1, rounds, steps);
  if (threads > 1) agree = compare(threads, rounds, steps) && agree;
  if (!agree) fmt::print(stderr, "mlp_step: the losses differ\n");
  return agree ? 0 : 1;
}
