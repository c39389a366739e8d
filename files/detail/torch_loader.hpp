// TorchLoader: the tensors of a pickle over the storages of a file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "files/detail/torch_tensor.hpp"
#include "files/state_dict.hpp"
#include "io/input.hpp"

namespace xtape::detail {

/// Where a storage stands in the file.
struct TorchPlace {
  std::uint64_t begin = 0, bytes = 0;
};

class TorchLoader {
 public:
  /// Gives the place of the storage of a key, and throws, naming `what` wants it, where there is none.
  using Find = std::function<TorchPlace(std::string_view key, const std::string& what)>;

  TorchLoader(io::SizedInput& input, bool big_endian, Find find)
      : input_(input), big_endian_(big_endian), find_(std::move(find)) {}

  /// The tensors of the branch `key` of what `root` is.
  StateDict load(const PickleValue& root, const std::string& key);

 private:
  Tensor tensor(const PickleValue& value, const std::string& what);
  const Tensor& storage(const TorchTensor& tensor, const std::string& what);

  io::SizedInput& input_;
  bool big_endian_;
  Find find_;
  std::map<std::pair<std::string_view, ElementType>, Tensor> storages_;  // flat
  std::unordered_map<const PickleNode*, Tensor> tensors_;
};

}  // namespace xtape::detail
