// The CIFAR-10 exercise's net of three layers, 3072-100-100-10 with relu, for twenty epochs.
//
//   build/release/examples/course/cifar_three_layer --data FOLDER
#include "common/relu_net.hpp"

int main(int argc, char** argv) {
  return course::run_relu_net({.name = "cifar_three_layer", .hidden = {100, 100}, .epochs = 20}, argc, argv);
}
