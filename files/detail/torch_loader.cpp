// Each storage is read once, when the first tensor over it is; a tensor is a view of its storage.
#include "files/detail/torch_loader.hpp"

#include "files/detail/branch.hpp"
#include "files/detail/torch_names.hpp"
#include "io/gzip.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

StateDict TorchLoader::load(const PickleValue& root, const std::string& key) {
  StateDict dict;
  for_each_torch_tensor(
      root, key, input_.name(), input_.size(), [&](const std::string& name, const PickleValue& value) {
        const std::string what = fmt::format("{}: tensor \"{}\"", input_.name(), io::printable(name));
        check(!dict.contains(name), "{}: two tensors have this name", what);
        dict.insert(name, tensor(value, what));
      });
  Branch(key).check_found(dict, torch_keys(root), input_.name());
  return dict;
}

Tensor TorchLoader::tensor(const PickleValue& value, const std::string& what) {
  if (const auto known = tensors_.find(value.node); known != tensors_.end()) return known->second;
  const TorchTensor described = read_torch_tensor(value, what);
  // Strides of 0 make any number of elements out of one; the first copy would take the memory.
  const std::uint64_t bytes = bytes_of(described.type, described.shape, what);
  const std::uint64_t limit = io::unpack_limit(input_.size(), {});
  check(bytes <= limit, "{}: shape {} repeats its storage to {} bytes; at most {} are read from a file of {}",
        what, described.shape, bytes, limit, input_.size());
  Tensor result = storage(described, what).alias(described.shape, described.strides, described.offset);
  tensors_.emplace(value.node, result);
  return result;
}

const Tensor& TorchLoader::storage(const TorchTensor& tensor, const std::string& what) {
  const auto [entry, is_new] = storages_.try_emplace({tensor.storage.key, tensor.type});
  if (is_new) {
    const TorchPlace place = find_(tensor.storage.key, what);
    const std::uint64_t size = size_of(tensor.type);
    const auto numel = static_cast<std::int64_t>(place.bytes / size);
    check(numel == tensor.numel, "{}: its storage \"{}\" has {} bytes; expected {} elements of {}", what,
          io::printable(tensor.storage.key), place.bytes, tensor.numel, size);
    input_.seek(place.begin);
    entry->second = read_tensor(input_, tensor.type, {numel}, what, big_endian_);
  }
  check(entry->second.numel() == tensor.numel,
        "{}: its storage \"{}\" has {} elements elsewhere, and {} here", what,
        io::printable(tensor.storage.key), entry->second.numel(), tensor.numel);
  return entry->second;
}

}  // namespace xtape::detail
