// Look-up and insertion in a StateDict.
#include "files/state_dict.hpp"

#include "io/utf8.hpp"

namespace xtape {

StateDict::StateDict(std::initializer_list<value_type> entries) {
  for (const auto& [name, value] : entries) insert(name, value);
}

const Tensor& StateDict::at(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  check(found != index_.end(), "state_dict: there is no \"{}\"; there are {}", io::printable(name),
        io::printable_list(keys(), 100));
  return entries_[found->second].second;
}

Tensor& StateDict::operator[](std::string_view name) {
  if (!contains(name)) insert(std::string(name), Tensor());
  return entries_[index_.at(std::string(name))].second;
}

void StateDict::insert(std::string name, Tensor value) {
  check(!contains(name), "state_dict: \"{}\" appears twice", io::printable(name));
  index_.emplace(name, entries_.size());
  entries_.emplace_back(std::move(name), std::move(value));
}

std::vector<std::string> StateDict::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : entries_) names.push_back(name);
  return names;
}

}  // namespace xtape
