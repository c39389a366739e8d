// W5, 2-16-16-2 on a batch of 32, for sizes that the compiler knows: no BLAS, everything in registers and in
// the first cache.
#pragma once

#include <cstdint>
#include <vector>

#include "benchmarks/harness/workloads.hpp"

namespace hand {

class TinyMlp {
 public:
  explicit TinyMlp(const bench::Mlp& workload);

  void restart();  ///< puts the initial weights back
  void step();
  double loss() const { return loss_; }

 private:
  static constexpr int kBatch = 32, kIn = 2, kHidden = 16, kOut = 2;

  using Half = float __attribute__((vector_size(32)));
  /// A hidden row.
  struct Row {
    Half low{}, high{};

    float& operator[](int i) { return reinterpret_cast<float*>(this)[i]; }
    friend Row operator+(Row a, Row b) { return {a.low + b.low, a.high + b.high}; }
    friend Row operator*(Row a, Row b) { return {a.low * b.low, a.high * b.high}; }
    friend Row operator*(float a, Row b) { return {a * b.low, a * b.high}; }
    void operator+=(Row b) { *this = *this + b; }
    void operator-=(Row b) { low -= b.low, high -= b.high; }
    /// `value` where this is above 0, else 0.
    Row gate(Row value) const {
      const Half zero{};
      return {low > zero ? value.low : zero, high > zero ? value.high : zero};
    }
    float sum() const;
  };

  void forward();
  void back();
  void update_hidden();

  bench::Mlp workload_;
  std::vector<std::int64_t> labels_;
  double loss_ = 0;
  float x_[kBatch][kIn];
  Row weight0_[kIn], weight1_[kHidden], weight2_[kOut];  // {in, out}, {in, out}, {out, in}
  Row bias0_, bias1_;
  float bias2_[kOut];
  Row hidden0_[kBatch], hidden1_[kBatch], hidden1_grad_[kBatch];
  float scores_[kBatch][kOut];  // and then their gradients
};

}  // namespace hand
