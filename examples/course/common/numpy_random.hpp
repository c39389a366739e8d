// numpy's legacy random numbers: np.random.seed(3); np.random.randn(512, 784), in C++.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include <xtape/xtape.hpp>

namespace course {

/// The same numbers, in the same order, as numpy.random.RandomState(seed).
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  double uniform();  ///< in [0, 1), 53 bits of two draws
  double normal();   ///< by Marsaglia's polar method, which makes two numbers at a time

  xtape::Tensor randn(const xtape::Shape& shape);  ///< float64

 private:
  std::mt19937 engine_;
  std::optional<double> second_;  // of the last pair
};

}  // namespace course
