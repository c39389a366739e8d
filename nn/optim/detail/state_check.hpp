// StateCheck: does a state fit what is to load it? The one check of optimisers and schedulers.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "files/state_dict.hpp"
#include "io/utf8.hpp"

namespace xtape::optim::detail {

/// Looks up the entries of a state and notes all that is wrong with them.
class StateCheck {
 public:
  explicit StateCheck(const StateDict& dict) : dict_(dict) {}

  /// The value of that name, which may be undefined; null where there is none.
  const Tensor* find(std::string_view name) {
    known_.emplace(name);
    return dict_.contains(name) ? &dict_.at(name) : nullptr;
  }
  /// As above, but it must be there.
  const Tensor* require(std::string_view name) {
    const Tensor* value = find(name);
    if (value == nullptr) note("missing: \"{}\"", name);
    return value;
  }
  template <class... Args>
  void note(fmt::format_string<const Args&...> text, const Args&... args) {
    faults_ += "\n  " + fmt::format(text, args...);
  }
  /// Notes the entries that nobody looked up. Gives whether nothing was noted at all.
  bool fits() {
    std::vector<std::string> unexpected;
    for (const std::string& key : dict_.keys()) {
      if (known_.insert(key).second) unexpected.push_back(key);
    }
    if (!unexpected.empty()) note("unexpected: {}", io::printable_list(unexpected));
    return faults_.empty();
  }
  /// Throws unless the state fits; `name` is of what is to load it.
  void finish(std::string_view name) {
    check(fits(), "load_state_dict: the state does not fit this {}:{}", name, faults_);
  }

 private:
  const StateDict& dict_;
  std::set<std::string, std::less<>> known_;
  std::string faults_;
};

}  // namespace xtape::optim::detail
