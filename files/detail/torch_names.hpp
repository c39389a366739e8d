// The tensors in a pickle's lists and dictionaries, with the names that lead to them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "files/detail/pickle.hpp"

namespace xtape::detail {

/// Calls `visit` with each tensor and its name: keys and places from the root on, with dots between them
/// ("state.0.exp_avg"), without those of the branch `key`. What is not a tensor is passed over.
///
/// Values may stand in many places at once, so that a short pickle can stand for a tree of any size. Throws,
/// naming `file`, where there are more values, or longer names, than its `bytes` may give, where lists lie
/// in each other more than 100 deep, and where a tensor has a key that is neither text nor number.
void for_each_torch_tensor(const PickleValue& root, const std::string& key, const std::string& file,
                           std::uint64_t bytes,
                           const std::function<void(const std::string& name, const PickleValue&)>& visit);

/// The keys of a dictionary, for messages.
std::vector<std::string> torch_keys(const PickleValue& root);

}  // namespace xtape::detail
