// The CIFAR-10 exercise's net of two layers, 3072-100-10 with relu, for ten epochs.
//
//   build/release/examples/course/cifar_two_layer --data FOLDER
#include "common/relu_net.hpp"

int main(int argc, char** argv) {
  return course::run_relu_net({.name = "cifar_two_layer", .hidden = {100}, .epochs = 10}, argc, argv);
}
