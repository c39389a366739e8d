// Writing a pickle of protocol 2, as torch.save does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace xtape::detail {

/// Each call adds the instructions for one value, or the one instruction that it names. Texts and globals
/// that were written before are taken from the memo.
class PickleWriter {
 public:
  PickleWriter();

  void global(std::string_view module, std::string_view name);
  void text(std::string_view text);
  void integer(std::int64_t value);
  void op(unsigned char instruction) { bytes_ += static_cast<char>(instruction); }
  /// The whole pickle.
  std::string finish();

 private:
  /// Takes what the bytes make from the memo, or makes and remembers it.
  void remembered(const std::string& bytes);

  std::string bytes_;
  std::map<std::string, std::uint32_t> memo_;  // by the bytes that make a value
};

}  // namespace xtape::detail
