// Device: PyTorch's name for where a tensor lives. Here that is always the CPU; the names are there so that
// programs written for several devices compile and take their CPU path.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "autograd/base/error.hpp"

namespace xtape {

enum class DeviceType : std::uint8_t { cpu, cuda };

inline constexpr DeviceType kCPU = DeviceType::cpu;
inline constexpr DeviceType kCUDA = DeviceType::cuda;

class Device {
 public:
  constexpr Device(DeviceType type = kCPU, int index = -1)
      : type_(type), index_(index) {}  // NOLINT: implicit
  /// "cpu", "cuda" or "cuda:1"; Throws Error for any other text.
  Device(std::string_view name);                                       // NOLINT: implicit, as PyTorch's
  Device(const char* name) : Device(std::string_view(name)) {}         // NOLINT: as above
  Device(const std::string& name) : Device(std::string_view(name)) {}  // NOLINT: as above

  constexpr DeviceType type() const { return type_; }
  constexpr int index() const { return index_; }  ///< -1 where none was named
  constexpr bool has_index() const { return index_ >= 0; }
  constexpr bool is_cpu() const { return type_ == kCPU; }
  constexpr bool is_cuda() const { return type_ == kCUDA; }
  std::string str() const;
  constexpr bool operator==(const Device& other) const = default;

 private:
  DeviceType type_;
  int index_;
};

std::ostream& operator<<(std::ostream& out, const Device& device);

namespace detail {
/// Throws an Error that names `op` unless the device is the CPU.
void check_device(const Device& device, std::string_view op);
}  // namespace detail

namespace cuda {
constexpr bool is_available() { return false; }
constexpr int device_count() { return 0; }
}  // namespace cuda

}  // namespace xtape

template <>
struct fmt::formatter<xtape::Device> : xtape::detail::TextFormatter {
  template <class Context>
  auto format(const xtape::Device& device, Context& context) const {
    return write(device.str(), context);
  }
};
