// Names of devices, and the refusal of those that are not here.
#include "autograd/base/device.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ostream>

namespace xtape {

Device::Device(std::string_view name) : type_(kCPU), index_(-1) {
  const std::string_view type = name.substr(0, name.find(':'));
  bool known = type == "cpu" || type == "cuda";
  if (type == "cuda") type_ = kCUDA;
  if (type.size() < name.size()) {
    const char *begin = name.data() + type.size() + 1, *end = name.data() + name.size();
    const auto [stopped, fault] = std::from_chars(begin, end, index_);
    known = known && fault == std::errc() && stopped == end && index_ >= 0;
  }
  check(known, "Device: \"{}\" is not a device; expected \"cpu\", or \"cuda\" or \"cuda:0\"", name);
}

std::string Device::str() const {
  const std::string name = is_cpu() ? "cpu" : "cuda";
  return has_index() ? fmt::format("{}:{}", name, index_) : name;
}

std::ostream& operator<<(std::ostream& out, const Device& device) { return out << device.str(); }

void detail::check_device(const Device& device, std::string_view op) {
  check(device.is_cpu(),
        "{}: asked for the device {}; tensors live on the CPU (cuda::is_available() is false)", op, device);
}

}  // namespace xtape
