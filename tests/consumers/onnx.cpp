// A program that loads a model, through the public headers and the target xtape::onnx alone.
#include <xtape/onnx.hpp>

int main() {
  try {
    xtape::onnx::load("missing.onnx");
  } catch (const xtape::Error&) {
    return 0;
  }
  return 1;
}
