// A training's state as one dict: a branch for each part, and the progress.
#include "nn/train/training_state.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>

#include "autograd/ops/create.hpp"
#include "nn/detail/state_check.hpp"

namespace xtape::nn {

namespace {

using detail::StateCheck;

constexpr std::string_view kBestModel = "best.model.";

void add_branch(StateDict& dict, std::string_view prefix, const StateDict& branch) {
  for (const auto& [name, value] : branch) dict.insert(std::string(prefix) + name, value.clone());
}

StateDict branch_of(const StateDict& dict, std::string_view prefix) {
  StateDict branch;
  for (const auto& [name, value] : dict) {
    if (name.starts_with(prefix)) branch.insert(name.substr(prefix.size()), value);
  }
  return branch;
}

// The progress as tensors ...

Tensor count_of(std::int64_t value) { return tensor(value, {.dtype = kInt64}); }
Tensor number_of(double value) { return tensor(value, {.dtype = kFloat64}); }

constexpr std::array kColumns{&EpochRecord::lr,
                              &EpochRecord::train_loss,
                              &EpochRecord::train_accuracy,
                              &EpochRecord::validation_loss,
                              &EpochRecord::validation_accuracy,
                              &EpochRecord::seconds};
constexpr std::size_t kWidth = 1 + kColumns.size();  // the epoch's number comes first

Tensor table_of(const std::vector<EpochRecord>& epochs) {
  std::vector<double> values;
  for (const EpochRecord& record : epochs) {
    values.push_back(static_cast<double>(record.epoch));
    for (const auto column : kColumns) values.push_back(record.*column);
  }
  return from_vector(values, {epochs.size(), kWidth});
}

std::vector<EpochRecord> records_of(const Tensor& table) {
  const std::vector<double> values = table.to_vector<double>();
  std::vector<EpochRecord> epochs(values.size() / kWidth);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EpochRecord& record = epochs[i / kWidth];
    if (i % kWidth == 0)
      record.epoch = static_cast<std::int64_t>(values[i]);
    else
      record.*kColumns[i % kWidth - 1] = values[i];
  }
  return epochs;
}

Tensor tensor_of(const Generator& generator) {
  const auto words = std::bit_cast<std::array<std::int64_t, 4>>(generator.state());
  return from_vector(std::vector<std::int64_t>(words.begin(), words.end()), {words.size()});
}

Generator::State generator_state(const Tensor& x) {
  Generator::State state;
  const std::vector<std::int64_t> words = x.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < state.size(); ++i) state[i] = static_cast<std::uint64_t>(words[i]);
  return state;
}

// ... and held against what is to be loaded.

constexpr std::int64_t kMost =
    1'000'000'000'000'000;  // epochs: exact as a double, far from where integers end

/// Whether there are `count` values of that dtype.
bool holds(StateCheck& check, std::string_view name, const Tensor* value, DType dtype, std::int64_t count) {
  return value != nullptr && check.has_dtype(name, *value, dtype) && check.has_count(name, *value, count);
}

void inspect_count(StateCheck& check, std::string_view name, const Tensor* value, std::int64_t most) {
  if (!holds(check, name, value, kInt64, 1)) return;
  const auto count = value->item<std::int64_t>();
  if (count < 0 || count > most) check.note("\"{}\" is {}; expected 0 to {}", name, count, most);
}

void inspect_generator(StateCheck& check, std::string_view name) {
  const Tensor* value = check.require(name);
  if (holds(check, name, value, kInt64, 4) && generator_state(*value) == Generator::State{})
    check.note("\"{}\" is all zeros, which no generator is", name);
}

void inspect_history(StateCheck& check) {
  const Tensor* losses = check.require("history.losses");
  if (losses != nullptr && check.has_dtype("history.losses", *losses, kFloat64))
    check.is_list("history.losses", *losses);
  holds(check, "history.seconds", check.require("history.seconds"), kFloat64, 1);
  const Tensor* best = check.find("history.best_index");
  const Tensor* epochs = check.require("history.epochs");
  if (epochs == nullptr || !check.has_dtype("history.epochs", *epochs, kFloat64)) return;
  const std::int64_t rows = epochs->dim() == 2 ? epochs->size(0) : 0;
  if (!check.has_shape("history.epochs", *epochs, {rows, static_cast<std::int64_t>(kWidth)})) return;
  for (const double epoch : select(*epochs, 1, 0).to_vector<double>()) {
    if (!(epoch >= 0 && epoch <= kMost && epoch == std::floor(epoch)))
      return check.note("\"history.epochs\" holds an epoch {}; expected a number from 0 to {}", epoch, kMost);
  }
  inspect_count(check, "history.best_index", best, rows - 1);
}

void inspect_best(StateCheck& check, const StateDict& model, bool has_weights) {
  holds(check, "best.mark", check.find("best.mark"), kFloat64, 1);
  inspect_count(check, "best.waited", check.require("best.waited"), kMost);
  if (!has_weights) return;
  for (const auto& [name, own] : model) {
    const std::string full = std::string(kBestModel) + name;
    const Tensor* value = check.require(full);
    if (value != nullptr && check.has_shape(full, *value, own.shape()))
      check.has_dtype(full, *value, own.dtype());
  }
}

void inspect_unfinished(StateCheck& check) {
  if (const Tensor* seed = check.find("unfinished.seed")) holds(check, "unfinished.seed", seed, kInt64, 1);
  const Tensor* batch = check.find("unfinished.batch");  // none in what older versions saved
  if (batch == nullptr) return;
  inspect_count(check, "unfinished.batch", batch, kMost);
  holds(check, "unfinished.loss_sum", check.require("unfinished.loss_sum"), kFloat64, 1);
  inspect_count(check, "unfinished.examples", check.require("unfinished.examples"), kMost);
}

UnfinishedEpoch unfinished_of(const StateDict& dict) {
  UnfinishedEpoch epoch;
  if (!dict.contains("unfinished.batch")) return epoch;
  if (dict.contains("unfinished.seed"))
    epoch.place.seed = static_cast<std::uint64_t>(dict.at("unfinished.seed").item<std::int64_t>());
  epoch.place.batch = dict.at("unfinished.batch").item<std::int64_t>();
  epoch.loss_sum = dict.at("unfinished.loss_sum").item<double>();
  epoch.examples = dict.at("unfinished.examples").item<std::int64_t>();
  return epoch;
}

std::string generator_name(std::size_t i) { return fmt::format("generators.{}", i); }

/// What an Error says of a part, as lines of a longer text.
std::string as_part(std::string_view text) {
  std::string lines = "\n  ";
  if (text.starts_with("load_state_dict: ")) text.remove_prefix(std::string_view("load_state_dict: ").size());
  for (const char c : text) lines += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return lines;
}

}  // namespace

TrainingState::TrainingState(ModuleBase& model, optim::Optimizer& optimizer,
                             const TrainingStateOptions& options)
    : model_(model), optimizer_(optimizer), options_(options) {
  for (const Generator* generator : options.generators)
    check(generator != nullptr, "TrainingState: a generator is null");
  for (const auto& [name, module] : options.modules)
    check(module != nullptr, "TrainingState: the module \"{}\" is null", name);
}

void TrainingState::forget_progress() {
  epoch = 0;
  history = {};
  best = {};
  unfinished = {};
}

/// Calls f(prefix of its names, part) for whatever has a state of its own.
template <class F>
void TrainingState::for_each_part(const F& f) const {
  f("model.", model_);
  f("optimizer.", optimizer_);
  if (options_.scheduler) f("scheduler.", *options_.scheduler);
  for (const auto& [name, module] : options_.modules) f(fmt::format("modules.{}.", name), *module);
}

StateDict TrainingState::state_dict() const {
  StateDict dict;
  for_each_part(
      [&](std::string_view prefix, const auto& part) { add_branch(dict, prefix, part.state_dict()); });
  dict.insert("epoch", count_of(epoch));
  dict.insert("generator", tensor_of(default_generator()));
  for (std::size_t i = 0; i < options_.generators.size(); ++i)
    dict.insert(generator_name(i), tensor_of(*options_.generators[i]));
  dict.insert("history.losses", from_vector(history.losses, {history.losses.size()}));
  dict.insert("history.epochs", table_of(history.epochs));
  dict.insert("history.seconds", number_of(history.seconds));
  if (history.best_index)
    dict.insert("history.best_index", count_of(static_cast<std::int64_t>(*history.best_index)));
  if (best.mark) dict.insert("best.mark", number_of(*best.mark));
  dict.insert("best.waited", count_of(best.waited));
  if (unfinished.place.seed)
    dict.insert("unfinished.seed", count_of(static_cast<std::int64_t>(*unfinished.place.seed)));
  dict.insert("unfinished.batch", count_of(unfinished.place.batch));
  dict.insert("unfinished.loss_sum", number_of(unfinished.loss_sum));
  dict.insert("unfinished.examples", count_of(unfinished.examples));
  add_branch(dict, kBestModel, best.weights);
  return dict;
}

void TrainingState::load_state_dict(const StateDict& dict) {
  const StateDict before = state_dict();
  try {
    assign(dict);
  } catch (...) {
    assign(before);
    throw;
  }
}

/// Loads all parts, also behind one that does not fit, so that the Error lists the faults of each.
void TrainingState::assign(const StateDict& dict) {
  std::string faults;
  const auto attempt = [&](const auto& load) {
    try {
      load();
    } catch (const Error& error) {
      faults += as_part(error.what());
    }
  };
  for_each_part([&](std::string_view prefix, auto& part) {
    attempt([&] { part.load_state_dict(branch_of(dict, prefix)); });
  });
  attempt([&] { assign_progress(dict); });
  check(faults.empty(), "load_state_dict: the state does not fit this training:{}", faults);
}

/// All but the parts, if all of it fits.
void TrainingState::assign_progress(const StateDict& dict) {
  StateDict own;
  for (const StateDict::value_type& entry : dict) {
    bool is_of_part = false;
    for_each_part(
        [&](std::string_view prefix, const auto&) { is_of_part |= entry.first.starts_with(prefix); });
    if (!is_of_part) own.insert(entry.first, entry.second);
  }
  const StateDict weights = branch_of(own, kBestModel);
  StateCheck check(own);
  inspect_count(check, "epoch", check.require("epoch"), kMost);
  inspect_generator(check, "generator");
  for (std::size_t i = 0; i < options_.generators.size(); ++i) inspect_generator(check, generator_name(i));
  inspect_history(check);
  inspect_unfinished(check);
  inspect_best(check, model_.state_dict(), !weights.empty());
  check.finish("progress");

  epoch = own.at("epoch").item<std::int64_t>();
  default_generator().set_state(generator_state(own.at("generator")));
  for (std::size_t i = 0; i < options_.generators.size(); ++i)
    options_.generators[i]->set_state(generator_state(own.at(generator_name(i))));
  history = {.losses = own.at("history.losses").to_vector<double>(),
             .epochs = records_of(own.at("history.epochs")),
             .seconds = own.at("history.seconds").item<double>()};
  if (own.contains("history.best_index"))
    history.best_index = static_cast<std::size_t>(own.at("history.best_index").item<std::int64_t>());
  unfinished = unfinished_of(own);
  best = {.waited = own.at("best.waited").item<std::int64_t>()};
  if (own.contains("best.mark")) best.mark = own.at("best.mark").item<double>();
  for (const auto& [name, value] : weights) best.weights.insert(name, value.clone());
}

}  // namespace xtape::nn
