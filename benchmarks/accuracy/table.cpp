// Lines of Markdown, printed as they come.
#include "benchmarks/accuracy/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace bench {

Table::Table(const std::string& unit) {
  fmt::print("\n| kernel | dtype | range | largest error, {} | where | bound | holds |\n", unit);
  fmt::print("|---|---|---|---:|---|---:|---|\n");
}

void Table::add(const Row& row) {
  std::string holds = "yes";
  if (!(row.error <= row.bound)) {
    const bool known = row.error <= row.exception.limit;
    holds = known ? "no, known" : "NO";
    holds_ = holds_ && known;
    const std::string& reason = row.exception.reason;
    if (known && std::find(reasons_.begin(), reasons_.end(), reason) == reasons_.end())
      reasons_.push_back(reason);
    if (known)
      holds +=
          fmt::format(" [{}]", std::find(reasons_.begin(), reasons_.end(), reason) - reasons_.begin() + 1);
  }
  fmt::print("| {} | {} | {} | {:.3g} | {} | {:g} | {} |\n", row.kernel, row.dtype, row.range, row.error,
             row.where, row.bound, holds);
  std::fflush(stdout);
}

bool Table::finish() const {
  for (std::size_t i = 0; i < reasons_.size(); ++i) fmt::print("\n[{}] {}\n", i + 1, reasons_[i]);
  return holds_;
}

bool Sweep::wants(const std::string& kernel) const {
  return kernels.empty() || std::find(kernels.begin(), kernels.end(), kernel) != kernels.end();
}

}  // namespace bench
