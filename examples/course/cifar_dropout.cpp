// The CIFAR-10 exercise's net in Keras: 3072-100-100-10 with sigmoids, a dropout of 0.25 after the first
// hidden layer, and Adam.
//
//   build/release/examples/course/cifar_dropout --data FOLDER
//
// prints the layers with their 318,410 parameters, the lines of the trainer for seed 0, 1 and 2, then a table
// of them and the mean of the validation accuracies after the last epoch, which must be within 0.03 of the
// exercise's, 0.38. The exercise's training accuracy, 0.363, is Keras' mean over the epoch with dropout at
// work; here it is measured after the epoch, without.
//
//   ...
//   total 318,410, trainable 318,410
//     ok    parameters                                   318410, expected 318410 +- 0e+00
//   seed 0
//   (Iteration 1 / 15320) loss: 2.615838
//   ...
//   (Epoch 1 / 10) train acc: 0.293000; val_acc: 0.313000
//   ...
//   (Epoch 10 / 10) train acc: 0.384000; val_acc: 0.352000
//   ...
//     seed   best val   last val      train       test   seconds
//        0     0.3780     0.3520     0.3840     0.3570     ...
//        1     0.3660     0.3620     0.3830     0.3500      ...
//        2     0.3730     0.3560     0.3710     0.3510      ...
//   ...
//     ok    validation accuracy, mean                    0.356666666667, expected 0.38 +- 3e-02
#include <fmt/format.h>

#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/seeds.hpp"
#include "common/weights.hpp"

using namespace xtape;

namespace {

nn::Sequential make_net() {
  nn::Sequential net{nn::Flatten(),        nn::Linear(3072, 100), nn::Sigmoid(),      nn::Dropout(0.25),
                     nn::Linear(100, 100), nn::Sigmoid(),         nn::Linear(100, 10)};
  course::set_keras_weights(net);
  return net;
}

nn::Candidate build(std::int64_t epochs) {
  nn::Sequential net = make_net();
  return nn::Candidate(net, optim::Adam(net.parameters(), {.lr = 1e-4}),
                       {.epochs = epochs, .batch_size = 32, .print_every = 500});
}

void check_parameters() {
  nn::Sequential net = make_net();
  const nn::Summary summary = nn::summary(net, {1, 3, 32, 32});
  fmt::print("{}\n", summary);
  course::Checks checks;
  checks.near("parameters", static_cast<double>(summary.total_parameters), 318'410, 0);
  checks.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("3072-100-100-10 with sigmoids and dropout, by Adam.", "cifar_dropout");
  course::Options options;
  int runs = 3;
  course::add_options(app, options);
  course::add_runs(app, runs);
  return course::run(app, argc, argv, [&] {
    check_parameters();
    const course::CifarParts parts = course::cifar_parts(options);
    const std::vector<course::Run> all =
        course::train_seeds(options, runs, "cifar_dropout", [&] { return build(options.quick ? 2 : 10); },
                            {parts.train, &parts.validation, parts.test});
    course::Checks checks;
    if (options.quick) {
      checks.at_most("last losses", last_losses(all.front()), first_losses(all.front()) - 0.05);
    } else {
      checks.near("validation accuracy, mean", mean_of(all, &course::Run::last_validation), 0.38, 0.03);
    }
    checks.finish();
  });
}
