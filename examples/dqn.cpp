// Balances a pole on a cart by trial and error: double Q-learning with replay and a target net (Volodymyr
// Mnih and others, "Human-level control through deep reinforcement learning", 2015; Hado van Hasselt and
// others, "Deep reinforcement learning with double Q-learning", 2016).
//
//   dqn [STEPS] [BOUND]
//
// With the default of 50,000 steps (20 s) the kept weights balance it for all 500 steps of each of 100
// episodes. BOUND is the mean below which the program fails: 475 by default.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <numeric>

#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

using State =
    std::array<float, 4>;  // the cart's place and speed (m, m/s), the pole's angle and its speed (rad)
constexpr int kActions = 2, kLongest = 500, kMemory = 50'000, kBatch = 128;

/// The cart-pole of Andrew Barto and others, "Neuronlike adaptive elements", 1983, with the limits of
/// Gymnasium's CartPole-v1: the episode ends at 2.4 m, at 12 degrees, or after 500 steps.
struct CartPole {
  State state{};
  int steps = 0;

  void reset(Generator& random) {
    for (float& value : state) value = static_cast<float>(0.1 * random.uniform() - 0.05);
    steps = 0;
  }
  /// Pushes the cart to the left (0) or to the right (1) for 0.02 s. True where the pole fell.
  bool step(int action) {
    constexpr float gravity = 9.8F, pole_mass = 0.1F, mass = 1.1F, half_length = 0.5F, seconds = 0.02F;
    auto& [x, v, angle, turn] = state;
    const float force = action == 1 ? 10.F : -10.F, sine = std::sin(angle), cosine = std::cos(angle);
    const float pushed = (force + pole_mass * half_length * turn * turn * sine) / mass;
    const float turned =
        (gravity * sine - cosine * pushed) / (half_length * (4.F / 3 - pole_mass * cosine * cosine / mass));
    const float moved = pushed - pole_mass * half_length * turned * cosine / mass;
    x += seconds * v, v += seconds * moved, angle += seconds * turn, turn += seconds * turned;
    ++steps;
    return std::abs(x) > 2.4F || std::abs(angle) > 12 * std::numbers::pi_v<float> / 180;
  }
};

/// The last kMemory transitions, as rows.
struct Replay {
  Tensor states = zeros({kMemory, 4}), next = zeros({kMemory, 4}), fell = zeros({kMemory});
  Tensor actions = zeros({kMemory}, kInt64);
  std::int64_t count = 0;

  void add(const State& state, int action, const State& after, bool end) {
    const std::int64_t row = count++ % kMemory;
    states[row].copy_(tensor(state)), next[row].copy_(tensor(after));
    actions[row].fill_(action), fell[row].fill_(end ? 1 : 0);
  }
  Tensor sample(Generator& random) const {
    return randint(0, std::min<std::int64_t>(count, kMemory), {kBatch}, {.generator = &random});
  }
};

int best(nn::Sequential& q, const State& state) {
  const NoGradGuard no_grad;
  return static_cast<int>(argmax(q(tensor(state))).item<std::int64_t>());
}

/// The mean length of episodes that follow q alone.
double play(nn::Sequential& q, int episodes, std::uint64_t seed) {
  Generator random(seed);
  CartPole game;
  int total = 0;
  for (int i = 0; i < episodes; ++i) {
    game.reset(random);
    while (game.steps < kLongest && !game.step(best(q, game.state))) continue;
    total += game.steps;
  }
  return static_cast<double>(total) / episodes;
}

/// How far q is from the rewards of one step and what the target expects of the rest.
Tensor loss_of(nn::Sequential& q, nn::Sequential& target, const Replay& replay, Generator& random) {
  const Tensor rows = replay.sample(random), after = replay.next.index({rows});
  Tensor expected;
  {
    const NoGradGuard no_grad;
    const Tensor actions = argmax(q(after), 1, true);  // q chooses, the target judges
    expected = 1 + 0.99 * target(after).gather(1, actions).squeeze(1) * (1 - replay.fell.index({rows}));
  }
  const Tensor taken = replay.actions.index({rows}).unsqueeze(1);
  return nn::smooth_l1_loss(q(replay.states.index({rows})).gather(1, taken).squeeze(1), expected);
}

}  // namespace

int main(int argc, char** argv) try {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 50'000;
  const double bound = argc > 2 ? std::atof(argv[2]) : 475;
  manual_seed(0);
  Generator random(1);
  nn::Sequential q{nn::Linear(4, 128), nn::ReLU(), nn::Linear(128, 128), nn::ReLU(),
                   nn::Linear(128, kActions)};
  nn::Sequential target = nn::clone(q), kept = nn::clone(q);
  optim::Adam optimizer(q.parameters(), {.lr = 5e-4});
  Replay replay;
  CartPole game;
  game.reset(random);
  double best_mean = 0;
  for (int step = 1; step <= steps; ++step) {
    const double chance = std::max(0.02, 1 - step / (0.2 * steps));  // of an action at random
    const State before = game.state;
    const int action = random.uniform() < chance ? random.uniform() < 0.5 : best(q, before);
    const bool fell = game.step(action);
    replay.add(before, action, game.state, fell);
    if (fell || game.steps == kLongest) game.reset(random);
    if (replay.count < 1000) continue;
    optimizer.zero_grad();
    loss_of(q, target, replay, random).backward();
    nn::utils::clip_grad_norm_(q.parameters(), 10);
    optimizer.step();
    if (step % 250 == 0) target.load_state_dict(q.state_dict());
    if (step % 2500 != 0) continue;
    const double mean = play(q, 20, 2);
    fmt::print("step {:6}  mean of 20 episodes {:.1f}\n", step, mean);
    if (mean < best_mean) continue;
    best_mean = mean;
    kept.load_state_dict(q.state_dict());
  }
  const double mean = play(kept, 100, 3);
  fmt::print("the kept weights balance for {:.1f} steps in the mean of 100 episodes\n", mean);
  check(mean >= bound, "it has not learned: {:.1f} steps, not {}", mean, bound);
} catch (const std::exception& error) {
  fmt::print(stderr, "dqn: {}\n", error.what());
  return 1;
}
