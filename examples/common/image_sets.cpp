// Folders, means and names.
#include "image_sets.hpp"

namespace examples {

const ImageSet& image_set(const std::string& name) {
  static const ImageSet digits{"data/mnist", 1,        28,
                               {0.1307},     {0.3081}, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  static const ImageSet clothes{"/usr/share/datasets/fashion-mnist",
                                1,
                                28,
                                {0.2860},
                                {0.3530},
                                {"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt",
                                 "sneaker", "bag", "ankle boot"}};
  static const ImageSet photographs{
      "data/cifar10",
      3,
      32,
      {0.4914, 0.4822, 0.4465},
      {0.2470, 0.2435, 0.2616},
      {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}};
  if (name == "fashion") return clothes;
  return name == "cifar10" ? photographs : digits;
}

}  // namespace examples
