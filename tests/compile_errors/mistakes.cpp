// What a user who comes from PyTorch writes first and must not: each line with a comment does not compile,
// and the compiler's text holds the words of the comment (a|b: one of them). check.py compiles this file and
// looks.
#include <string>
#include <xtape/xtape.hpp>

using namespace xtape;

struct WithoutForward : nn::Module {
  Tensor forwrd(const Tensor& x) { return x; }
};
struct ByValue : nn::Module {
  Tensor forward(Tensor x) { return x; }
};
struct Pair : nn::ModuleOf<Pair> {
  Tensor forward(const Tensor& a, const Tensor& b) { return a + b; }
};

void make(Tensor& x) {
  zeros(2, 3);          // write zeros({2, 3})
  randn(2, 3, 4);       // write zeros({2, 3})
  zeros({2.5, 3});      // Shape
  Tensor number = 3.0;  // xtape::Tensor
  const float constant = 1;
  from_blob(&constant, {1});  // from_blob shares the memory
  x.data<unsigned>();  // elements are bool, uint8_t, int8_t, int16_t, int32_t, int64_t, float or double
}

void use(Tensor& x) {
  x[0] = x;           // write x[0].copy_(y)
  x[0][1] = 5;        // x[0].fill_(number)
  if (x > 0) return;  // write x.item<bool>()
  int n = x;          // xtape::Tensor
  x.view(2, 3);       // Shape&|shape
  x.sum(0.5);         // Dim
  cat(x, x);          // std::vector<
  softmax(x);         // softmax
  max(x, 1) + x;      // ValuesIndices
  x == nullptr;       // nullptr_t
  x.grad = x;         // grad
}

void train(Tensor& x) {
  WithoutForward a;  // abstract
  ByValue b;         // abstract
  Pair pair;
  pair(x);                                                     // Pair
  nn::Linear fc(2);                                            // Linear
  fc->forward(x);                                              // pointer
  optim::Adam opt(fc, 0.1);                                    // Adam
  optim::Adam other(fc.parameters(), {.learning_rate = 0.1});  // Adam
}
