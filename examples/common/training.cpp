// The training loop, the evaluation and the report.
#include "training.hpp"

#include <fmt/format.h>

#include <cmath>

#include "muon.hpp"
#include "pictures.hpp"
#include "progress.hpp"

namespace examples {

using namespace xtape;

namespace {

/// One CSV line per epoch, if wanted.
void write_log(const std::string& path, const nn::History& history) {
  if (path.empty()) return;
  std::string text = "epoch,train_loss,test_loss,test_accuracy,seconds,learning_rate\n";
  for (const nn::EpochRecord& epoch : history.epochs) {
    text += fmt::format("{},{:.6f},{:.6f},{:.4f},{:.2f},{:.3g}\n", epoch.epoch, epoch.train_loss,
                        epoch.validation_loss, epoch.validation_accuracy, epoch.seconds, epoch.lr);
  }
  io::write_bytes(path, text);
}

/// As above, but a full disk does not end the training: what went wrong is told, and false is given.
bool try_write_log(const std::string& path, const nn::History& history) {
  try {
    write_log(path, history);
    return true;
  } catch (const Error& error) {
    fmt::print(stderr, "the log was not written: {}\n", error.what());
    return false;
  }
}

std::unique_ptr<optim::Optimizer> make_optimizer(const std::vector<Tensor>& parameters,
                                                 const TrainingOptions& o) {
  if (o.optimizer == "sgd") {
    return std::make_unique<optim::SGD>(parameters, optim::SGDOptions{.lr = o.learning_rate(),
                                                                      .momentum = o.momentum,
                                                                      .weight_decay = o.weight_decay,
                                                                      .nesterov = o.nesterov});
  }
  if (o.optimizer == "muon") {
    return std::make_unique<Muon>(parameters, MuonOptions{.lr = o.learning_rate(),
                                                          .momentum = o.momentum,
                                                          .bias_scale = o.bias_scale,
                                                          .weight_decay = o.weight_decay});
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
  if (options.schedule == "linear") {
    return std::make_unique<optim::LambdaLR>(optimizer, [steps](std::int64_t step) {
      return 1 - static_cast<double>(step) / static_cast<double>(steps);
    });
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

/// The state of a training, in a folder where one is wanted.
class Keeper {
 public:
  Keeper(Learner& learner, const TrainingOptions& options, const Team& team)
      : state_(learner.model, *learner.optimizer, parts(learner)), writes_(team.leads()) {
    if (options.checkpoint.empty()) return;
    checkpoint_.emplace(options.checkpoint, state_, 1, settings(options, team));
    checkpoint_->resume();
  }
  nn::TrainingState& state() { return state_; }
  void save(std::optional<double> score = {}) {
    if (checkpoint_ && writes_) checkpoint_->try_save(score);
  }

 private:
  static nn::TrainingStateOptions parts(Learner& learner) {
    nn::TrainingStateOptions parts{.scheduler = learner.schedule.get()};
    if (learner.mean) parts.modules.emplace_back("average", &*learner.mean);
    return parts;
  }
  static nn::Settings settings(const TrainingOptions& o, const Team& team) {
    return {{"net", o.model},
            {"epochs", std::to_string(o.epochs)},
            {"batch", std::to_string(o.batch)},
            {"accumulate", std::to_string(o.accumulate * team.size())},
            {"seed", std::to_string(o.seed)}};
  }

  nn::TrainingState state_;
  bool writes_;
  std::optional<nn::Checkpoint> checkpoint_;
};

/// The rest of the epoch that is under way, or the next one. Gives the mean loss over its images.
double train_epoch(Learner& learner, const datasets::DataLoader& loader, const TrainingOptions& options,
                   Keeper& keeper, Progress& progress, Team& team) {
  const int epoch = static_cast<int>(keeper.state().epoch) + 1;
  auto& [place, total, images_seen] = keeper.state().unfinished;
  progress.start_epoch(epoch, images_seen);
  nn::StepGradients gradients(
      learner.optimizer->parameters(),
      {.batch_size = options.batch, .accumulate = options.accumulate, .peers = team.peers()});
  auto batch = loader.begin_at(place);
  if (batch != loader.end()) place.seed = batch.place().seed;
  const auto loss_of = [&] {
    const Tensor loss = nn::cross_entropy(learner.model(batch->data), batch->target,
                                          {.label_smoothing = options.label_smoothing});
    return std::pair(loss, loss.item());
  };
  for (std::int64_t unsaved = 0; place.batch < loader.size();) {
    for (auto left = gradients.begin(place.batch, loader.size()); left > 0; --left, ++batch)
      if (!gradients.add(batch->data.size(0), loss_of)) break;
    gradients.finish();
    for (const nn::StepBatch& done : gradients.batches()) {
      check(std::isfinite(done.loss), "the loss is {} in epoch {}; a smaller --lr may help", done.loss,
            epoch);
      total += done.loss * static_cast<double>(done.examples);
      images_seen += done.examples;
      progress.advance(done.examples, total / static_cast<double>(images_seen));
      ++unsaved;
    }
    learner.step();
    place.batch = gradients.end();
    if (options.checkpoint_every == 0 || unsaved < options.checkpoint_every) continue;
    keeper.save();
    unsaved = 0;
  }
  return total / static_cast<double>(images_seen);
}

struct Measurement {
  nn::Evaluation evaluation;
  Tensor confusion;
};

/// Of the test images, each seen once.
Measurement measure(nn::Sequential& model, const datasets::VisionDataset& test) {
  const std::int64_t classes = std::ssize(test.classes());
  Measurement result{.evaluation = {}, .confusion = zeros({classes, classes}, kInt64)};
  const auto accuracy = [&](const Tensor& output, const Tensor& labels) {
    result.confusion += nn::confusion_matrix(output, labels, classes);
    return nn::accuracy(output, labels);
  };
  result.evaluation = nn::evaluate(model, test, {.accuracy = accuracy});
  return result;
}

bool is_measured(const nn::EpochRecord& record) { return !std::isnan(record.validation_accuracy); }

void print_epoch(const nn::EpochRecord& record, int epochs, double images_per_second) {
  const std::string measured = is_measured(record)
                                   ? fmt::format("test loss {:.4f}  test accuracy {:5.2f}%  ",
                                                 record.validation_loss, 100 * record.validation_accuracy)
                                   : "";
  fmt::print("epoch {:2}/{}  train loss {:.4f}  {}{:.1f} s  {:.0f} images/s\n", record.epoch, epochs,
             record.train_loss, measured, record.seconds, images_per_second);
}

void print_table(const std::vector<std::string>& classes, const Tensor& confusion,
                 const nn::EpochRecord& last) {
  fmt::print("\n{:<14} {:>6} {:>6} {:>9}\n", "class", "images", "right", "accuracy");
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const Tensor row = confusion[static_cast<std::int64_t>(c)];
    const double images = sum(row).item(), right = row[static_cast<std::int64_t>(c)].item();
    fmt::print("{:<14} {:>6} {:>6} {:>8.2f}%\n", classes[c], images, right,
               images > 0 ? 100 * right / images : 0.0);
  }
  fmt::print("\ntest loss {:.4f}\ntest accuracy {:.2f}%\n", last.validation_loss,
             100 * last.validation_accuracy);
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
                      const datasets::VisionDataset& test, const TrainingOptions& options, Team& team) {
  team.join(model);
  const datasets::DataLoader loader(train, {.batch_size = options.batch,
                                            .shuffle = true,
                                            .num_workers = 1,
                                            .part = team.part(options.accumulate)});
  Learner learner(model, options.epochs * steps_of(loader, options.accumulate * team.size()), options);
  Keeper keeper(learner, options, team);
  nn::TrainingState& state = keeper.state();
  if (team.leads()) write_log(options.log, state.history);  // now, so that a mistake costs no hours
  fmt::print("{} training images, {} test images; {} parameters; {} thread{}\n\n", train.size(), test.size(),
             model.num_parameters(), num_threads(), num_threads() == 1 ? "" : "s");
  if (team.size() > 1)
    fmt::print("{} processes, steps of {} images\n\n", team.size(),
               team.size() * options.accumulate * options.batch);

  if (state.epoch > 0 || state.unfinished.place.batch > 0)
    fmt::print("going on in epoch {}, behind batch {}\n\n", state.epoch + 1, state.unfinished.place.batch);

  Progress progress(options.epochs, train.size());
  bool logged = true;
  Tensor confusion;
  while (state.epoch < options.epochs) {
    const Stopwatch watch;
    nn::EpochRecord record{.epoch = state.epoch + 1};
    record.train_loss = train_epoch(learner, loader, options, keeper, progress, team);
    record.lr = learner.optimizer->lr();
    const double speed = progress.images_per_second();
    if (team.leads() && (record.epoch % options.measure_every == 0 || record.epoch == options.epochs)) {
      const Measurement measured = measure(learner.result(), test);  // the others wait for the next step
      record.validation_loss = measured.evaluation.loss;
      record.validation_accuracy = measured.evaluation.accuracy;
      confusion = measured.confusion;
    }
    record.seconds = watch.seconds();
    progress.erase();
    print_epoch(record, options.epochs, speed);
    check(std::fflush(stdout) == 0, "cannot write to the standard output");

    state.history.epochs.push_back(record);
    state.epoch = record.epoch;
    state.unfinished = {};
    keeper.save(is_measured(record) ? std::optional(record.validation_accuracy) : std::nullopt);
    if (team.leads()) logged = try_write_log(options.log, state.history);
  }
  if (!team.leads()) return;
  const nn::EpochRecord& last = state.history.epochs.back();
  if (!confusion.defined()) confusion = measure(learner.result(), test).confusion;  // all was done before
  if (!options.save.empty()) save(learner.result().state_dict(), options.save);
  if (!options.pictures.empty()) save_pictures(options.pictures, learner.result(), test, confusion);
  print_table(test.classes(), confusion, last);
  if (!logged) write_log(options.log, state.history);  // once more, where nothing else is lost
}

}  // namespace examples
