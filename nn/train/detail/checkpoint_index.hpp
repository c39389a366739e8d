// CheckpointIndex: what checkpoint.json says of the checkpoints of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/train/checkpoint.hpp"

namespace xtape::nn {

struct CheckpointRecord {
  std::int64_t number = 0;
  std::int64_t epoch = 0;  ///< those that are done
  std::int64_t batch = 0;  ///< those of the next epoch that are done
  std::optional<double> score = {};
};

/// "checkpoint-7.safetensors"
std::string file_name(const CheckpointRecord& record);

struct CheckpointIndex {
  Settings settings = {};
  std::vector<CheckpointRecord> records = {};  ///< the newest comes last

  /// The one with the greatest score, of equals the first; null where none has a score.
  const CheckpointRecord* best() const;
  /// Forgets all but the newest `keep` and the best.
  void thin(std::int64_t keep);

  std::string to_json() const;
  /// Throws, naming `file`, for what to_json() does not write.
  static CheckpointIndex from_json(std::string_view text, const std::string& file);
  /// That of a folder, empty where it has none.
  static CheckpointIndex of(const std::filesystem::path& folder);
};

inline constexpr std::string_view kIndexName = "checkpoint.json";

}  // namespace xtape::nn
