// The order of writing: the state, the index that names it, and only then the removal of what it no longer
// names.
#include "nn/train/checkpoint.hpp"

#include <fmt/format.h>
#include <filesystem>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <system_error>

#include "files/save.hpp"
#include "io/files.hpp"
#include "nn/train/detail/checkpoint_index.hpp"

namespace xtape::nn {

namespace fs = std::filesystem;

namespace {

/// Removes the checkpoints that the index does not name. What cannot be removed stays until the next time.
void remove_others(const fs::path& folder, const CheckpointIndex& index) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("checkpoint-") || !name.ends_with(".safetensors")) continue;
    const bool counts =
        std::any_of(index.records.begin(), index.records.end(),
                    [&](const CheckpointRecord& record) { return file_name(record) == name; });
    if (!counts) fs::remove(entry.path(), ignored);
  }
}

void check_settings(const Settings& saved, const Settings& own, const std::string& file) {
  std::string faults;
  for (const auto& [name, value] : own) {
    const auto found = saved.find(name);
    if (found == saved.end())
      faults += fmt::format("\n  {} is \"{}\"; the checkpoint has none", name, value);
    else if (found->second != value)
      faults += fmt::format("\n  {} is \"{}\"; the checkpoint has \"{}\"", name, value, found->second);
  }
  for (const auto& [name, value] : saved) {
    if (!own.contains(name))
      faults += fmt::format("\n  the checkpoint has {} \"{}\"; here is none", name, value);
  }
  check(faults.empty(), "{}: the checkpoint is of another training:{}", file, faults);
}

std::optional<std::string> path_of(const std::string& folder, const CheckpointRecord* record) {
  if (record == nullptr) return {};
  return fs::path(folder) / file_name(*record);
}

}  // namespace

Checkpoint::Checkpoint(std::string folder, ModuleBase& model, optim::Optimizer& optimizer,
                       const CheckpointOptions& options)
    : folder_(std::move(folder)),
      own_state_(std::make_unique<TrainingState>(
          model, optimizer,
          TrainingStateOptions{
              .scheduler = options.scheduler, .generators = options.generators, .modules = options.modules})),
      state_(*own_state_),
      keep_(options.keep),
      settings_(options.settings) {
  check(keep_ >= 1, "Checkpoint: keep is {}; expected at least 1", keep_);
}

Checkpoint::Checkpoint(std::string folder, TrainingState& state, std::int64_t keep, Settings settings)
    : folder_(std::move(folder)), state_(state), keep_(keep), settings_(std::move(settings)) {
  check(keep_ >= 1, "Checkpoint: keep is {}; expected at least 1", keep_);
}

/// The program's settings, and the kinds of the parts.
Settings Checkpoint::facts() const {
  Settings facts = settings_;
  facts.emplace("model", state_.model().name());
  facts.emplace("optimizer", state_.optimizer().name());
  return facts;
}

bool Checkpoint::resume() {
  const CheckpointIndex index = CheckpointIndex::of(folder_);
  if (index.records.empty()) return false;
  const fs::path file = fs::path(folder_) / file_name(index.records.back());
  check_settings(index.settings, facts(), fs::path(folder_) / kIndexName);
  const StateDict dict = load(file);
  try {
    state_.load_state_dict(dict);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  }
  remove_others(folder_, index);  // of a save that was cut off at its end
  return true;
}

void Checkpoint::save(std::optional<double> score) {
  check(!score || std::isfinite(*score), "Checkpoint: the score is {}; expected a finite number",
        score.value_or(0));
  std::error_code error;
  fs::create_directories(folder_, error);
  check(!error, "{}: the folder of checkpoints cannot be made: {}", folder_, error.message());

  CheckpointIndex index = CheckpointIndex::of(folder_);
  index.settings = facts();
  const CheckpointRecord record{.number = index.records.empty() ? 1 : index.records.back().number + 1,
                                .epoch = state_.epoch,
                                .batch = state_.unfinished.place.batch,
                                .score = score};
  index.records.push_back(record);
  index.thin(keep_);
  const fs::path file = fs::path(folder_) / file_name(record);
  xtape::save(state_.state_dict(), file);
  try {
    io::write_bytes(fs::path(folder_) / kIndexName, index.to_json());
  } catch (...) {
    fs::remove(file, error);
    throw;
  }
  remove_others(folder_, index);
}

bool Checkpoint::try_save(std::optional<double> score, const std::function<void(std::string_view)>& print) {
  try {
    save(score);
    return true;
  } catch (const Error& error) {
    const std::string line = fmt::format("no checkpoint was written: {}", error.what());
    if (print)
      print(line);
    else
      fmt::print(stderr, "{}\n", line);
    return false;
  }
}

std::optional<std::string> Checkpoint::newest() const {
  const CheckpointIndex index = CheckpointIndex::of(folder_);
  return path_of(folder_, index.records.empty() ? nullptr : &index.records.back());
}

std::optional<std::string> Checkpoint::best() const {
  const CheckpointIndex index = CheckpointIndex::of(folder_);
  return path_of(folder_, index.best());
}

}  // namespace xtape::nn
