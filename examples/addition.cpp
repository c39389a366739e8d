// A transformer learns to add: it reads "123+456=" and writes the digits of the sum, the last one first,
// since that is how they follow from each other.
//
//   addition [STEPS]
//
// It learns from nine tenths of the million sums of two numbers below 1000, and is asked for others. With the
// default of 1000 steps nearly all are right.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/gpt.hpp"

using namespace xtape;

namespace {

constexpr std::int64_t kQuestion = 8, kAnswer = 4, kPlus = 10, kEquals = 11;

/// The first ten words are the digits. int64 {N, kQuestion + kAnswer} for each number 1000 a + b.
Tensor sums(const Tensor& pairs) {
  const auto quotient = [](const Tensor& x, std::int64_t y) {
    return ((x - remainder(x, y)) / y).to(kInt64);
  };
  const auto digit = [&](const Tensor& x, std::int64_t place) { return remainder(quotient(x, place), 10); };
  const Tensor a = quotient(pairs, 1000), b = remainder(pairs, 1000), sum = a + b;
  std::vector<Tensor> words;
  for (const std::int64_t place : {100, 10, 1}) words.push_back(digit(a, place));
  words.push_back(full_like(a, kPlus));
  for (const std::int64_t place : {100, 10, 1}) words.push_back(digit(b, place));
  words.push_back(full_like(a, kEquals));
  for (const std::int64_t place : {1, 10, 100, 1000}) words.push_back(digit(sum, place));
  return stack(words, 1);
}

/// Of the answers alone: a question cannot be foreseen.
Tensor loss_on(examples::Gpt& net, const Tensor& words) {
  const Tensor scores = net(words.slice(1, 0, -1)).slice(1, kQuestion - 1);
  return nn::cross_entropy(scores.flatten(0, 1), words.slice(1, kQuestion).flatten());
}

/// The share of questions to which all digits are right, each read off the net after those before.
double accuracy_on(examples::Gpt& net, const Tensor& words) {
  const Tensor answers = net.generate(words.slice(1, 0, kQuestion), kAnswer, {.greedy = true});
  return mean(all(answers == words, 1).to(kFloat32)).item();
}

std::string text_of(const Tensor& words) {
  std::string text;
  for (const std::int64_t word : words.to_vector<std::int64_t>())
    text += "0123456789+="[static_cast<std::size_t>(word)];
  return text;
}

}  // namespace

int main(int argc, char** argv) try {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 1000;
  manual_seed(0);
  const Tensor pairs = randperm(1'000'000);
  const Tensor train = pairs.slice(0, 0, 900'000), test = sums(pairs.slice(0, 998'000));

  examples::Gpt net(
      {.characters = 12, .context = kQuestion + kAnswer, .layers = 2, .heads = 4, .width = 128});
  optim::AdamW optimizer(net.parameters(), {.lr = 2e-3, .weight_decay = 0.01});
  optim::CosineAnnealingLR schedule(optimizer, steps);
  double last = 0;
  for (int step = 1; step <= steps; ++step) {
    const Tensor batch = sums(train.index({randint(0, train.size(0), {256})}));
    Tensor loss = loss_on(net, batch);
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_norm_(net.parameters(), 1.0);
    optimizer.step();
    schedule.step();
    last = loss.item();
    if (step % 200 == 0) {
      fmt::print("step {:5}/{}  loss {:.4f}  right {:.2f}%\n", step, steps, last,
                 100 * accuracy_on(net, test));
      std::fflush(stdout);
    }
  }
  const double right = accuracy_on(net, test);
  for (std::int64_t i = 0; i < 5; ++i) {
    const Tensor question = test.slice(0, i, i + 1).slice(1, 0, kQuestion);
    const std::string text = text_of(net.generate(question, kAnswer, {.greedy = true})[0]);
    fmt::print("  {}{}\n", text.substr(0, kQuestion), std::string(text.rbegin(), text.rbegin() + kAnswer));
  }
  fmt::print("{:.2f}% of unseen sums are right\n", 100 * right);
  check(steps >= 1000 ? right > 0.99 : last < 2, "it has not learned: loss {:.4f}, {:.2f}% are right", last,
        100 * right);
} catch (const std::exception& error) {
  fmt::print(stderr, "addition: {}\n", error.what());
  return 1;
}
