// How costs grow: time against width, depth, batch and length of the graph, memory per recorded op, and the
// greatest memory of a step against the sum of its tensors. Usage: scaling [threads]
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <xtape/autograd/base/parallel.hpp>
#include <xtape/autograd/base/storage.hpp>
#include <xtape/xtape.hpp>

#include "benchmarks/gpt_training.hpp"
#include "benchmarks/harness/clock.hpp"
#include "benchmarks/harness/image_nets.hpp"
#include "benchmarks/image_modules.hpp"

using namespace xtape;

namespace {

constexpr double kSeconds = 0.05;  // of a repetition

/// The least of five repetitions after a warm-up: what grows is the cost, and not the disturbance.
bench::Repetition least(const std::function<void()>& step) {
  const long steps = bench::steps_in(kSeconds, step);
  bench::Repetition best = bench::repeat(steps, step);
  for (int i = 0; i < 4; ++i) {
    const bench::Repetition next = bench::repeat(steps, step);
    best.microseconds = std::min(best.microseconds, next.microseconds);
    best.page_faults = next.page_faults;  // the last one's: buffers are there by then
  }
  return best;
}

struct Point {
  double size, microseconds;
};

/// The exponent p of time = c size^p, by least squares of the logarithms over the points from `first` on.
double exponent(const std::vector<Point>& points, std::size_t first) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = first; i < points.size(); ++i) {
    const double u = std::log(points[i].size), v = std::log(points[i].microseconds);
    n += 1, x += u, y += v, xx += u * u, xy += u * v;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

/// A table of the time at each size, with the exponents over all sizes and over the larger half.
void grow(const std::string& title, const std::string& size_name, const std::vector<std::int64_t>& sizes,
          const std::function<std::function<void()>(std::int64_t)>& step_of) {
  fmt::print(
      "\n{}\n\n| {} | us per step | us per step and {} | page faults per step |\n|---:|---:|---:|---:|\n",
      title, size_name, size_name);
  std::vector<Point> points;
  for (std::int64_t size : sizes) {
    const bench::Repetition result = least(step_of(size));
    points.push_back({double(size), result.microseconds});
    fmt::print("| {} | {:.4g} | {:.4g} | {:.2f} |\n", size, result.microseconds,
               result.microseconds / double(size), result.page_faults);
  }
  fmt::print("\nExponent: {:.2f} over all, {:.2f} over the larger half.\n", exponent(points, 0),
             exponent(points, points.size() / 2));
}

/// A training step, with all that it holds; `net` is first, for the optimiser looks at its parameters.
struct Training {
  Training(std::vector<std::int64_t> sizes, std::int64_t batch)
      : net(sizes), x(rand({batch, sizes.front()})), y(randint(0, sizes.back(), {batch})) {}

  void step() {
    optimizer.zero_grad();
    nn::cross_entropy(net(x), y).backward();
    optimizer.step();
  }

  nn::MLP net;
  optim::Adam optimizer{net.parameters()};
  Tensor x, y;
};

std::function<void()> training_step(std::vector<std::int64_t> sizes, std::int64_t batch) {
  const auto training = std::make_shared<Training>(std::move(sizes), batch);
  return [training] { training->step(); };
}

/// Input, so many hidden layers of that width, 10 classes.
std::vector<std::int64_t> layer_sizes(std::int64_t width, std::int64_t hidden) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(hidden) + 1, width);
  sizes.push_back(10);
  return sizes;
}

/// A chain of `length` ops on 16 numbers.
Tensor chain(const Tensor& x, std::int64_t length) {
  Tensor y = x;
  for (std::int64_t i = 0; i < length; ++i) y = i % 2 == 0 ? y * 0.999 : relu(y);
  return y;
}

Tensor chain_input() { return full({16}, 0.5, {.requires_grad = true}); }

std::function<void()> chain_step(std::int64_t length) {
  return [length, x = chain_input()] {
    x.zero_grad();
    sum(chain(x, length)).backward();
  };
}

double mebibytes(double bytes) { return bytes / (1024.0 * 1024.0); }

std::size_t reserved() { return detail::pool::statistics().bytes_reserved; }

void memory_per_op() {
  fmt::print(
      "\nMemory of a recorded chain on 16 numbers (64 bytes each):\n\n| ops | bytes per op |\n|---:|---:|\n");
  for (std::int64_t length : {1000, 10000, 100000, 1000000}) {
    detail::pool::empty_cache();
    const std::size_t before = reserved();
    const Tensor y = chain(chain_input(), length);
    fmt::print("| {} | {:.0f} |\n", length, double(reserved() - before) / double(length));
  }
}

/// The sum of a step's tensors: data; parameters, gradients and Adam's two means; each layer's output, with
/// and without the activation, and the gradients of these.
double sum_of_tensors(const std::vector<std::int64_t>& sizes, std::int64_t batch) {
  double numbers = double(batch * sizes.front()), eights = double(batch);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    numbers += 4 * double((sizes[i] + 1) * sizes[i + 1]);
    const bool hidden = i + 2 < sizes.size();
    numbers += (hidden ? 4 : 2) * double(batch * sizes[i + 1]);
  }
  return 4 * numbers + 8 * eights;
}

/// The same sum of a convolutional net with SGD: data; parameters and gradients; each layer's output and its
/// gradient. What layers keep besides, as where a maximum was, is not in it.
double sum_of_tensors(const bench::ImageNet& net) {
  double numbers = double(net.batch) * net.image.size();
  bench::Planes planes = net.image;
  for (const bench::ImageLayer& layer : net.layers) {
    planes = bench::ImageNet::output(layer, planes);
    if (layer.has_weight()) numbers += 2 * double(layer.out) * (layer.terms() + (layer.bias ? 1 : 0));
    if (layer.kind == bench::LayerKind::batch_norm) numbers += 4 * double(layer.out);
    if (layer.kind == bench::LayerKind::keep || layer.kind == bench::LayerKind::flatten) continue;
    numbers += 2 * double(net.batch) * planes.size();
  }
  return 4 * numbers + 8 * double(net.batch);
}

/// What the way back of a GPT's step needs: parameters, their gradients and AdamW's means; of each block what
/// goes into its layer norms, products and gelu, and the weights of its attention; the scores and their
/// gradient.
double sum_of_tensors(const bench::Gpt& gpt, double parameters) {
  const double rows = double(gpt.batch) * gpt.context;
  const double block = rows * gpt.width * (5 + 3 + 8) + rows * gpt.heads * gpt.context;
  const double ends = rows * (3 * gpt.width + 2 * gpt.characters);
  return 4 * (4 * parameters + gpt.layers * block + ends) + 8 * 2 * rows;
}

/// A row of the table of memory. The pool keeps what it once took, so that what it holds after a few steps is
/// their greatest need.
void print_peak(const std::string& net, std::int64_t batch, double sum,
                const std::function<std::function<void()>()>& make_step) {
  detail::pool::empty_cache();
  const std::size_t before = reserved();
  const std::function<void()> step = make_step();
  for (int i = 0; i < 3; ++i) step();
  const double taken = double(reserved() - before);
  fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", net, batch, mebibytes(sum),
             mebibytes(taken), taken / sum, bench::repeat(5, step).page_faults);
}

void peak_of_a_step() {
  fmt::print(
      "\nGreatest memory of a training step, with Adam, of convolutional nets with SGD, of GPTs with "
      "AdamW:\n\n"
      "| net | batch | sum of its tensors, MiB | taken from the system, MiB | ratio | page faults per step "
      "|\n"
      "|---|---:|---:|---:|---:|---:|\n");
  struct Net {
    std::vector<std::int64_t> sizes;
    std::int64_t batch;
  };
  for (const auto& net : {Net{{784, 200, 10}, 2000}, Net{{784, 512, 10}, 1000},
                          Net{{784, 512, 512, 512, 10}, 128}, Net{layer_sizes(64, 64), 4096}}) {
    const auto& [sizes, batch] = net;
    print_peak(fmt::format("{}-{}-...-10, {} layers", sizes[0], sizes[1], sizes.size() - 1), batch,
               sum_of_tensors(sizes, batch), [&net] { return training_step(net.sizes, net.batch); });
  }
  for (const bench::ImageNet& net : bench::image_trainings())
    print_peak(net.name, net.batch, sum_of_tensors(net), [&net]() -> std::function<void()> {
      const auto training = std::make_shared<bench::ImageTraining>(net);
      return [training] { training->step(); };
    });
  for (const bench::Gpt& gpt : bench::gpts()) {
    const auto parameters = double(bench::make_gpt(gpt).num_parameters());
    print_peak(gpt.name, gpt.batch, sum_of_tensors(gpt, parameters), [&gpt]() -> std::function<void()> {
      const auto training = std::make_shared<bench::GptTraining>(gpt);
      return [training] { training->step(); };
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) set_num_threads(std::max(1, std::atoi(argv[1])));
  manual_seed(0);
  fmt::print("{} thread{}\n", num_threads(), num_threads() == 1 ? "" : "s");

  memory_per_op();
  peak_of_a_step();
  grow("A training step against the width of 2 hidden layers, batch 64:", "width",
       {16, 32, 64, 128, 256, 512, 1024},
       [](std::int64_t width) { return training_step(layer_sizes(width, 2), 64); });
  grow("Against the number of hidden layers of 128, batch 64:", "layer", {1, 2, 4, 8, 16, 32, 64},
       [](std::int64_t hidden) { return training_step(layer_sizes(128, hidden), 64); });
  grow("Against the batch, 2 hidden layers of 256:", "row", {8, 16, 32, 64, 128, 256, 512, 1024, 2048},
       [](std::int64_t batch) { return training_step(layer_sizes(256, 2), batch); });
  grow("A chain of ops on 16 numbers, forward and backward, against its length:", "op",
       {10, 100, 1000, 10000, 100000, 1000000}, chain_step);
}
