// Finds the IDX files of the MNIST family and reads them.
#include "datasets/sources/mnist.hpp"

#include <filesystem>
#include <optional>

#include "autograd/ops/shape.hpp"
#include "datasets/sources/idx.hpp"

namespace xtape::datasets {

namespace fs = std::filesystem;

namespace {

/// What tells one member of the family from another.
struct Family {
  const char* name;  // also torchvision's folder
  std::vector<std::string> classes;
  const char* hint;
};

/// `name` or `name`.gz in `folder`.
std::optional<fs::path> find(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  for (const char* ending : {"", ".gz"}) {
    const fs::path path = folder / (name + ending);
    if (fs::exists(path, ignored)) return path;
  }
  return {};
}

LabelledImages read(const fs::path& images_path, const fs::path& labels_path, std::size_t classes,
                    const ReadOptions& options) {
  const Tensor images = read_idx_images(images_path, options);
  const Tensor labels = read_idx_labels(labels_path, static_cast<std::int64_t>(classes), options);
  check(images.size(0) == labels.size(0), "{}: {} images, but {} has {} labels; expected as many",
        images_path.string(), images.size(0), labels_path.string(), labels.size(0));
  return {unsqueeze(images, 1), labels};
}

LabelledImages load(const fs::path& root, const VisionOptions& options, const Family& family) {
  const std::string prefix = options.train ? "train" : "t10k";
  const std::string images = prefix + "-images-idx3-ubyte", labels = prefix + "-labels-idx1-ubyte";
  const fs::path raw = root / family.name / "raw";
  for (const fs::path& folder : {raw, root}) {
    const auto images_path = find(folder, images), labels_path = find(folder, labels);
    if (images_path && labels_path)
      return read(*images_path, *labels_path, family.classes.size(), {.max_bytes = options.max_bytes});
  }

  std::error_code ignored;
  check(fs::is_directory(root, ignored),
        "{}: the folder {} does not exist; expected {} and {}, plain or .gz, in it{}", family.name,
        root.string(), images, labels, family.hint);
  std::string missing;
  for (const std::string& name : {images, labels}) {
    if (!find(raw, name) && !find(root, name)) missing += (missing.empty() ? "" : " and ") + name;
  }
  if (missing.empty()) missing = images + " beside " + labels;
  throw Error(fmt::format("{}: found no {}, plain or .gz, in {} or in {}{}", family.name, missing,
                          raw.string(), root.string(), family.hint));
}

const Family& digits() {
  static const Family family{"MNIST",
                             {"0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five",
                              "6 - six", "7 - seven", "8 - eight", "9 - nine"},
                             ""};
  return family;
}

const Family& clothes() {
  static const Family family{"FashionMNIST",
                             {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                              "Sneaker", "Bag", "Ankle boot"},
                             " (Debian's package dataset-fashion-mnist has the files, in "
                             "/usr/share/datasets/fashion-mnist)"};
  return family;
}

}  // namespace

MNIST::MNIST(const std::string& root, const MNISTOptions& options)
    : VisionDataset(load(root, options, digits()), digits().classes, options.transform) {}

FashionMNIST::FashionMNIST(const std::string& root, const FashionMNISTOptions& options)
    : VisionDataset(load(root, options, clothes()), clothes().classes, options.transform) {}

}  // namespace xtape::datasets
