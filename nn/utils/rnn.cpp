// Padding and packing are copies by row: all steps of all sequences are seen as rows of one tensor.
#include "nn/utils/rnn.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>

namespace xtape::nn::utils {

namespace {

using Lengths = std::vector<std::int64_t>;

/// The dims behind the first `skipped`, behind `rows`.
Shape rows_of(const Shape& shape, int skipped, std::int64_t rows) {
  Shape result{rows};
  for (int i = skipped; i < shape.size(); ++i) result.push_back(shape[i]);
  return result;
}

/// x {rows, ...} as {steps, n, ...} or {n, steps, ...}.
Tensor as_batch(const Tensor& x, std::int64_t steps, std::int64_t n, bool batch_first) {
  Shape shape = batch_first ? Shape{n, steps} : Shape{steps, n};
  for (int i = 1; i < x.dim(); ++i) shape.push_back(x.shape()[i]);
  return reshape(x, shape);
}

/// Where the steps of a padded batch are among its rows.
struct Padded {
  std::int64_t steps, n;
  bool batch_first;

  std::int64_t row(std::int64_t step, std::int64_t sequence) const {
    return batch_first ? sequence * steps + step : step * n + sequence;
  }
  /// Rows have numbers, also where they hold no elements.
  void check_rows(const char* op) const {
    check(n == 0 || steps <= INT32_MAX / n, "{}: {} steps of {} sequences are more rows than 2^31", op, steps,
          n);
  }
};

Tensor index_of(const Lengths& values) { return from_vector(values, {values.size()}); }

/// `rows` put where `places` says, and the padding elsewhere.
Tensor spread(const Tensor& rows, const Lengths& places, const Padded& batch, double padding_value) {
  const Shape shape = rows_of(rows.shape(), 1, batch.steps * batch.n);
  const Tensor padding = full(shape, padding_value, {.dtype = rows.dtype()});
  return as_batch(index_copy(padding, 0, index_of(places), rows), batch.steps, batch.n, batch.batch_first);
}

Lengths lengths_of(const Tensor& lengths, const char* op) {
  check(lengths.dim() == 1 && lengths.dtype() == kInt64,
        "{}: lengths are {} of shape {}; expected int64 {{N}}", op, lengths.dtype(), lengths.shape());
  return lengths.to_vector<std::int64_t>();
}

/// Throws unless there is a length for each sequence of the batch, from `least` on.
Padded checked_batch(const Tensor& x, const Lengths& lengths, bool batch_first, std::int64_t least,
                     const char* op) {
  check(x.dim() >= 2, "{}: a batch of shape {}; expected {}", op, x.shape(),
        batch_first ? "{N, steps, ...}" : "{steps, N, ...}");
  const Padded batch{x.size(batch_first ? 1 : 0), x.size(batch_first ? 0 : 1), batch_first};
  check(batch.n == static_cast<std::int64_t>(lengths.size()),
        "{}: {} lengths for a batch of {} sequences, of shape {}", op, lengths.size(), batch.n, x.shape());
  batch.check_rows(op);
  for (const std::int64_t length : lengths)
    check(length >= least && length <= batch.steps, "{}: the length {} is not in {} to {}, the steps of {}",
          op, length, least, batch.steps, x.shape());
  return batch;
}

/// How many of the lengths, which fall, are beyond each step.
Lengths sizes_of_steps(const Lengths& lengths) {
  Lengths sizes(lengths.empty() ? 0 : static_cast<std::size_t>(lengths[0]));
  for (const std::int64_t length : lengths)
    for (std::int64_t t = 0; t < length; ++t) ++sizes[static_cast<std::size_t>(t)];
  return sizes;
}

/// Of each sequence in a packed batch, longest first.
Lengths lengths_of_steps(const Lengths& sizes) {
  Lengths lengths(sizes.empty() ? 0 : static_cast<std::size_t>(sizes[0]), 0);
  for (const std::int64_t size : sizes)
    for (std::int64_t i = 0; i < size; ++i) ++lengths[static_cast<std::size_t>(i)];
  return lengths;
}

/// Where the rows of a packed batch are in a padded one; `order`: the place of each sequence there, longest
/// first.
Lengths places_of(const Lengths& sizes, const Lengths& order, const Padded& batch) {
  Lengths places;
  for (std::size_t t = 0; t < sizes.size(); ++t)
    for (std::int64_t i = 0; i < sizes[t]; ++i)
      places.push_back(batch.row(static_cast<std::int64_t>(t), order[static_cast<std::size_t>(i)]));
  return places;
}

Lengths in_order(std::size_t n) {
  Lengths order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Lengths inverse(const Lengths& order) {
  Lengths result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    result[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return result;
}

/// Throws unless these are the numbers 0 to n - 1 in some order.
void check_order(const Tensor& indices, std::int64_t n, const char* what) {
  check(indices.dtype() == kInt64 && indices.shape() == Shape{n},
        "PackedSequence: {} are {} of shape {}; expected int64 of {}", what, indices.dtype(), indices.shape(),
        Shape{n});
  Lengths sorted = indices.to_vector<std::int64_t>();
  std::sort(sorted.begin(), sorted.end());
  check(sorted == in_order(sorted.size()), "PackedSequence: {} are not an order of {} sequences", what, n);
}

}  // namespace

PackedSequence::PackedSequence(const Tensor& data, const Tensor& batch_sizes, const Tensor& sorted_indices,
                               const Tensor& unsorted_indices)
    : data_(data),
      batch_sizes_(batch_sizes),
      sorted_indices_(sorted_indices),
      unsorted_indices_(unsorted_indices) {
  const Lengths sizes = lengths_of(batch_sizes, "PackedSequence: batch_sizes");
  check(!sizes.empty() && sizes.back() > 0 && std::is_sorted(sizes.rbegin(), sizes.rend()),
        "PackedSequence: batch_sizes are {}; expected numbers of 1 or more that never rise",
        fmt::format("{{{}}}", fmt::join(sizes, ", ")));
  const std::int64_t rows = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  check(data.dim() >= 1 && data.size(0) == rows,
        "PackedSequence: data of shape {}; expected {} rows, as batch_sizes say", data.shape(), rows);
  if (sorted_indices_.defined()) check_order(sorted_indices_, sizes[0], "sorted_indices");
  if (unsorted_indices_.defined()) check_order(unsorted_indices_, sizes[0], "unsorted_indices");
  if (sorted_indices_.defined() && !unsorted_indices_.defined())
    unsorted_indices_ = index_of(inverse(sorted_indices_.to_vector<std::int64_t>()));
}

PackedSequence PackedSequence::with_data(const Tensor& data) const {
  check(data.dim() >= 1 && data.size(0) == data_.size(0),
        "PackedSequence: data of shape {} cannot take the place of {}; expected as many rows", data.shape(),
        data_.shape());
  PackedSequence result = *this;
  result.data_ = data;
  return result;
}

Tensor pad_sequence(const std::vector<Tensor>& sequences, const PadSequenceOptions& options) {
  check(!sequences.empty(), "pad_sequence: expected at least one sequence, got none");
  const Tensor& first = sequences[0];
  Padded batch{0, static_cast<std::int64_t>(sequences.size()), options.batch_first};
  for (const Tensor& x : sequences) {
    check(x.dim() >= 1 && rows_of(x.shape(), 1, 0) == rows_of(first.shape(), 1, 0) &&
              x.dtype() == first.dtype(),
          "pad_sequence: sequences of {} {} and {} {}; expected one dtype, and shapes that differ in their "
          "first size alone",
          first.dtype(), first.shape(), x.dtype(), x.shape());
    batch.steps = std::max(batch.steps, x.size(0));
  }
  batch.check_rows("pad_sequence");
  Lengths places;
  for (std::size_t i = 0; i < sequences.size(); ++i)
    for (std::int64_t t = 0; t < sequences[i].size(0); ++t)
      places.push_back(batch.row(t, static_cast<std::int64_t>(i)));
  return spread(cat(sequences), places, batch, options.padding_value);
}
Tensor pad_sequence(const std::vector<Tensor>& sequences, bool batch_first, double padding_value) {
  return pad_sequence(sequences, {.batch_first = batch_first, .padding_value = padding_value});
}

PackedSequence pack_padded_sequence(const Tensor& x, const xtape::detail::Integers& given,
                                    const PackPaddedSequenceOptions& options) {
  const Lengths& lengths = given.values();
  const Padded batch = checked_batch(x, lengths, options.batch_first, 1, "pack_padded_sequence");
  check(batch.n > 0, "pack_padded_sequence: a batch of shape {}; expected at least one sequence", x.shape());
  Lengths order = in_order(lengths.size()), sorted = lengths;
  const auto is_longer = [&](std::int64_t a, std::int64_t b) {
    return lengths[static_cast<std::size_t>(a)] > lengths[static_cast<std::size_t>(b)];
  };
  check(!options.enforce_sorted || std::is_sorted(lengths.rbegin(), lengths.rend()),
        "pack_padded_sequence: the lengths {{{}}} rise; expected the longest first, or {{.enforce_sorted = "
        "false}}",
        fmt::join(lengths, ", "));
  std::stable_sort(order.begin(), order.end(), is_longer);
  std::stable_sort(sorted.begin(), sorted.end(), std::greater<>());
  const Lengths sizes = sizes_of_steps(sorted);
  const Tensor rows = reshape(x, rows_of(x.shape(), 2, batch.steps * batch.n));
  return PackedSequence(index_select(rows, 0, index_of(places_of(sizes, order, batch))), index_of(sizes),
                        options.enforce_sorted ? Tensor() : index_of(order));
}
PackedSequence pack_padded_sequence(const Tensor& x, const Tensor& lengths,
                                    const PackPaddedSequenceOptions& options) {
  return pack_padded_sequence(x, lengths_of(lengths, "pack_padded_sequence"), options);
}
PackedSequence pack_padded_sequence(const Tensor& x, const xtape::detail::Integers& lengths, bool batch_first,
                                    bool enforce_sorted) {
  return pack_padded_sequence(x, lengths, {.batch_first = batch_first, .enforce_sorted = enforce_sorted});
}
PackedSequence pack_padded_sequence(const Tensor& x, const Tensor& lengths, bool batch_first,
                                    bool enforce_sorted) {
  return pack_padded_sequence(x, lengths, {.batch_first = batch_first, .enforce_sorted = enforce_sorted});
}

PaddedSequences pad_packed_sequence(const PackedSequence& packed, const PadPackedSequenceOptions& options) {
  check(packed.data().defined(), "pad_packed_sequence: the packed sequence is empty");
  const Lengths sizes = packed.batch_sizes().to_vector<std::int64_t>(), by_length = lengths_of_steps(sizes);
  const auto longest = static_cast<std::int64_t>(sizes.size());
  const std::int64_t steps = options.total_length.value_or(longest);
  check(steps >= longest,
        "pad_packed_sequence: total_length is {}; expected {} or more, the longest sequence", steps, longest);
  const Lengths order = packed.sorted_indices().defined() ? packed.sorted_indices().to_vector<std::int64_t>()
                                                          : in_order(by_length.size());
  Lengths lengths(by_length.size());
  for (std::size_t i = 0; i < order.size(); ++i) lengths[static_cast<std::size_t>(order[i])] = by_length[i];
  const Padded batch{steps, sizes[0], options.batch_first};
  batch.check_rows("pad_packed_sequence");
  return {spread(packed.data(), places_of(sizes, order, batch), batch, options.padding_value),
          index_of(lengths)};
}
PaddedSequences pad_packed_sequence(const PackedSequence& packed, bool batch_first, double padding_value,
                                    std::optional<std::int64_t> total_length) {
  return pad_packed_sequence(
      packed, {.batch_first = batch_first, .padding_value = padding_value, .total_length = total_length});
}

PackedSequence pack_sequence(const std::vector<Tensor>& sequences, bool enforce_sorted) {
  Lengths lengths;
  const Tensor padded = pad_sequence(sequences);
  for (const Tensor& x : sequences) lengths.push_back(x.size(0));
  return pack_padded_sequence(padded, lengths, {.enforce_sorted = enforce_sorted});
}

std::vector<Tensor> unpack_sequence(const PackedSequence& packed) {
  const PaddedSequences padded = pad_packed_sequence(packed);
  return unpad_sequence(padded.output, padded.lengths);
}

std::vector<Tensor> unpad_sequence(const Tensor& padded, const Tensor& lengths, bool batch_first) {
  const Lengths all = lengths_of(lengths, "unpad_sequence");
  checked_batch(padded, all, batch_first, 0, "unpad_sequence");
  std::vector<Tensor> sequences;
  for (std::size_t i = 0; i < all.size(); ++i)
    sequences.push_back(
        narrow(select(padded, batch_first ? 0 : 1, static_cast<std::int64_t>(i)), 0, 0, all[i]));
  return sequences;
}

}  // namespace xtape::nn::utils
