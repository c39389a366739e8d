// The CIFAR-10 exercise's net of three layers, 3072-100-100-10 with relu, for twenty epochs.
//
//   build/release/examples/course/cifar_three_layer --data FOLDER
//
// prints the lines of the exercise's Solver for seed 0, 1 and 2, then a table of them and the mean of the
// best validation accuracies, which must be at least 0.49. The exercise's is 0.513.
//
//   seed 0
//   (Iteration 1 / 9800) loss: 2.300739
//   (Iteration 101 / 9800) loss: 2.068981
//   ...
//   (Epoch 1 / 20) train acc: 0.336000; val_acc: 0.366000
//   ...
//   (Epoch 20 / 20) train acc: 0.585000; val_acc: 0.503000
//   ...
//     seed   best val   last val      train       test   seconds
//        0     0.5160     0.5030     0.5850     0.4690      ...
//        1     0.5180     0.5070     0.5770     0.4890      ...
//        2     0.5280     0.5160     0.5730     0.4840      ...
//   ...
//     ok    best validation accuracy, mean               0.520667, expected at least 0.49
#include "common/relu_net.hpp"

int main(int argc, char** argv) {
  return course::run_relu_net({.name = "cifar_three_layer", .hidden = {100, 100}, .epochs = 20}, argc, argv);
}
