// The index as JSON.
#include "nn/train/detail/checkpoint_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "io/files.hpp"

namespace xtape::nn {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFormat = "xtape checkpoints";
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMost = 1'000'000'000'000'000;  // of numbers, epochs and batches

/// Of a number with a point the json library would make an integer, whatever its size.
std::int64_t integer_in(const ordered_json& record, const char* name, const std::string& file) {
  const ordered_json& value = record.at(name);
  check(value.is_number_integer(), "{}: not an index of checkpoints: {} is {}, not an integer", file, name,
        value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  return value.get<std::int64_t>();
}

std::int64_t count_in(const ordered_json& record, const char* name, const std::string& file) {
  const std::int64_t count = integer_in(record, name, file);
  check(count >= 0 && count <= kMost, "{}: {} is {}; expected 0 to {}", file, name, count, kMost);
  return count;
}

CheckpointRecord record_of(const ordered_json& json, const std::string& file) {
  CheckpointRecord record{.number = count_in(json, "number", file),
                          .epoch = count_in(json, "epoch", file),
                          .batch = count_in(json, "batch", file)};
  if (json.contains("score")) record.score = json.at("score").get<double>();
  return record;
}

}  // namespace

std::string file_name(const CheckpointRecord& record) {
  return fmt::format("checkpoint-{}.safetensors", record.number);
}

const CheckpointRecord* CheckpointIndex::best() const {
  const CheckpointRecord* best = nullptr;
  for (const CheckpointRecord& record : records) {
    if (record.score && (best == nullptr || *record.score > *best->score)) best = &record;
  }
  return best;
}

void CheckpointIndex::thin(std::int64_t keep) {
  const std::int64_t best_number = best() != nullptr ? best()->number : -1;
  std::int64_t newer = std::ssize(records);
  std::erase_if(records, [&](const CheckpointRecord& record) {
    return newer-- > keep && record.number != best_number;
  });
}

std::string CheckpointIndex::to_json() const {
  ordered_json json{{"format", kFormat}, {"version", kVersion}, {"settings", settings}};
  json["checkpoints"] = ordered_json::array();
  for (const CheckpointRecord& record : records) {
    ordered_json entry{{"file", file_name(record)},
                       {"number", record.number},
                       {"epoch", record.epoch},
                       {"batch", record.batch}};
    if (record.score) entry["score"] = *record.score;
    json["checkpoints"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

CheckpointIndex CheckpointIndex::from_json(std::string_view text, const std::string& file) {
  try {
    const ordered_json json = ordered_json::parse(text);
    const std::int64_t version = integer_in(json, "version", file);
    check(json.at("format") == kFormat && version == kVersion,
          "{}: format {}, version {}; this program reads \"{}\", version {}", file, json.at("format").dump(),
          version, kFormat, kVersion);
    CheckpointIndex index{.settings = json.at("settings").get<Settings>()};
    for (const ordered_json& entry : json.at("checkpoints")) {
      const CheckpointRecord record = record_of(entry, file);
      check(index.records.empty() || record.number > index.records.back().number,
            "{}: the checkpoints are not in the order of their numbers", file);
      index.records.push_back(record);
    }
    return index;
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: not an index of checkpoints: {}", file, error.what()));
  }
}

CheckpointIndex CheckpointIndex::of(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kIndexName;
  if (!std::filesystem::exists(file)) return {};
  return from_json(io::read_bytes(file), file.string());
}

}  // namespace xtape::nn
