// Boxes in images: their contents at one size, and the best among those that overlap.
#include <algorithm>
#include <cmath>
#include <limits>

#include "onnx/detail/operator_helpers.hpp"
#include "onnx/detail/operators.hpp"

namespace xtape::onnx::detail {

namespace {

/// {bins, size}: the mean of the linear weights of the samples in each bin of a side from `start` on.
Tensor bin_weights(double start, double length, std::int64_t bins, std::int64_t size, std::int64_t sampling,
                   DType dtype) {
  const double each = length / static_cast<double>(bins);
  check(std::isfinite(start) && std::isfinite(length),
        "a box begins at {} and is {} long; expected finite numbers", start, length);
  const auto samples =
      sampling > 0 ? sampling : static_cast<std::int64_t>(std::clamp(std::ceil(each), 1.0, 1e6));
  check(bins * samples <= 1 << 24, "takes {} samples in each of {} bins", samples, bins);
  const Tensor matrix = zeros({bins, size}, {.dtype = kFloat64});
  const auto at = matrix.accessor<double, 2>();
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    for (std::int64_t i = 0; i < samples; ++i) {
      const double offset = (static_cast<double>(i) + 0.5) / static_cast<double>(samples);
      const double place = start + (static_cast<double>(bin) + offset) * each;
      if (!(place >= -1 && place <= static_cast<double>(size))) continue;  // counts as 0
      const double inside = std::clamp(place, 0.0, static_cast<double>(size - 1)), left = std::floor(inside);
      const auto first = static_cast<std::int64_t>(left);
      at[bin][first] += (1 - (inside - left)) / static_cast<double>(samples);
      at[bin][std::min(first + 1, size - 1)] += (inside - left) / static_cast<double>(samples);
    }
  }
  return matrix.to(dtype);
}

Results roi_align(const Call& call) {
  const Tensor &x = call[0], &rois = call[1];
  check(call.text("mode", "avg") == "avg", "only the mode avg is computed");
  check(x.dim() == 4 && rois.dim() == 2 && rois.size(1) == 4 && x.size(2) > 0 && x.size(3) > 0,
        "x is of shape {} and the boxes of {}; expected {{N, C, H, W}} and {{boxes, 4}}", x.shape(),
        rois.shape());
  const std::int64_t height = call.integer("output_height", 1), width = call.integer("output_width", 1);
  const std::int64_t sampling = call.integer("sampling_ratio", 0);
  check(height > 0 && width > 0 && height <= 1 << 16 && width <= 1 << 16 && sampling >= 0 &&
            sampling <= 1 << 16,
        "gives {} by {} bins of {} samples", height, width, sampling);
  const bool is_half_pixel =
      call.opset() >= 16 && call.text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  const double scale = call.number("spatial_scale", 1), shift = is_half_pixel ? 0.5 : 0;
  const std::vector<double> sides = rois.to_vector<double>();
  const std::vector<std::int64_t> images = call.integers(2);
  check(static_cast<std::int64_t>(images.size()) == rois.size(0), "has {} boxes in {} images", rois.size(0),
        images.size());
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto side = [&](std::size_t k) { return sides[4 * i + k] * scale - shift; };
    const auto length = [&](std::size_t k) {
      const double between = side(k + 2) - side(k);
      return is_half_pixel ? between : std::max(between, 1.0);
    };
    const Tensor rows = bin_weights(side(1), length(1), height, x.size(2), sampling, x.dtype());
    const Tensor columns = bin_weights(side(0), length(0), width, x.size(3), sampling, x.dtype());
    results.push_back(matmul(matmul(rows, select(x, 0, images[i])), t(columns)));
  }
  return results.empty() ? zeros({0, x.size(1), height, width}, {.dtype = x.dtype()}) : stack(results);
}

struct Box {
  double top, left, bottom, right;
  double area() const { return (bottom - top) * (right - left); }
};

Box box_of(const double* numbers, bool is_centred) {
  if (is_centred) {
    const double x = numbers[0], y = numbers[1], half_width = numbers[2] / 2, half_height = numbers[3] / 2;
    return {y - half_height, x - half_width, y + half_height, x + half_width};
  }
  return {std::min(numbers[0], numbers[2]), std::min(numbers[1], numbers[3]),
          std::max(numbers[0], numbers[2]), std::max(numbers[1], numbers[3])};
}

/// The area of both over the area of either.
double overlap(const Box& a, const Box& b) {
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  if (height <= 0 || width <= 0) return 0;
  return height * width / (a.area() + b.area() - height * width);
}

/// The best boxes by their scores, each of which leaves out those that overlap with it.
std::vector<std::int64_t> best_boxes(const std::vector<Box>& boxes, const double* scores, std::size_t most,
                                     double most_overlap, double least_score) {
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    if (scores[i] > least_score) order.push_back(static_cast<std::int64_t>(i));
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
    const double of_a = scores[a], of_b = scores[b];
    return of_a > of_b || (std::isnan(of_b) && !std::isnan(of_a));
  });
  std::vector<std::int64_t> chosen;
  for (const std::int64_t i : order) {
    if (chosen.size() >= most) break;
    const bool is_hidden = std::ranges::any_of(chosen, [&](std::int64_t other) {
      return overlap(boxes[static_cast<std::size_t>(i)], boxes[static_cast<std::size_t>(other)]) >
             most_overlap;
    });
    if (!is_hidden) chosen.push_back(i);
  }
  return chosen;
}

/// Rows (image, class, box) of int64.
Results non_max_suppression(const Call& call) {
  const Tensor &boxes = call[0], &scores = call[1];
  check(boxes.dim() == 3 && boxes.size(2) == 4 && scores.dim() == 3 && scores.size(0) == boxes.size(0) &&
            scores.size(2) == boxes.size(1),
        "the boxes are of shape {} and the scores of {}; expected {{N, boxes, 4}} and {{N, classes, boxes}}",
        boxes.shape(), scores.shape());
  const std::int64_t most = call.has(2) ? call.item<std::int64_t>(2) : 0;
  const double most_overlap = call.has(3) ? call.item<double>(3) : 0;
  const double least_score = call.has(4) ? call.item<double>(4) : -std::numeric_limits<double>::infinity();
  const bool is_centred = call.integer("center_point_box", 0) != 0;
  const std::vector<double> numbers = boxes.to_vector<double>(), values = scores.to_vector<double>();
  const std::int64_t count = boxes.size(1);
  std::vector<std::int64_t> rows;
  for (std::int64_t n = 0; n < boxes.size(0); ++n) {
    std::vector<Box> of_image;
    for (std::int64_t i = 0; i < count; ++i)
      of_image.push_back(box_of(&numbers[static_cast<std::size_t>(4 * (n * count + i))], is_centred));
    for (std::int64_t c = 0; c < scores.size(1) && count > 0; ++c) {
      const double* of_class = &values[static_cast<std::size_t>((n * scores.size(1) + c) * count)];
      for (const std::int64_t box :
           best_boxes(of_image, of_class, static_cast<std::size_t>(std::max<std::int64_t>(most, 0)),
                      most_overlap, least_score))
        rows.insert(rows.end(), {n, c, box});
    }
  }
  return from_vector(rows, {static_cast<std::int64_t>(rows.size()) / 3, 3});
}

}  // namespace

Operators box_operators() {
  return {{"NonMaxSuppression", 10, non_max_suppression}, {"RoiAlign", 10, roi_align, "the mode avg", {1}}};
}

}  // namespace xtape::onnx::detail
