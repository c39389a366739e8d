// Choices: an input's bytes as numbers, sizes and flags; zeros behind its end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

namespace xtape::fuzz {

class Choices {
 public:
  explicit Choices(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }

  template <class T>
  T bits() {
    T value{};
    const std::size_t count = bytes_.size() < sizeof(T) ? bytes_.size() : sizeof(T);
    if (count > 0) std::memcpy(&value, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
    return value;
  }
  /// 0 to count - 1.
  std::size_t below(std::size_t count) { return bits<std::uint8_t>() % count; }
  bool flag() { return below(2) == 1; }
  /// One of a list.
  template <class T, std::size_t count>
  T of(const T (&list)[count]) {
    return list[below(count)];
  }
  /// Mostly from -4 to 11, at times anything or at the limits.
  std::int64_t integer() {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::size_t kind = bits<std::uint8_t>();
    if (kind < 240) return static_cast<std::int64_t>(kind % 16) - 4;
    if (kind < 244) return bits<std::int64_t>();
    return of(
        {kMost, -kMost - 1, kMost - 1, std::int64_t{1} << 30, std::int64_t{1} << 33, std::int64_t{1} << 40});
  }
  double number() {
    if (below(4) == 0) return bits<double>();
    return static_cast<double>(below(32)) / 8 - 1;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace xtape::fuzz
