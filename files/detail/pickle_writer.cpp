// The bytes of instructions.
#include "files/detail/pickle_writer.hpp"

#include <limits>

#include "files/detail/pickle_ops.hpp"
#include "io/little_endian.hpp"

namespace xtape::detail {

using namespace pickle_op;

PickleWriter::PickleWriter() {
  op(PROTO);
  op(2);
}

void PickleWriter::global(std::string_view module, std::string_view name) {
  remembered(static_cast<char>(GLOBAL) + std::string(module) + "\n" + std::string(name) + "\n");
}

void PickleWriter::text(std::string_view text) {
  std::string bytes(1, static_cast<char>(BINUNICODE));
  io::put(bytes, static_cast<std::uint32_t>(text.size()));
  remembered(bytes += text);
}

void PickleWriter::integer(std::int64_t value) {
  if (value >= 0 && value <= 0xff) {
    op(BININT1);
    io::put(bytes_, static_cast<std::uint8_t>(value));
  } else if (value >= 0 && value <= 0xffff) {
    op(BININT2);
    io::put(bytes_, static_cast<std::uint16_t>(value));
  } else if (value >= 0 && value <= std::numeric_limits<std::int32_t>::max()) {
    op(BININT);
    io::put(bytes_, static_cast<std::uint32_t>(value));
  } else {
    op(LONG1);
    op(sizeof value);
    io::put(bytes_, static_cast<std::uint64_t>(value));
  }
}

std::string PickleWriter::finish() {
  op(STOP);
  return std::move(bytes_);
}

void PickleWriter::remembered(const std::string& bytes) {
  const auto [entry, is_new] = memo_.try_emplace(bytes, static_cast<std::uint32_t>(memo_.size()));
  if (is_new) bytes_ += bytes;
  const std::uint32_t index = entry->second;
  if (index <= 0xff) {
    op(is_new ? BINPUT : BINGET);
    io::put(bytes_, static_cast<std::uint8_t>(index));
  } else {
    op(is_new ? LONG_BINPUT : LONG_BINGET);
    io::put(bytes_, index);
  }
}

}  // namespace xtape::detail
