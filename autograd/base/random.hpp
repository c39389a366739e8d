// Generator: the source of every random number. The same seed gives the same numbers on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

namespace xtape {

/// xoshiro256++ (Blackman and Vigna, 2019), seeded through splitmix64. One generator may serve several
/// threads.
class Generator {
 public:
  using State = std::array<std::uint64_t, 4>;

  explicit Generator(std::uint64_t seed = 67280421310721);

  void manual_seed(std::uint64_t seed);
  State state() const;
  void set_state(const State& state);

  std::uint64_t next();  ///< 64 random bits
  double uniform();      ///< in [0, 1), 53 bits
  double normal();       ///< mean 0, variance 1 (Box-Muller, one draw of two numbers each)
  std::uint64_t below(std::uint64_t bound);  ///< uniform in [0, bound) without bias; bound > 0

  /// `count` numbers in one lock: uniform in [0, 1), or normal.
  void fill_uniform(float* out, std::int64_t count);
  void fill_uniform(double* out, std::int64_t count);
  void fill_normal(float* out, std::int64_t count);
  void fill_normal(double* out, std::int64_t count);

 private:
  template <class T>
  void fill_uniform_of(T* out, std::int64_t count);
  template <class T>
  void fill_normal_of(T* out, std::int64_t count);

  State state_;
  mutable std::mutex mutex_;
};

/// The generator that is used where none is given.
Generator& default_generator();

/// Seeds the default generator.
void manual_seed(std::uint64_t seed);

}  // namespace xtape
