// ExternalData: the files beside a model that hold what its file does not. They are named by the model, whose
// author need not be trusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/files.hpp"
#include "io/input.hpp"
#include "onnx/detail/schema.hpp"

namespace xtape::onnx::detail {

class ExternalData {
 public:
  /// Of a model that has no files beside it: asking for one is an Error.
  ExternalData() = default;
  /// Of the model `source`: the folder that it lies in, or none of a model in memory.
  explicit ExternalData(const io::Source& source);

  /// The file that the tensor names, at the first of its `bytes` bytes. It is a regular file of one name, in
  /// or below the folder; symbolic links may not lead out of it. Throws, naming `what`, where it is not, or
  /// holds less.
  std::unique_ptr<io::SizedInput> open(const proto::TensorProto& tensor, std::uint64_t bytes,
                                       std::string_view what) const;

 private:
  std::filesystem::path path_of(const std::string& location, std::string_view what) const;

  std::optional<std::filesystem::path> folder_;
};

}  // namespace xtape::onnx::detail
