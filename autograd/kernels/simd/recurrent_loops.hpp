// One row of one step of an LSTM or a GRU, and its gradients, on xsimd batches of one architecture. Included
// only by loops.hpp.
#pragma once

#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "autograd/kernels/simd/functions.hpp"
#include "autograd/kernels/simd/softmax_loops.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels::loops {

template <class B>
B sigmoid_of(const B& x) {
  return UnaryFunction<Unary::sigmoid>::run(x, x, x);
}
template <class B>
B tanh_of(const B& x) {
  return UnaryFunction<Unary::tanh>::run(x, x, x);
}
/// g s (1 - s), the gradient through a sigmoid that gave s
template <class B>
B through_sigmoid(const B& g, const B& s) {
  return BinaryFunction<Binary::sigmoid_backward>::run(g, s);
}
template <class B>
B through_tanh(const B& g, const B& y) {
  return BinaryFunction<Binary::tanh_backward>::run(g, y);
}

/// i, f, o = sigmoid and g = tanh of the gates, in their place; c = f c' + i g, h = o tanh(c)
template <class Arch, class T>
void lstm(T* gates, const T* before, T* c, T* h, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  for_each_batch<B>(n, [&](std::int64_t k, std::int64_t count) {
    const B i = sigmoid_of(load_up_to<B>(gates + k, count)),
            f = sigmoid_of(load_up_to<B>(gates + n + k, count)),
            g = tanh_of(load_up_to<B>(gates + 2 * n + k, count)),
            o = sigmoid_of(load_up_to<B>(gates + 3 * n + k, count));
    const B state = xsimd::fma(f, load_up_to<B>(before + k, count), i * g);
    store_up_to(i, gates + k, count);
    store_up_to(f, gates + n + k, count);
    store_up_to(g, gates + 2 * n + k, count);
    store_up_to(o, gates + 3 * n + k, count);
    store_up_to(state, c + k, count);
    store_up_to(o * tanh_of(state), h + k, count);
  });
}

/// dc += dh o (1 - tanh(c)^2); the gates' gradients dc g, dc c', dc i, dh tanh(c), each through its function;
/// then dc = dc f
template <class Arch, class T>
void lstm_backward(const LstmRow<T>& p, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  for_each_batch<B>(n, [&](std::int64_t k, std::int64_t count) {
    const B i = load_up_to<B>(p.gates + k, count), f = load_up_to<B>(p.gates + n + k, count),
            g = load_up_to<B>(p.gates + 2 * n + k, count), o = load_up_to<B>(p.gates + 3 * n + k, count);
    const B dh = load_up_to<B>(p.dh + k, count), level = tanh_of(load_up_to<B>(p.c + k, count));
    const B dc = load_up_to<B>(p.dc + k, count) + through_tanh(dh * o, level);
    store_up_to(through_sigmoid(dc * g, i), p.da + k, count);
    store_up_to(through_sigmoid(dc * load_up_to<B>(p.before + k, count), f), p.da + n + k, count);
    store_up_to(through_tanh(dc * i, g), p.da + 2 * n + k, count);
    store_up_to(through_sigmoid(dh * level, o), p.da + 3 * n + k, count);
    store_up_to(dc * f, p.dc + k, count);
  });
}

/// r, z = sigmoid of the gates, n = tanh(gate + r q), in their place; h = n + z (h' - n)
template <class Arch, class T>
void gru(T* gates, const T* q, const T* before, T* h, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  for_each_batch<B>(n, [&](std::int64_t k, std::int64_t count) {
    const B r = sigmoid_of(load_up_to<B>(gates + k, count)),
            z = sigmoid_of(load_up_to<B>(gates + n + k, count));
    const B fresh =
        tanh_of(xsimd::fma(r, load_up_to<B>(q + k, count), load_up_to<B>(gates + 2 * n + k, count)));
    store_up_to(r, gates + k, count);
    store_up_to(z, gates + n + k, count);
    store_up_to(fresh, gates + 2 * n + k, count);
    store_up_to(xsimd::fma(z, load_up_to<B>(before + k, count) - fresh, fresh), h + k, count);
  });
}

/// dn = dh (1 - z) through tanh, dz = dh (h' - n) and dr = dn q through sigmoid, dq = dn r; then dh = dh z
template <class Arch, class T>
void gru_backward(const GruRow<T>& p, std::int64_t n) {
  using B = xsimd::batch<T, Arch>;
  for_each_batch<B>(n, [&](std::int64_t k, std::int64_t count) {
    const B r = load_up_to<B>(p.gates + k, count), z = load_up_to<B>(p.gates + n + k, count),
            fresh = load_up_to<B>(p.gates + 2 * n + k, count), dh = load_up_to<B>(p.dh + k, count);
    const B dn = through_tanh(dh * (B(1) - z), fresh);
    store_up_to(through_sigmoid(dn * load_up_to<B>(p.q + k, count), r), p.da + k, count);
    store_up_to(through_sigmoid(dh * (load_up_to<B>(p.before + k, count) - fresh), z), p.da + n + k, count);
    store_up_to(dn, p.da + 2 * n + k, count);
    store_up_to(dn * r, p.dq + k, count);
    store_up_to(dh * z, p.dh + k, count);
  });
}

}  // namespace xtape::kernels::loops
