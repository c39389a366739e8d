// Sequences of several lengths as one batch: padded to one length, or packed without what stands behind their
// ends.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "autograd/base/lists.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::nn::utils {

/// The elements of all sequences, step after step: those of step 0, longest sequence first, those of step 1
/// and so on. What the recurrent layers take in the place of a padded batch.
class PackedSequence {
 public:
  PackedSequence() = default;
  /// data {sum of batch_sizes, ...}; batch_sizes {steps}, int64, the number of sequences that have such a
  /// step. sorted_indices {N}: the place in the batch of each sequence, longest first; undefined where they
  /// are in that order already. unsorted_indices is the inverse, and found where it is left out. Throws
  /// unless these fit.
  explicit PackedSequence(const Tensor& data, const Tensor& batch_sizes,
                          const Tensor& sorted_indices = Tensor(), const Tensor& unsorted_indices = Tensor());

  const Tensor& data() const { return data_; }
  const Tensor& batch_sizes() const { return batch_sizes_; }
  const Tensor& sorted_indices() const { return sorted_indices_; }
  const Tensor& unsorted_indices() const { return unsorted_indices_; }
  /// The same sequences with other elements, {data().size(0), ...}.
  PackedSequence with_data(const Tensor& data) const;
  PackedSequence to(DType dtype) const { return with_data(data_.to(dtype)); }

  auto tied() { return std::tie(data_, batch_sizes_, sorted_indices_, unsorted_indices_); }

 private:
  Tensor data_, batch_sizes_, sorted_indices_, unsorted_indices_;
};

/// A batch {steps, N, ...} or {N, steps, ...}, and the length of each sequence, {N} of int64.
struct PaddedSequences {
  Tensor output;
  Tensor lengths;

  auto tied() { return std::tie(output, lengths); }
  template <class... T>
  operator std::tuple<T...>() {  // NOLINT: implicit, for std::tie
    return xtape::detail::unpacked<T...>(tied());
  }
};

struct PadSequenceOptions {
  bool batch_first = false;
  double padding_value = 0;
};
/// Sequences {length, ...} that differ in their lengths alone, as one tensor {longest, N, ...}, or {N,
/// longest, ...}.
Tensor pad_sequence(const std::vector<Tensor>& sequences, const PadSequenceOptions& options = {});
Tensor pad_sequence(const std::vector<Tensor>& sequences, bool batch_first, double padding_value = 0);

struct PackPaddedSequenceOptions {
  bool batch_first = false;
  bool enforce_sorted = true;  ///< whether lengths that rise are an error; else sequences are sorted
};
/// x {steps, N, ...}, or {N, steps, ...}, and the length of each sequence, 1 to steps.
PackedSequence pack_padded_sequence(const Tensor& x, const xtape::detail::Integers& lengths,
                                    const PackPaddedSequenceOptions& options = {});
PackedSequence pack_padded_sequence(const Tensor& x, const Tensor& lengths,
                                    const PackPaddedSequenceOptions& options = {});
PackedSequence pack_padded_sequence(const Tensor& x, const xtape::detail::Integers& lengths, bool batch_first,
                                    bool enforce_sorted = true);
PackedSequence pack_padded_sequence(const Tensor& x, const Tensor& lengths, bool batch_first,
                                    bool enforce_sorted = true);

struct PadPackedSequenceOptions {
  bool batch_first = false;
  double padding_value = 0;
  std::optional<std::int64_t> total_length =
      {};  ///< steps of the result; by default those of the longest sequence
};
/// The way back from pack_padded_sequence, the sequences in their first order.
PaddedSequences pad_packed_sequence(const PackedSequence& packed,
                                    const PadPackedSequenceOptions& options = {});
PaddedSequences pad_packed_sequence(const PackedSequence& packed, bool batch_first, double padding_value = 0,
                                    std::optional<std::int64_t> total_length = {});

/// Sequences {length, ...}, packed.
PackedSequence pack_sequence(const std::vector<Tensor>& sequences, bool enforce_sorted = true);
/// The way back.
std::vector<Tensor> unpack_sequence(const PackedSequence& packed);
/// The way back from pad_sequence: each sequence without what stands behind its length. lengths {N}, int64.
std::vector<Tensor> unpad_sequence(const Tensor& padded, const Tensor& lengths, bool batch_first = false);

/// As PyTorch spells them.
namespace rnn {
using utils::pack_padded_sequence;
using utils::pack_sequence;
using utils::PackedSequence;
using utils::pad_packed_sequence;
using utils::pad_sequence;
using utils::unpack_sequence;
using utils::unpad_sequence;
}  // namespace rnn

}  // namespace xtape::nn::utils
