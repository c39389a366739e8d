// How parameters are shared out among buckets.
#include "distributed/detail/buckets.hpp"

#include <algorithm>

namespace xtape::distributed::detail {

namespace {

constexpr std::int64_t kAligned = 16;  // elements: gradients begin where vectors may

}  // namespace

std::vector<Bucket> plan_buckets(const std::vector<Tensor>& parameters,
                                 const std::vector<std::int64_t>& order, std::int64_t first_bytes,
                                 std::int64_t bytes) {
  std::vector<Bucket> buckets;
  for (const std::int64_t number : order) {
    const auto parameter = static_cast<std::size_t>(number);
    const Tensor& p = parameters[parameter];
    const std::int64_t most = buckets.size() == 1 ? first_bytes : bytes;
    if (buckets.empty() || buckets.back().dtype != p.dtype() ||
        buckets.back().values * p.element_size() >= most) {
      buckets.push_back({.dtype = p.dtype()});
    }
    Bucket& bucket = buckets.back();
    bucket.slots.push_back({.parameter = parameter, .begin = bucket.values, .size = p.numel()});
    bucket.values += (p.numel() + kAligned - 1) / kAligned * kAligned;
  }
  return buckets;
}

void fill_gaps(const Bucket& bucket, const std::vector<bool>& has, const Tensor& data) {
  xtape::detail::visit_floating(data.dtype(), "Reducer", [&]<class T>(T) {
    T* const values = data.data<T>();
    for (std::size_t i = 0; i < bucket.slots.size(); ++i) {
      const Slot& slot = bucket.slots[i];
      const std::int64_t end = i + 1 < bucket.slots.size() ? bucket.slots[i + 1].begin : bucket.values;
      std::fill(values + slot.begin + (has[i] ? slot.size : 0), values + end, static_cast<T>(kNothing));
      values[bucket.values + static_cast<std::int64_t>(i)] = has[i] ? 1 : 0;
    }
  });
}

}  // namespace xtape::distributed::detail
