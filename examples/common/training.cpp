// The training loop, the evaluation and the report.
#include "training.hpp"

#include <fmt/format.h>

#include <cmath>

#include "pictures.hpp"
#include "progress.hpp"

namespace examples {

using namespace xtape;

namespace {

/// One CSV line per epoch, if wanted. Written before the training too, so that a mistake costs no hours.
class Log {
 public:
  explicit Log(const std::string& path) : path_(path) {
    write("epoch,train_loss,test_loss,test_accuracy,seconds,learning_rate\n");
  }
  void write(const std::string& text) {
    if (path_.empty()) return;
    text_ += text;
    io::write_bytes(path_, text_);
  }

 private:
  std::string path_, text_;
};

std::unique_ptr<optim::Optimizer> make_optimizer(const std::vector<Tensor>& parameters,
                                                 const TrainingOptions& o) {
  if (o.optimizer == "sgd") {
    return std::make_unique<optim::SGD>(parameters, optim::SGDOptions{.lr = o.learning_rate(),
                                                                      .momentum = o.momentum,
                                                                      .weight_decay = o.weight_decay,
                                                                      .nesterov = o.nesterov});
  }
  return std::make_unique<optim::Adam>(
      parameters, optim::AdamOptions{.lr = o.learning_rate(), .weight_decay = o.weight_decay});
}

/// Steps with each batch; null where the learning rate stays.
std::unique_ptr<optim::LRScheduler> make_schedule(optim::Optimizer& optimizer, std::int64_t steps,
                                                  const TrainingOptions& options) {
  if (options.schedule == "none") return nullptr;
  if (options.schedule == "one-cycle") {
    return std::make_unique<optim::OneCycleLR>(
        optimizer, optimizer.lr(), steps,
        optim::OneCycleLROptions{
            .pct_start = 0.2, .anneal_strategy = "linear", .cycle_momentum = false, .final_div_factor = 1e3});
  }
  return std::make_unique<optim::CosineAnnealingLR>(optimizer, steps);
}

/// A step from every `accumulate` batches, and from what is left at an epoch's end.
std::int64_t steps_of(const datasets::DataLoader& loader, std::int64_t accumulate) {
  return (loader.size() + accumulate - 1) / accumulate;
}

/// What a training changes.
struct Learner {
  nn::Sequential& model;
  std::unique_ptr<optim::Optimizer> optimizer;
  std::unique_ptr<optim::LRScheduler> schedule;              // null where the learning rate stays
  std::optional<optim::AveragedModel<nn::Sequential>> mean;  // of the weights, if it is wanted

  Learner(nn::Sequential& net, std::int64_t steps, const TrainingOptions& options)
      : model(net),
        optimizer(make_optimizer(net.parameters(), options)),
        schedule(make_schedule(*optimizer, steps, options)) {
    if (options.average > 0)
      mean.emplace(net, optim::AveragedModelOptions{.avg_fn = optim::get_ema_avg_fn(options.average),
                                                    .use_buffers = true});
  }

  void step() {
    optimizer->step();
    optimizer->zero_grad();
    if (schedule) schedule->step();
    if (mean) mean->update_parameters(model);
  }

  /// What is measured, and kept.
  nn::Sequential& result() { return mean ? mean->module() : model; }
};

/// Gives the mean loss over the epoch's images.
double train_epoch(Learner& learner, const datasets::DataLoader& loader, const TrainingOptions& options,
                   int epoch, Progress& progress) {
  progress.start_epoch(epoch);
  nn::GradientAccumulator gradients(learner.optimizer->parameters());
  std::int64_t batches_left = loader.size();
  double total = 0, images_seen = 0;
  for (const auto& [images, labels] : loader) {
    Tensor loss =
        nn::cross_entropy(learner.model(images), labels, {.label_smoothing = options.label_smoothing});
    loss.backward();
    gradients.add(static_cast<double>(images.size(0)) / static_cast<double>(loader.batch_size()));
    if (--batches_left == 0 || gradients.size() == options.accumulate) {
      gradients.finish();
      learner.step();
    }

    const double value = loss.item();
    check(std::isfinite(value), "the loss is {} in epoch {}; a smaller --lr may help", value, epoch);
    const auto count = static_cast<double>(images.size(0));
    total += value * count;
    images_seen += count;
    progress.advance(images.size(0), total / images_seen);
  }
  return total / images_seen;
}

void print_table(const std::vector<std::string>& classes, const Tensor& confusion,
                 const nn::Evaluation& evaluation) {
  fmt::print("\n{:<14} {:>6} {:>6} {:>9}\n", "class", "images", "right", "accuracy");
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const Tensor row = confusion[static_cast<std::int64_t>(c)];
    const double images = sum(row).item(), right = row[static_cast<std::int64_t>(c)].item();
    fmt::print("{:<14} {:>6} {:>6} {:>8.2f}%\n", classes[c], images, right,
               images > 0 ? 100 * right / images : 0.0);
  }
  fmt::print("\ntest loss {:.4f}\ntest accuracy {:.2f}%\n", evaluation.loss, 100 * evaluation.accuracy);
}

}  // namespace

datasets::Transform training_transform(std::int64_t size, const datasets::Normalize& normalize,
                                       const TrainingOptions& options) {
  std::vector<datasets::Transform> steps{datasets::ToFloat()};
  if (options.crop > 0) steps.push_back(datasets::RandomCrop(size, {.padding = options.crop}));
  if (options.flip) steps.push_back(datasets::RandomHorizontalFlip());
  steps.push_back(normalize);
  return datasets::Compose(steps);
}

void train_and_report(nn::Sequential& model, const datasets::VisionDataset& train,
                      const datasets::VisionDataset& test, const TrainingOptions& options) {
  Log log(options.log);
  const datasets::DataLoader loader(train, {.batch_size = options.batch, .shuffle = true, .num_workers = 1});
  Learner learner(model, options.epochs * steps_of(loader, options.accumulate), options);
  fmt::print("{} training images, {} test images; {} parameters; {} thread{}\n\n", train.size(), test.size(),
             model.num_parameters(), num_threads(), num_threads() == 1 ? "" : "s");

  Progress progress(options.epochs, train.size());
  nn::Evaluation evaluation;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const Stopwatch watch;
    const double lr = learner.optimizer->lr();
    const double train_loss = train_epoch(learner, loader, options, epoch, progress);
    const double speed = progress.images_per_second();
    evaluation = nn::evaluate(learner.result(), test);
    progress.erase();
    fmt::print(
        "epoch {:2}/{}  train loss {:.4f}  test loss {:.4f}  test accuracy {:5.2f}%  {:.1f} s  {:.0f} "
        "images/s\n",
        epoch, options.epochs, train_loss, evaluation.loss, 100 * evaluation.accuracy, watch.seconds(),
        speed);
    check(std::fflush(stdout) == 0, "cannot write to the standard output");
    log.write(fmt::format("{},{:.6f},{:.6f},{:.4f},{:.2f},{:.3g}\n", epoch, train_loss, evaluation.loss,
                          evaluation.accuracy, watch.seconds(), lr));
  }
  const Tensor confusion = nn::confusion_matrix(learner.result(), test, std::ssize(test.classes()));
  if (!options.save.empty()) save(learner.result().state_dict(), options.save);
  if (!options.pictures.empty()) save_pictures(options.pictures, learner.result(), test, confusion);
  print_table(test.classes(), confusion, evaluation);
}

}  // namespace examples
