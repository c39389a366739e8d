// The CIFAR-10 exercise's net in TensorFlow: 3072-100-100-10 with sigmoids, from weights N(0, 1), by Adam.
//
//   build/release/examples/course/cifar_sigmoid_adam --data FOLDER
//
// prints the lines of the trainer for seed 0, 1 and 2, then a table of them and the mean of the validation
// accuracies after the last epoch, which must be within 0.03 of the exercise's, 0.31.
//
//   seed 0
//   (Iteration 1 / 4900) loss: 11.725761
//   ...
//   (Epoch 1 / 10) train acc: 0.193000; val_acc: 0.196000
//   ...
//   (Epoch 10 / 10) train acc: 0.328000; val_acc: 0.315000
//   ...
//     seed   best val   last val      train       test   seconds
//        0     0.3150     0.3150     0.3280     0.2800      ...
//        1     0.2720     0.2720     0.3150     0.3050      ...
//        2     0.2940     0.2940     0.3200     0.2940      ...
//   ...
//     ok    validation accuracy, mean                    0.293666666667, expected 0.31 +- 3e-02
#include "common/checks.hpp"
#include "common/data.hpp"
#include "common/seeds.hpp"
#include "common/weights.hpp"

using namespace xtape;

namespace {

nn::Candidate build(std::int64_t epochs) {
  nn::Sequential model{nn::Flatten(), nn::MLP({3072, 100, 100, 10}, {.activation = nn::Activation::sigmoid})};
  course::set_weights(model, [](const Tensor& weight) { nn::init::normal_(weight); });
  return nn::Candidate(model, optim::Adam(model.parameters(), {.lr = 1e-3}),
                       {.epochs = epochs, .batch_size = 100});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("3072-100-100-10 with sigmoids, from weights N(0, 1), by Adam.", "cifar_sigmoid_adam");
  course::Options options;
  int runs = 3;
  course::add_options(app, options);
  course::add_runs(app, runs);
  return course::run(app, argc, argv, [&] {
    const course::CifarParts parts = course::cifar_parts(options);
    const std::vector<course::Run> all = course::train_seeds(options, runs, "cifar_sigmoid_adam",
                                                             [&] { return build(options.quick ? 2 : 10); },
                                                             {parts.train, &parts.validation, parts.test});
    course::Checks checks;
    if (options.quick) {
      checks.at_most("last losses", last_losses(all.front()), first_losses(all.front()) - 1);
    } else {
      checks.near("validation accuracy, mean", mean_of(all, &course::Run::last_validation), 0.31, 0.03);
    }
    checks.finish();
  });
}
