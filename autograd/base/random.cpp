// The generator and its distributions, written out so that they give the same numbers with every standard
// library. Compiled with -ffp-contract=off: a fused multiply-add would change the last bit.
#include "autograd/base/random.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace xtape {

namespace {

std::uint64_t splitmix64(std::uint64_t& x) {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t advance(Generator::State& s) {
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double uniform_from(Generator::State& s) { return static_cast<double>(advance(s) >> 11) * 0x1p-53; }

double normal_from(Generator::State& s) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform_from(s)));
  return radius * std::cos(2 * std::numbers::pi * uniform_from(s));
}

/// In [0, 1). A float takes the highest 24 bits of what a double takes 53 of: rounding to nearest could
/// give 1.
template <class T>
T uniform_of(Generator::State& s) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(advance(s) >> 40) * 0x1p-24f;
  } else {
    static_assert(std::is_same_v<T, double>);
    return uniform_from(s);
  }
}

}  // namespace

Generator::Generator(std::uint64_t seed) { manual_seed(seed); }

void Generator::manual_seed(std::uint64_t seed) {
  std::lock_guard lock(mutex_);
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

Generator::State Generator::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

void Generator::set_state(const State& state) {
  std::lock_guard lock(mutex_);
  state_ = state;
}

std::uint64_t Generator::next() {
  std::lock_guard lock(mutex_);
  return advance(state_);
}

double Generator::uniform() {
  std::lock_guard lock(mutex_);
  return uniform_from(state_);
}

double Generator::normal() {
  std::lock_guard lock(mutex_);
  return normal_from(state_);
}

std::uint64_t Generator::below(std::uint64_t bound) {
  // Values past the last whole multiple of bound are drawn again: they would favour the small results.
  const std::uint64_t rest = (0 - bound) % bound;
  std::uint64_t value;
  do value = next();
  while (value < rest);
  return value % bound;
}

template <class T>
void Generator::fill_uniform_of(T* out, std::int64_t count) {
  std::lock_guard lock(mutex_);
  State state = state_;  // in registers
  for (std::int64_t i = 0; i < count; ++i) out[i] = uniform_of<T>(state);
  state_ = state;
}

template <class T>
void Generator::fill_normal_of(T* out, std::int64_t count) {
  std::lock_guard lock(mutex_);
  for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(normal_from(state_));
}

void Generator::fill_uniform(float* out, std::int64_t count) { fill_uniform_of(out, count); }
void Generator::fill_uniform(double* out, std::int64_t count) { fill_uniform_of(out, count); }
void Generator::fill_normal(float* out, std::int64_t count) { fill_normal_of(out, count); }
void Generator::fill_normal(double* out, std::int64_t count) { fill_normal_of(out, count); }

Generator& default_generator() {
  static Generator generator;
  return generator;
}

void manual_seed(std::uint64_t seed) { default_generator().manual_seed(seed); }

}  // namespace xtape
