// Reads CIFAR-10's binary version: records of one label byte and 3072 pixel bytes, red then green then blue.
#include "datasets/sources/cifar10.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "io/guard.hpp"
#include "io/gzip.hpp"
#include "io/tar.hpp"

namespace xtape::datasets {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "cifar-10-batches-bin";
constexpr const char* kArchive = "cifar-10-binary.tar.gz";
constexpr std::size_t kPixels = 3 * 32 * 32;
constexpr std::size_t kRecord = 1 + kPixels;
constexpr std::uint64_t kMaxBytes =
    10'000 * kRecord;  // of one file; also bounds what a forged archive can cost
constexpr std::size_t kClasses = 10;

std::vector<std::string> class_names() {
  return {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
}

/// One .bin file.
struct Batch {
  std::string name;  // of the file, for messages
  std::vector<std::uint8_t> bytes;

  std::size_t records() const { return bytes.size() / kRecord; }
};

std::vector<std::string> file_names(bool train) {
  if (!train) return {"test_batch.bin"};
  return {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"};
}

void check_size(const std::string& name, std::uint64_t bytes) {
  check(bytes > 0 && bytes <= kMaxBytes && bytes % kRecord == 0,
        "{}: {}{} bytes; expected 1 to 10000 whole records of {} bytes", name,
        bytes > kMaxBytes ? "more than " : "", std::min(bytes, kMaxBytes), kRecord);
}

std::vector<Batch> read_folder(const fs::path& folder, bool train) {
  std::vector<Batch> batches;
  for (const std::string& name : file_names(train)) {
    io::FileInput file(folder / name);
    batches.push_back({file.name(), file.read_up_to(kMaxBytes + 1)});
    check_size(file.name(), batches.back().bytes.size());
  }
  return batches;
}

std::vector<Batch> read_archive(io::Input& file, bool train) {
  const std::vector<std::string> names = file_names(train);
  std::vector<Batch> batches(names.size());
  io::for_each_tar_member(file, [&](const io::TarMember& member) {
    const auto found = std::find(names.begin(), names.end(), member.name);
    if (found == names.end()) return;
    Batch& batch = batches[static_cast<std::size_t>(found - names.begin())];
    check(batch.bytes.empty(), "{}: holds {} twice", file.name(), member.name);
    batch.name = file.name() + ": " + member.name;
    check_size(batch.name, member.size);
    batch.bytes = member.read();
  });
  for (std::size_t i = 0; i < names.size(); ++i) {
    check(!batches[i].bytes.empty(), "{}: holds no {}; expected CIFAR-10's binary version", file.name(),
          names[i]);
  }
  return batches;
}

LabelledImages unpack(const std::vector<Batch>& batches) {
  std::size_t records = 0;
  for (const Batch& batch : batches) records += batch.records();
  const Tensor images = xtape::detail::make_tensor({records, 3, 32, 32}, kUInt8);
  const Tensor labels = xtape::detail::make_tensor({records}, kInt64);
  auto* image = images.data<std::uint8_t>();
  auto* label = labels.data<std::int64_t>();
  for (const Batch& batch : batches) {
    const std::uint8_t* record = batch.bytes.data();
    for (std::size_t i = 0; i < batch.records(); ++i, record += kRecord, image += kPixels, ++label) {
      check(record[0] < kClasses, "{}: label {} of record {} is out of range; expected 0 to {}", batch.name,
            record[0], i, kClasses - 1);
      *label = record[0];
      std::memcpy(image, record + 1, kPixels);
    }
  }
  return {images, labels};
}

LabelledImages unpack_archive(const io::Source& source, const CIFAR10Options& options) {
  return io::read_from(source, [&](io::SizedInput& file) {
    io::GzipInput input(file, options.max_bytes);
    return unpack(read_archive(input, options.train));
  });
}

LabelledImages find_and_read(const io::Source& source, const CIFAR10Options& options) {
  const fs::path root = source.name();
  std::error_code ignored;
  if (!source.is_file() || fs::is_regular_file(root, ignored)) return unpack_archive(source, options);
  check(fs::is_directory(root, ignored),
        "CIFAR10: {} does not exist; expected a folder with {} or {}, or the archive", root.string(), kFolder,
        kArchive);
  for (const fs::path& folder : {root / kFolder, root}) {
    const auto names = file_names(options.train);
    const auto is_there = [&](const std::string& name) { return fs::exists(folder / name, ignored); };
    if (std::any_of(names.begin(), names.end(), is_there)) return unpack(read_folder(folder, options.train));
  }
  if (fs::exists(root / kArchive, ignored)) return unpack_archive(root / kArchive, options);
  throw Error(
      fmt::format("CIFAR10: found no {} in {} or in {}, and no {} there; expected CIFAR-10's binary version",
                  file_names(options.train).front(), (root / kFolder).string(), root.string(), kArchive));
}

}  // namespace

CIFAR10::CIFAR10(const io::Source& root, const CIFAR10Options& options)
    : VisionDataset(io::guarded(root.name(), [&] { return find_and_read(root, options); }), class_names(),
                    options.transform) {}

}  // namespace xtape::datasets
