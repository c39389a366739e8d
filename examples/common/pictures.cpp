// Filters and maps, each stretched to the range that a picture shows.
#include "pictures.hpp"

#include <filesystem>

#include <xtape/pictures.hpp>

namespace examples {

using namespace xtape;

namespace {

/// Each image of {N, C, H, W} from 0, its least value, to 1, its greatest.
Tensor stretched(const Tensor& images) {
  const Tensor low = amin(images, {1, 2, 3}, true), high = amax(images, {1, 2, 3}, true);
  return (images - low) / clamp_min(high - low, 1e-12);
}

nn::Conv2d* first_convolution(nn::Sequential& model) {
  for (const auto& [name, module] : model.named_modules()) {
    if (auto* conv = dynamic_cast<nn::Conv2d*>(&module)) return conv;
  }
  return nullptr;
}

}  // namespace

void save_pictures(const std::string& folder, nn::Sequential& model, const datasets::VisionDataset& test,
                   const Tensor& confusion) {
  std::filesystem::create_directories(folder);
  pictures::save_confusion_matrix(folder + "/confusion.svg", confusion, {.classes = test.classes()});
  nn::Conv2d* const conv = first_convolution(model);
  if (conv == nullptr) return;

  const NoGradGuard no_grad;
  const Tensor filters = conv->weight().detach();
  pictures::save_image_grid(folder + "/filters.png", stretched(filters), {.columns = 8, .scale = 12});
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < 4; ++i) {
    const Tensor maps = (*conv)(test[i][0].unsqueeze(0));  // {1, filters, H, W}
    rows.push_back(stretched(maps.transpose(0, 1)));
  }
  pictures::save_image_grid(folder + "/maps.png", cat(rows), {.columns = filters.size(0)});
}

}  // namespace examples
