// Decoding by libpng, and the walk through the folders.
#include "pictures/image_folder.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/ranges.h>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"
#include "autograd/ops/interpolate.hpp"
#include "autograd/ops/join.hpp"
#include "autograd/ops/pooling.hpp"
#include "pictures/detail/decode.hpp"

namespace xtape::pictures {

namespace fs = std::filesystem;

namespace {

void check_size(const std::vector<std::int64_t>& size, std::string_view op) {
  check(size.empty() || (size.size() == 2 && size[0] > 0 && size[1] > 0),
        "{}: size is {{{}}}; expected {{height, width}}", op, fmt::join(size, ", "));
}

void check_channels(std::int64_t channels, bool may_be_open, std::string_view op) {
  check(channels == 1 || channels == 3 || (channels == 0 && may_be_open),
        "{}: channels is {}; expected {}1 or 3", op, channels, may_be_open ? "0, " : "");
}

/// uint8 {C, H, W} of that size.
Tensor resize(const Tensor& image, const std::vector<std::int64_t>& size) {
  const std::int64_t height = image.size(1), width = image.size(2);
  if (size.empty() || (height == size[0] && width == size[1])) return image;
  const Tensor x = image.to(kFloat32).unsqueeze(0);
  const Tensor y = size[0] <= height && size[1] <= width
                       ? adaptive_avg_pool2d(x, {size[0], size[1]})
                       : interpolate(x, {.size = {size[0], size[1]}, .mode = "bilinear"});
  return (y + 0.5).to(kUInt8).squeeze(0);
}

bool is_png(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension == ".png";
}

/// In the order of their names.
template <class Iterator, class F>
std::vector<fs::path> paths_in(const fs::path& folder, const F& counts) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (Iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (counts(*at)) paths.push_back(at->path());
  }
  check(!error, "{}: cannot be read: {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

struct ImageFolder::Contents {
  datasets::LabelledImages images = {};
  std::vector<std::string> classes = {};

  Contents(const fs::path& root, const ImageFolderOptions& options);
};

ImageFolder::Contents::Contents(const fs::path& root, const ImageFolderOptions& options) {
  check_size(options.size, "ImageFolder");
  check_channels(options.channels, false, "ImageFolder");
  const NoGradGuard no_grad;
  const auto folders = paths_in<fs::directory_iterator>(
      root, [](const fs::directory_entry& entry) { return entry.is_directory(); });
  check(!folders.empty(), "{}: no classes; expected a folder for each", root.string());

  std::vector<Tensor> all;
  std::vector<std::int64_t> labels;
  for (const fs::path& folder : folders) {
    const auto files = paths_in<fs::recursive_directory_iterator>(
        folder,
        [](const fs::directory_entry& entry) { return entry.is_regular_file() && is_png(entry.path()); });
    check(!files.empty(), "{}: no .png files", folder.string());
    for (const fs::path& file : files) {
      all.push_back(load_png(file, {.channels = options.channels, .size = options.size}));
      const Tensor &first = all.front(), &last = all.back();
      check(last.shape() == first.shape(), "{}: {} x {} pixels, but the first image has {} x {}; set .size",
            file.string(), last.size(1), last.size(2), first.size(1), first.size(2));
      labels.push_back(std::ssize(classes));
    }
    classes.push_back(folder.filename().string());
  }
  images = {.images = stack(all, 0), .labels = from_vector(labels, {labels.size()})};
}

Tensor load_png(const io::Source& source, const PngOptions& options) {
  check_size(options.size, "load_png");
  check_channels(options.channels, true, "load_png");
  const NoGradGuard no_grad;
  return resize(detail::decode_png(io::read_bytes(source), source.name(), options.channels), options.size);
}

ImageFolder::ImageFolder(const fs::path& root, const ImageFolderOptions& options)
    : ImageFolder(Contents(root, options), options.transform) {}

ImageFolder::ImageFolder(const Contents& contents, datasets::Transform transform)
    : VisionDataset(contents.images, contents.classes, std::move(transform)) {}

}  // namespace xtape::pictures
