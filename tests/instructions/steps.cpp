// Training steps whose instructions check.py counts: `instruction_steps WORKLOAD COUNT`. Small ones, where
// ops and the tape cost more than arithmetic.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

/// A classifier, 2-16-16-2, on a batch of 32: benchmarks' W5.
void classifier(int steps) {
  nn::MLP net({2, 16, 16, 2});
  const Tensor x = randn({32, 2}), labels = randint(0, 2, {32});
  optim::SGD optimizer(net.parameters(), {.lr = 0.1});
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    nn::cross_entropy(net(x), labels).backward();
    optimizer.step();
  }
}

/// A chain of 999 ops on 16 numbers: benchmarks' W6.
void chain(int steps) {
  const Tensor x = rand({16}, {.requires_grad = true});
  for (int step = 0; step < steps; ++step) {
    x.zero_grad();
    Tensor y = x;
    for (int i = 0; i < 333; ++i) y = relu(y * 0.99 + 0.01);
    sum(y).backward();
  }
}

Tensor weight(const Shape& shape) { return (randn(shape) * 0.1).requires_grad_(); }

Tensor layer_norm(const Tensor& x) {
  const Tensor centred = x - mean(x, -1, true);
  return centred / sqrt(mean(square(centred), -1, true) + 1e-5);
}

constexpr std::int64_t kRows = 256, kWidth = 16;

/// Steps of a loss of a matrix.
template <class Loss>
void differentiate(int steps, const Loss& loss) {
  const Tensor x = rand({kRows, kWidth}, {.requires_grad = true});
  for (int step = 0; step < steps; ++step) {
    x.zero_grad();
    loss(x).backward();
  }
}

/// 256 rows written one by one into a whole that has no history yet, and read one by one: a cost that is
/// quadratic in the rows would show.
void rows(int steps) {
  differentiate(steps, [](const Tensor& x) {
    const Tensor written = zeros({kRows, kWidth});
    for (std::int64_t i = 0; i < kRows; ++i) written[i].copy_(x[i] * 2);
    Tensor total = sum(written[0]);
    for (std::int64_t i = 1; i < kRows; ++i) total = total + sum(written[i]);
    return total;
  });
}

/// The same, each row read as soon as it is written, as a recurrent net does.
void rows_in_turn(int steps) {
  differentiate(steps, [](const Tensor& x) {
    const Tensor written = zeros({kRows, kWidth});
    Tensor total = zeros({});
    for (std::int64_t i = 0; i < kRows; ++i) {
      written[i].copy_(x[i] * 2);
      total = total + sum(written[i]);
    }
    return total;
  });
}

/// All pieces of a tensor, by unbind, split and chunk.
void pieces(int steps) {
  differentiate(steps, [](const Tensor& x) {
    Tensor total = zeros({});
    for (const auto& list : {unbind(x), split(x, 1), chunk(x, kRows)}) {
      for (const Tensor& piece : list) total = total + sum(piece);
    }
    return total;
  });
}

/// The text of a large tensor, of which little is shown.
void print(int steps) {
  const Tensor x = zeros({60000, 1, 28, 28}, {.dtype = kUInt8});
  std::size_t size = 0;
  for (int step = 0; step < steps; ++step) size += to_string(x).size();
  check(size > 0, "no text");
}

/// A transformer's block written from ops: 4 sequences of 16 tokens, width 32, 2 heads.
void block(int steps) {
  constexpr std::int64_t batch = 4, tokens = 16, width = 32, heads = 2, head = width / heads;
  const Tensor x = randn({batch, tokens, width}), target = randn({batch, tokens, width});
  const Tensor q = weight({width, width}), k = weight({width, width}), v = weight({width, width});
  const Tensor out = weight({width, width}), up = weight({width, 4 * width}),
               down = weight({4 * width, width});
  const auto split = [](const Tensor& y) { return transpose(y.reshape({batch, tokens, heads, head}), 1, 2); };
  optim::SGD optimizer({q, k, v, out, up, down}, {.lr = 0.01});
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    const Tensor normed = layer_norm(x);
    const Tensor scores = matmul(split(matmul(normed, q)), transpose(split(matmul(normed, k)), -2, -1));
    const Tensor mixed = matmul(softmax(scores / std::sqrt(double(head)), -1), split(matmul(normed, v)));
    const Tensor attended = x + matmul(transpose(mixed, 1, 2).reshape({batch, tokens, width}), out);
    const Tensor y = attended + matmul(gelu(matmul(layer_norm(attended), up)), down);
    mean(square(y - target)).backward();
    optimizer.step();
  }
}

}  // namespace

int main(int argc, char** argv) try {
  check(argc == 3, "usage: instruction_steps WORKLOAD COUNT");
  set_num_threads(1);
  manual_seed(1);
  const std::string_view name = argv[1];
  const std::map<std::string_view, void (*)(int)> workloads{
      {"classifier", classifier}, {"chain", chain}, {"rows", rows},  {"rows_in_turn", rows_in_turn},
      {"pieces", pieces},         {"print", print}, {"block", block}};
  check(workloads.contains(name), "{}: not a workload", name);
  workloads.at(name)(std::stoi(argv[2]));
} catch (const std::exception& error) {
  fmt::print(stderr, "instruction_steps: {}\n", error.what());
  return 1;
}
