// The CIFAR-10 exercise's net of two layers, 3072-100-10 with relu, for ten epochs.
//
//   build/release/examples/course/cifar_two_layer --data FOLDER
//
// prints the lines of the exercise's Solver for seed 0, 1 and 2, then a table of them. The exercise's best
// validation accuracy is 0.522.
//
//   seed 0
//   (Iteration 1 / 4900) loss: 3.807736
//   (Iteration 101 / 4900) loss: 2.050840
//   ...
//   (Epoch 1 / 10) train acc: 0.397000; val_acc: 0.399000
//   ...
//   (Epoch 10 / 10) train acc: 0.559000; val_acc: 0.496000
//   ...
//     seed   best val   last val      train       test   seconds
//        0     0.4960     0.4960     0.5590     0.4620       ...
//        1     0.4970     0.4910     0.5660     0.4460       ...
//        2     0.5050     0.4820     0.5700     0.4420       ...
//   ...
//     ok    best validation accuracy, mean               0.499333, expected at least 0.49
#include "common/relu_net.hpp"

int main(int argc, char** argv) {
  return course::run_relu_net({.name = "cifar_two_layer", .hidden = {100}, .epochs = 10}, argc, argv);
}
