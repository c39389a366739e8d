// The IDX reader. What a header claims is believed only once the bytes have been read.
#include "datasets/sources/idx.hpp"

#include <array>
#include <vector>

#include "io/file_kind.hpp"
#include "io/guard.hpp"
#include "io/gzip.hpp"

namespace xtape::datasets {

namespace {

constexpr std::uint32_t kLabelsMagic = 0x00000801;  // 0x08: unsigned bytes, 1: one dim
constexpr std::uint32_t kImagesMagic = 0x00000803;

const char* kind_of(std::uint32_t magic) {
  if (magic == kLabelsMagic) return "a label file";
  if (magic == kImagesMagic) return "an image file";
  return "neither images nor labels of unsigned bytes";
}

std::uint32_t read_big_endian(io::Input& file) {
  std::array<std::uint8_t, 4> b;
  const std::size_t got = file.read_some(b.data(), b.size());
  check(got == b.size(), "{}: the file ends within its header", file.name());
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

/// The sizes that follow the magic number, and their product.
Shape read_sizes(io::Input& file, int dims) {
  Shape shape;
  for (int d = 0; d < dims; ++d) shape.push_back(read_big_endian(file));
  std::int64_t bytes = 1;
  for (std::int64_t size : shape) {
    check(size > 0, "{}: the header claims sizes {}; expected at least 1 each", file.name(), shape);
    check(!__builtin_mul_overflow(bytes, size, &bytes),
          "{}: the header claims sizes {}, more than any file holds", file.name(), shape);
  }
  return shape;
}

struct Contents {
  Shape shape;
  std::vector<std::uint8_t> bytes;
};

Contents read_idx(io::Input& file, std::uint32_t expected) {
  const std::uint32_t magic = read_big_endian(file);
  if (magic != kLabelsMagic && magic != kImagesMagic) {
    std::string front{static_cast<char>(magic >> 24), static_cast<char>(magic >> 16),
                      static_cast<char>(magic >> 8), static_cast<char>(magic)};
    for (const std::uint8_t byte : file.read_up_to(508)) front += static_cast<char>(byte);
    io::check_kind(front, file.name(), "an IDX file");
  }
  check(magic == expected, "{}: magic {:#010x} is {}; expected {} ({:#010x})", file.name(), magic,
        kind_of(magic), expected == kImagesMagic ? "images" : "labels", expected);

  const Shape shape = read_sizes(file, static_cast<int>(expected & 0xff));
  const auto claimed = static_cast<std::uint64_t>(shape.numel());
  std::vector<std::uint8_t> bytes = file.read_up_to(claimed);
  check(bytes.size() == claimed, "{}: the header claims {} bytes of data (sizes {}), but the file holds {}",
        file.name(), claimed, shape, bytes.size());
  check(file.skip(1) == 0, "{}: trailing bytes after the {} that the header claims (sizes {})", file.name(),
        claimed, shape);
  return {shape, std::move(bytes)};
}

/// f(input) of the plain bytes.
template <class F>
Tensor read_plain(const io::Source& source, const ReadOptions& options, F f) {
  return io::read_from(source, [&](io::SizedInput& packed) {
    io::GzipInput input(packed, options.max_bytes);
    return f(input);
  });
}

Tensor images_of(io::Input& input) {
  const Contents contents = read_idx(input, kImagesMagic);
  return xtape::detail::from_data(contents.bytes.data(), kUInt8, contents.shape, {});
}

Tensor labels_of(io::Input& input, std::int64_t classes) {
  const Contents contents = read_idx(input, kLabelsMagic);
  Tensor labels = xtape::detail::make_tensor(contents.shape, kInt64);
  auto* out = labels.data<std::int64_t>();
  for (std::size_t i = 0; i < contents.bytes.size(); ++i) {
    const std::int64_t label = contents.bytes[i];
    check(label < classes, "{}: label {} at position {} is out of range; expected 0 to {}", input.name(),
          label, i, classes - 1);
    out[i] = label;
  }
  return labels;
}

}  // namespace

Tensor read_idx_images(const io::Source& source, const ReadOptions& options) {
  return read_plain(source, options, images_of);
}

Tensor read_idx_labels(const io::Source& source, std::int64_t classes, const ReadOptions& options) {
  return read_plain(source, options, [&](io::Input& input) { return labels_of(input, classes); });
}

}  // namespace xtape::datasets
