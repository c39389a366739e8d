// Reading an array, and the bytes that stand before one that is written.
#include "files/detail/npy_format.hpp"

#include <algorithm>

#include "io/file_kind.hpp"
#include "io/little_endian.hpp"

namespace xtape::detail {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// The literal of the header; version 1.0 gives its length in 2 bytes, the later ones in 4.
std::string read_literal(io::SizedInput& input) {
  if (const std::string front = input.beginning(); !front.starts_with(kMagic))
    io::check_kind(front, input.name(), "a numpy array (.npy)");
  const std::string start = input.remaining() < 8 ? "" : input.read_text(8);
  check(start.starts_with(kMagic), "{}: is not a numpy array: it does not begin with \\x93NUMPY",
        input.name());
  const int major = static_cast<unsigned char>(start[6]), minor = static_cast<unsigned char>(start[7]);
  check(major >= 1 && major <= 3 && minor == 0,
        "{}: has version {}.{} of numpy's format; known are 1.0, 2.0, 3.0", input.name(), major, minor);
  const std::uint64_t length = major == 1 ? io::get<std::uint16_t>(input.read_text(2), 0)
                                          : io::get<std::uint32_t>(input.read_text(4), 0);
  check(length <= input.remaining(), "{}: the header claims {} bytes, but the file holds {} more",
        input.name(), length, input.remaining());
  return input.read_text(static_cast<std::size_t>(length));
}

/// The elements must fill what is left of the input.
void check_size(const NpyHeader& header, const io::SizedInput& input) {
  const std::uint64_t bytes = bytes_of(header.type, header.shape, input.name());
  check(bytes <= input.remaining(), "{}: the file ends early: shape {} takes {} bytes, and it holds {}",
        input.name(), header.shape, bytes, input.remaining());
  check(bytes == input.remaining(), "{}: trailing bytes: shape {} takes {} bytes, and the file holds {}",
        input.name(), header.shape, bytes, input.remaining());
}

std::string_view description_of(DType dtype) {
  switch (dtype) {
    case kBool: return "|b1";
    case kUInt8: return "|u1";
    case kInt8: return "|i1";
    case kInt16: return "<i2";
    case kInt32: return "<i4";
    case kInt64: return "<i8";
    case kFloat32: return "<f4";
    case kFloat64: return "<f8";
  }
  __builtin_unreachable();
}

}  // namespace

std::string npy_preamble(DType dtype, const Shape& shape) {
  std::string sizes;
  for (std::int64_t size : shape) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
  if (shape.size() == 1) sizes += ",";
  std::string literal =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", description_of(dtype), sizes);
  // numpy leaves room for a first size of 21 digits, so that arrays can grow in their files.
  if (!shape.empty()) literal.append(21 - std::to_string(shape[0]).size(), ' ');
  constexpr std::size_t kAlignment = 64;
  literal.append(kAlignment - (kMagic.size() + 4 + literal.size() + 1) % kAlignment, ' ');
  literal += '\n';

  std::string preamble(kMagic);
  preamble += "\x01";
  preamble += '\0';
  io::put(preamble, static_cast<std::uint16_t>(literal.size()));
  return preamble + literal;
}

Tensor read_npy(io::SizedInput& input) {
  const NpyHeader header = parse_npy_header(read_literal(input), input.name());
  check_size(header, input);
  if (!header.fortran_order)
    return read_tensor(input, header.type, header.shape, input.name(), header.big_endian);

  // Columns first is the row-major order of the transpose.
  Shape reversed = header.shape, order = header.shape;
  std::reverse(reversed.begin(), reversed.end());
  for (int d = 0; d < order.size(); ++d) order[d] = order.size() - 1 - d;
  return read_tensor(input, header.type, reversed, input.name(), header.big_endian)
      .permute(order)
      .contiguous();
}

}  // namespace xtape::detail
