// PNG files: read back by libpng, pixel by pixel.
#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "autograd/ops/create.hpp"
#include "autograd/ops/shape.hpp"
#include "pictures/detail/font.hpp"
#include "pictures/pictures.hpp"
#include "tests/pictures/read_png.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using pictures::save_image_grid;
using pictures::save_png;

namespace {

constexpr Pixel kWhite = {255, 255, 255};

/// Where a text was drawn: the number of dark pixels in an area.
int dark(const Picture& picture, std::int64_t left, std::int64_t top, std::int64_t right,
         std::int64_t bottom) {
  int count = 0;
  for (std::int64_t y = top; y < bottom; ++y) {
    for (std::int64_t x = left; x < right; ++x) count += picture.at(x, y) == Pixel{40, 40, 40};
  }
  return count;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pictures_images)

BOOST_AUTO_TEST_CASE(bytes_are_written_as_they_are) {
  TemporaryFolder folder;
  const std::string path = (folder / "grey.png").string();
  const Tensor grey = tensor({{0, 1, 128}, {254, 255, 7}}, {.dtype = kUInt8});
  for (const Tensor& image : {grey, grey.reshape({1, 2, 3}), grey.t().contiguous().t()}) {
    save_png(path, image);
    const Picture read = read_png(path);
    BOOST_TEST((read.width == 3 && read.height == 2 && read.is_grey));
    BOOST_TEST((read.at(0, 0) == Pixel{0, 0, 0} && read.at(1, 0) == Pixel{1, 1, 1} &&
                read.at(2, 0) == Pixel{128, 128, 128}));
    BOOST_TEST((read.at(0, 1) == Pixel{254, 254, 254} && read.at(2, 1) == Pixel{7, 7, 7}));
  }
}

BOOST_AUTO_TEST_CASE(colours_are_red_green_blue) {
  TemporaryFolder folder;
  const std::string path = (folder / "colour.png").string();
  save_png(path, arange(1, 13).reshape({3, 2, 2}).to(kUInt8));
  const Picture read = read_png(path);
  BOOST_TEST(!read.is_grey);
  BOOST_TEST((read.at(0, 0) == Pixel{1, 5, 9}));
  BOOST_TEST((read.at(1, 0) == Pixel{2, 6, 10}));
  BOOST_TEST((read.at(1, 1) == Pixel{4, 8, 12}));
}

BOOST_AUTO_TEST_CASE(floats_of_0_to_1_are_rounded_and_clamped) {
  TemporaryFolder folder;
  const std::string path = (folder / "float.png").string();
  const Tensor image = tensor({{0.0, 1.0, 0.5, 128 / 255.0}, {-3.0, 7.0, NAN, 0.0019}});
  for (DType dtype : {kFloat32, kFloat64}) {
    save_png(path, image.to(dtype).requires_grad_());
    const Picture read = read_png(path);
    std::vector<int> values;
    for (std::int64_t i = 0; i < 8; ++i) values.push_back(read.at(i % 4, i / 4)[0]);
    BOOST_TEST(values == (std::vector<int>{0, 255, 128, 128, 0, 255, 0, 0}));
  }
}

BOOST_AUTO_TEST_CASE(a_grid_places_images_row_by_row) {
  TemporaryFolder folder;
  const std::string path = (folder / "grid.png").string();
  Tensor images = zeros({5, 1, 2, 3}, {.dtype = kUInt8});
  for (std::int64_t n = 0; n < 5; ++n)
    images.data<std::uint8_t>()[n * 6 + 5] = static_cast<std::uint8_t>(10 * (n + 1));
  save_image_grid(path, images, {.columns = 3, .scale = 4, .padding = 1});
  const Picture read = read_png(path);
  BOOST_TEST((read.width == 3 * (12 + 1) + 1 && read.height == 2 * (8 + 1) + 1));
  for (std::int64_t n = 0; n < 6; ++n) {
    const std::int64_t x = 1 + n % 3 * 13, y = 1 + n / 3 * 9;
    BOOST_TEST((read.at(x - 1, y) == kWhite && read.at(x, y - 1) == kWhite));
    const int last = static_cast<int>(10 * (n + 1));
    BOOST_TEST((read.at(x, y) == (n < 5 ? Pixel{0, 0, 0} : kWhite)));
    BOOST_TEST((read.at(x + 7, y + 7) == (n < 5 ? Pixel{0, 0, 0} : kWhite)));
    BOOST_TEST(
        (read.at(x + 8, y + 4) == (n < 5 ? Pixel{last, last, last} : kWhite)));  // 4 x 4 of the last pixel
    BOOST_TEST((read.at(x + 11, y + 7) == (n < 5 ? Pixel{last, last, last} : kWhite)));
  }
}

BOOST_AUTO_TEST_CASE(a_grid_of_colours_and_of_fewer_images_than_columns) {
  TemporaryFolder folder;
  const std::string path = (folder / "grid.png").string();
  const Tensor images = tensor({1.0, 0.0, 0.2, 0.4, 0.6, 0.8}).reshape({2, 3, 1, 1});
  save_image_grid(path, images, {.scale = 1, .padding = 0});
  const Picture read = read_png(path);
  BOOST_TEST((read.width == 2 && read.height == 1));
  BOOST_TEST((read.at(0, 0) == Pixel{255, 0, 51} && read.at(1, 0) == Pixel{102, 153, 204}));
}

BOOST_AUTO_TEST_CASE(marks_are_frames_of_green_and_red_around_the_image) {
  TemporaryFolder folder;
  const std::string path = (folder / "marks.png").string();
  save_image_grid(path, zeros({2, 1, 4, 4}), {.scale = 3, .padding = 2, .marks = {true, false}});
  const Picture read = read_png(path);
  BOOST_TEST((read.width == 2 * (12 + 8 + 2) + 2 && read.height == 12 + 8 + 4));
  for (std::int64_t n : {0, 1}) {
    const std::int64_t x = 2 + n * 22, y = 2;
    for (std::int64_t i = 0; i < 20; ++i) {  // all four sides, two pixels wide
      for (const Pixel& pixel : {read.at(x + i, y), read.at(x + i, y + 1), read.at(x + i, y + 19),
                                 read.at(x, y + i), read.at(x + 18, y + i), read.at(x + 19, y + i)}) {
        BOOST_TEST((n == 0 ? pixel[1] > 150 && pixel[0] < 50 : pixel[0] > 200 && pixel[1] < 50));
      }
    }
    BOOST_TEST((read.at(x + 2, y + 2) == kWhite && read.at(x + 3, y + 16) == kWhite));
    BOOST_TEST((read.at(x + 4, y + 4) == Pixel{0, 0, 0} && read.at(x + 15, y + 15) == Pixel{0, 0, 0}));
  }
}

BOOST_AUTO_TEST_CASE(labels_stand_below_their_images_and_are_cut_to_fit) {
  TemporaryFolder folder;
  const std::string path = (folder / "labels.png").string();
  const std::string longer = "a label that is much longer than its image";
  save_image_grid(path, ones({3, 1, 10, 10}),
                  {.labels = {"7", "", longer}, .padding = 4});  // 20 pixels a side
  const Picture read = read_png(path);
  BOOST_TEST((read.width == 3 * 24 + 4 && read.height == 20 + 12 + 2 * 4));
  BOOST_TEST(dark(read, 0, 0, read.width, 4 + 20) == 0);
  BOOST_TEST(dark(read, 4, 24, 24, 36) == 10);          // the pixels of the font's 7
  BOOST_TEST(dark(read, 4 + 8, 24, 4 + 12, 36) == 10);  // four pixels wide, in the middle of twenty
  BOOST_TEST(dark(read, 28, 24, 48, 36) == 0);
  BOOST_TEST(dark(read, 52, 24, 72, 36) > 10);
  BOOST_TEST(dark(read, 72, 24, 76, 36) == 0);

  save_image_grid(path, ones({1, 1, 10, 10}),
                  {.labels = {"7"}, .scale = 4, .padding = 0});  // text grows with images
  BOOST_TEST(dark(read_png(path), 0, 40, 40, 64) == 40);
}

BOOST_AUTO_TEST_CASE(the_font_has_every_printable_character_once) {
  using pictures::detail::cut_to;
  using pictures::detail::glyph;
  using pictures::detail::text_width;
  std::set<std::pair<int, std::array<std::uint8_t, 9>>> shapes;
  for (char c = ' '; c <= '~'; ++c) {
    const auto& shape = glyph(c);
    BOOST_TEST((shape.width >= 1 && shape.width <= 5));
    for (std::uint8_t row : shape.rows) BOOST_TEST(row < (1 << shape.width));
    shapes.insert({shape.width, shape.rows});
  }
  BOOST_TEST(shapes.size() >= 93u);  // a few of the narrowest may look alike
  for (char c : {'\0', '\n', '\x7f', '\x80', '\xff'}) BOOST_TEST((glyph(c).rows == glyph('?').rows));
  BOOST_TEST(text_width("") == 0);
  BOOST_TEST(text_width("77") == 9);
  BOOST_TEST(cut_to("777", 14) == "777");
  BOOST_TEST(cut_to("777", 13) == "77");
  BOOST_TEST(cut_to("777", 3) == "");
  for (const char* name : {"T-shirt/top", "Ankle boot", "automobile"}) BOOST_TEST(text_width(name) <= 56);
}

BOOST_AUTO_TEST_CASE(what_is_no_image_is_refused_by_the_name_of_the_file) {
  TemporaryFolder folder;
  const std::string path = (folder / "x.png").string();
  const auto says = [&](const std::string& text) { return path + ": " + text; };
  BOOST_TEST(fails_with(
      [&] {
        save_png(path, zeros({2, 4, 4}));
      },
      says("an image of shape {2, 4, 4}; expected {H, W}")));
  BOOST_TEST(fails_with([&] { save_png(path, zeros({4})); }, says("an image of shape {4}")));
  BOOST_TEST(fails_with([&] { save_png(path, zeros({0, 4})); }, says("an image of shape {0, 4}")));
  BOOST_TEST(fails_with([&] { save_png(path, Tensor{}); }, says("an image of shape {}")));
  BOOST_TEST(fails_with(
      [&] {
        save_png(path, zeros({4, 4}, {.dtype = kInt64}));
      },
      says("an image of int64; expected uint8")));
  BOOST_TEST(fails_with(
      [&] {
        save_png((folder / "x.jpg").string(), zeros({4, 4}));
      },
      "ends in '.jpg'; expected .png"));
  BOOST_TEST(fails_with(
      [&] {
        save_png(path, zeros({1, 1}).expand({1, 1'000'001}));
      },
      says("a picture of 1000001 x 1 pixels is too large")));
  const Tensor images = zeros({2, 1, 4, 4});
  BOOST_TEST(fails_with(
      [&] {
        save_image_grid(path, zeros({2, 2, 4, 4}));
      },
      says("images of shape {2, 2, 4, 4}; expected")));
  BOOST_TEST(fails_with(
      [&] {
        save_image_grid(path, zeros({0, 1, 4, 4}));
      },
      says("images of shape {0, 1, 4, 4}")));
  BOOST_TEST(
      fails_with([&] { save_image_grid(path, images, {.labels = {"1"}}); }, says("1 labels for 2 images")));
  BOOST_TEST(fails_with(
      [&] {
        save_image_grid(path, images, {.marks = {true, true, true}});
      },
      says("3 marks for 2 images")));
  BOOST_TEST(fails_with([&] { save_image_grid(path, images, {.columns = 0}); },
                        says("0 columns, scale 2, padding 2; expected")));
  BOOST_TEST(fails_with([&] { save_image_grid(path, images, {.scale = 100'000}); }, "pixels is too large"));
  BOOST_TEST(fails_with([&] { save_image_grid(path, images, {.scale = INT64_MAX}); }, "are too large"));
  BOOST_TEST(fails_with([&] { save_image_grid(path, images, {.padding = INT64_MAX}); }, "are too large"));
  BOOST_TEST(names_in(folder).empty());
}

BOOST_AUTO_TEST_CASE(a_picture_replaces_its_predecessor_or_leaves_it) {
  TemporaryFolder folder;
  const fs::path path = folder / "x.png";
  save_png(path.string(), zeros({1, 1}));
  save_png(path.string(), ones({1, 1}));
  BOOST_TEST((read_png(path).at(0, 0) == kWhite));
  BOOST_TEST(fails_with([&] { save_png(path.string(), zeros({5})); }, "an image of shape {5}"));
  BOOST_TEST((read_png(path).at(0, 0) == kWhite));
  fs::create_directory(folder / "folder.png");
  fs::create_symlink(path, folder / "link.png");
  save_png((folder / "link.png").string(), zeros({1, 1}));
  BOOST_TEST(fs::is_symlink(folder / "link.png"));
  BOOST_TEST((read_png(path).at(0, 0) == Pixel{0, 0, 0}));

  const std::string missing = (folder / "none" / "x.png").string();
  BOOST_TEST(fails_with(
      [&] {
        save_png(missing, zeros({1, 1}));
      },
      missing + ": cannot be written: No such file or directory"));
  BOOST_TEST(fails_with(
      [&] {
        save_png((folder / "folder.png").string(), zeros({1, 1}));
      },
      "cannot be written: is a directory"));
  BOOST_TEST((names_in(folder) == std::set<std::string>{"x.png", "folder.png", "link.png"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
