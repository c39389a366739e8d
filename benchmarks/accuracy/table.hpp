// The table of errors: one line for each kernel, type and range, with the bound that it has to keep.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// A bound that is known not to hold: the error stays below `limit`, and why. No limit: there is no such.
struct Exception {
  double limit = 0;
  std::string reason = {};
};

struct Row {
  std::string kernel, dtype, range;
  double error = 0;
  std::string where;  ///< the argument, or sizes and data
  double bound = 0;
  Exception exception = {};
};

class Table {
 public:
  /// Prints the head.
  explicit Table(const std::string& unit);
  void add(const Row& row);
  /// Prints the reasons of the exceptions; tells whether all bounds hold but for these.
  bool finish() const;

 private:
  bool holds_ = true;
  std::vector<std::string> reasons_;
};

struct Sweep {
  bool quick = false;
  std::vector<std::string> kernels = {};  ///< all where empty

  bool wants(const std::string& kernel) const;
};

void sweep_unary(const Sweep& sweep, Table& table);
void sweep_binary(const Sweep& sweep, Table& table);
void sweep_reductions(const Sweep& sweep, Table& table);
void sweep_products(const Sweep& sweep, Table& table);

}  // namespace bench
