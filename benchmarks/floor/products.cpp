// The shapes of the products, and which part of them a thread takes.
#include "benchmarks/floor/products.hpp"

#include <cblas.h>

#include <algorithm>

namespace hand {

namespace {

Buffer filled(std::size_t n) { return Buffer(bench::uniform(1, n, 1)); }

Buffer filled(int rows, int columns) { return filled(std::size_t(rows) * std::size_t(columns)); }

/// c {m, n} = a b of matrices whose rows lie in one piece each, transposed or not.
void multiply(int m, int n, int k, const float* a, bool a_turned, const float* b, bool b_turned, float* c,
              int lda, int ldb, int ldc) {
  cblas_sgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans, b_turned ? CblasTrans : CblasNoTrans, m, n,
              k, 1, a, lda, b, ldb, 0, c, ldc);
}

}  // namespace

Products::Layer::Layer(int all_rows, int inputs, int outputs, int all_steps)
    : rows(all_rows),
      in(inputs),
      out(outputs),
      steps(all_steps),
      x(filled(rows, in)),
      weight(filled(out, in)),
      gradient(filled(out, in)) {}

Products::Heads::Heads(int number, int words, int features)
    : count(number),
      length(words),
      depth(features),
      q(filled(count * length, depth)),
      k(filled(count * length, depth)),
      v(filled(count * length, depth)),
      weights(filled(count * length, length)) {}

Products Products::of_gpt(const bench::Gpt& gpt, Threads& threads) {
  Products products(threads);
  const int rows = gpt.batch * gpt.context;
  for (int i = 0; i < gpt.layers; ++i) {
    products.layers_.emplace_back(rows, gpt.width, 3 * gpt.width);
    products.layers_.emplace_back(rows, gpt.width, gpt.width);
    products.layers_.emplace_back(rows, gpt.width, 4 * gpt.width);
    products.layers_.emplace_back(rows, 4 * gpt.width, gpt.width);
    products.heads_.emplace_back(gpt.batch * gpt.heads, gpt.context, gpt.width / gpt.heads);
  }
  products.layers_.emplace_back(rows, gpt.width, gpt.characters);
  products.make_room();
  return products;
}

Products Products::of_lstm(Threads& threads) {
  Products products(threads);
  const int rows = bench::kSequences * bench::kLength, states = bench::kStates;
  for (int i = 0; i < bench::kLstmLayers; ++i) {
    products.layers_.emplace_back(rows, states, 4 * states);
    products.layers_.emplace_back(rows, states, 4 * states, bench::kLength);
  }
  products.make_room();
  return products;
}

void Products::make_room() {
  openblas_set_num_threads(1);
  std::size_t out = 0, in = 0, scores = 0, depth = 0;
  for (const Layer& layer : layers_) {
    out = std::max(out, std::size_t(layer.rows) * std::size_t(layer.out));
    in = std::max(in, std::size_t(layer.rows) * std::size_t(layer.in));
  }
  for (const Heads& heads : heads_) {
    scores = std::max(scores, heads.weights.size());
    depth = std::max(depth, heads.q.size());
  }
  y_ = Buffer(out);
  g_ = filled(out);
  dx_ = Buffer(in);
  scores_ = Buffer(scores);
  for (Buffer* buffer : {&dq_, &dk_, &dv_}) *buffer = Buffer(depth);
}

void Products::step() {
  threads_.each([this](int thread) {
    for (const Layer& layer : layers_) rows_of_layer(layer, thread);
    for (const Heads& heads : heads_) some_heads(heads, thread);
  });
  threads_.each([this](int thread) {
    for (Layer& layer : layers_) columns_of_gradient(layer, thread);
  });
}

/// The result and the input's gradient.
void Products::rows_of_layer(const Layer& layer, int thread) {
  const int each = layer.rows / layer.steps;
  const Range part = hand::part(each, thread, threads_.count());
  for (int step = 0; step < layer.steps; ++step) {
    const long row = long(step) * each + part.begin, in = row * layer.in, out = row * layer.out;
    multiply(part.size(), layer.out, layer.in, layer.x.data() + in, false, layer.weight.data(), true,
             y_.data() + out, layer.in, layer.in, layer.out);
    multiply(part.size(), layer.in, layer.out, g_.data() + out, false, layer.weight.data(), false,
             dx_.data() + in, layer.out, layer.in, layer.in);
  }
}

void Products::columns_of_gradient(Layer& layer, int thread) {
  const Range columns = part(layer.in, thread, threads_.count(), 16);
  if (columns.size() > 0)
    multiply(layer.out, columns.size(), layer.rows, g_.data(), true, layer.x.data() + columns.begin, false,
             layer.gradient.data() + columns.begin, layer.out, layer.in, layer.in);
}

void Products::some_heads(const Heads& heads, int thread) {
  const int t = heads.length, d = heads.depth;
  const Range part = hand::part(heads.count, thread, threads_.count());
  for (int head = part.begin; head < part.end; ++head) {
    const long at = long(head) * t * d, square = long(head) * t * t;
    const float *q = heads.q.data() + at, *k = heads.k.data() + at, *v = heads.v.data() + at,
                *p = heads.weights.data() + square, *g = g_.data() + at;
    float* s = scores_.data() + square;
    multiply(t, t, d, q, false, k, true, s, d, d, t);
    multiply(t, d, t, p, false, v, false, y_.data() + at, t, d, d);
    multiply(t, t, d, g, false, v, true, s, d, d, t);
    multiply(t, d, t, p, true, g, false, dv_.data() + at, t, d, d);
    multiply(t, d, t, p, false, k, false, dq_.data() + at, t, d, d);
    multiply(t, d, t, p, true, q, false, dk_.data() + at, t, d, d);
  }
}

}  // namespace hand
