// CSV: a table of numbers and categories as a data set.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/choice.hpp"
#include "datasets/split.hpp"
#include "io/files.hpp"

namespace xtape::datasets {

namespace detail {
struct CsvTable;
struct CsvEncoding;
}  // namespace detail

/// What to do about a number that is missing among the features.
enum class Missing { error, mean, drop };
constexpr std::array<std::string_view, 3> words(Missing) { return {"error", "mean", "drop"}; }

struct CSVOptions {
  std::string target = {};                   ///< the column that is to be predicted; empty: none
  std::vector<std::string> columns = {};     ///< the features, in this order; empty: all others
  std::vector<std::string> ignore = {};      ///< columns that are left out, such as an id
  std::vector<std::string> categories = {};  ///< columns of categories, even where they look like numbers
  bool header = true;                        ///< the first row has names; else columns are "0", "1", ...
  char separator = ',';
  char quote = '"';
  std::vector<std::string> na_values = {"",    "NA",  "N/A",
                                        "NaN", "nan", "null"};  ///< what stands for a missing cell
  /// "error"; "mean": the training part's mean; "drop": rows in which anything is missing are left out
  xtape::detail::Choice<Missing> missing = Missing::error;
  bool standardize = false;  ///< numbers of the features get the training part's mean 0 and variance 1
};

/// `datasets::CSV houses("houses.csv", {.target = "price"});`
/// `const auto [train, validation, test] = houses.split({0.7, 0.15, 0.15});`
///
/// Examples are float32 {F} with a target of float32 (a number) or int64 (a class), both 0-d. The rules:
///
/// - Cells are trimmed of blanks. A number is [+-]digits[.digits][e[+-]digits] with a point, whatever the
/// locale.
/// - A column is one of numbers if at least half of its cells, missing ones aside, are numbers; any other
///   cell is then an Error. Otherwise it is one of categories. `categories` overrules that.
/// - A column of numbers is one feature. One of categories is a feature for each category, 1 or 0, in the
///   order of their names as bytes; a category that the training part lacks, or a missing one, is all zeros.
///   A feature of more than 1000 categories is an Error.
/// - A target of categories is the number of its class in classes(). A missing target, or a class that the
///   training part lacks, is an Error.
/// - What is learnt from data (kinds, categories, means, variances) comes from the training part alone: all
///   rows of a file, the first part of split(), or the data set given as `training`.
/// - Errors name file, line and column. Rows must have as many cells as the first; empty lines do not count.
class CSV : public BatchDataset {
 public:
  /// Throws where the file is missing or breaks a rule, or a column is unknown.
  explicit CSV(const io::Source& source, const CSVOptions& options = {});
  /// Another file of the same columns, read as `training` was: the test part of test.csv.
  CSV(const io::Source& source, const CSV& training);

  std::int64_t size() const override { return x().size(0); }
  Example get_batch(std::span<const std::int64_t> indices, Generator& generator) const override;

  /// Random parts as of random_split; what is learnt from data comes from the first.
  template <std::size_t N>
  std::array<CSV, N> split(const Scalar (&lengths)[N], const RandomSplitOptions& options = {}) const {
    const std::array<Subset, N> parts = random_split(*this, lengths, options);
    const CSV first(*this, parts[0].indices(), nullptr);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<CSV, N>{CSV(*this, parts[I].indices(), I == 0 ? nullptr : &first)...};
    }
    (std::make_index_sequence<N>());
  }

  const Tensor& x() const { return tensors_.data; }    ///< float32 {N, F}
  const Tensor& y() const { return tensors_.target; }  ///< {N}; undefined without a target
  /// "rooms", "street=Main Street", ... for each feature.
  std::vector<std::string> feature_names() const;
  /// Of a target of categories.
  const std::vector<std::string>& classes() const;

 private:
  CSV(std::shared_ptr<const detail::CsvTable> table, const CSV* training);
  CSV(const CSV& whole, const std::vector<std::int64_t>& rows, const CSV* training);
  void encode(const CSV* training);

  std::shared_ptr<const detail::CsvTable> table_;
  std::vector<std::int64_t> rows_;  // of the table
  std::shared_ptr<const detail::CsvEncoding> encoding_;
  Example tensors_;
};

}  // namespace xtape::datasets
