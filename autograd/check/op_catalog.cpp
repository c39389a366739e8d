// The list that every op enrols in before main.
#include "autograd/check/op_catalog.hpp"

#include <algorithm>

namespace xtape {

using namespace op;

namespace {
std::vector<CatalogEntry>& entries() {
  static std::vector<CatalogEntry>
      list;  // made by the first op that enrols, whatever the order of initialisation
  return list;
}
}  // namespace

std::vector<CatalogEntry> op_catalog() {
  std::vector<CatalogEntry> sorted = entries();
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return sorted;
}

bool detail::enrol(const CatalogEntry& entry) {
  entries().push_back(entry);
  return true;
}

}  // namespace xtape
