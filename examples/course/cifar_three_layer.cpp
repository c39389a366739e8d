// The CIFAR-10 exercise's net of three layers, 3072-100-100-10 with relu, for twenty epochs.
//
//   build/release/examples/course/cifar_three_layer --data FOLDER
//
// prints the lines of the exercise's Solver for seed 0, 1 and 2, then a table of them and the mean of the
// best validation accuracies, which must be at least 0.49. The exercise's is 0.513.
//
//   seed 0
//   ...
//   (Epoch 1 / 20) train acc: 0.336000; val_acc: 0.366000
//   ...
//   (Epoch 19 / 20) train acc: 0.552000; val_acc: 0.516000
//   ...
//   (Epoch 20 / 20) train acc: 0.585000; val_acc: 0.503000
//   ...
#include "common/relu_net.hpp"

int main(int argc, char** argv) {
  return course::run_relu_net({.name = "cifar_three_layer", .hidden = {100, 100}, .epochs = 20}, argc, argv);
}
