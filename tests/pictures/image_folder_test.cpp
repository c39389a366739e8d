// PNG files as tensors and as datasets, written by this library and by hand.
#include "pictures/image_folder.hpp"

#include <png.h>

#include <filesystem>

#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "pictures/pictures.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

namespace {

/// A file in one of libpng's formats.
void write_png(const fs::path& path, std::uint32_t width, std::uint32_t height, std::uint32_t format,
               const void* pixels) {
  fs::create_directories(path.parent_path());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  BOOST_REQUIRE(png_image_write_to_file(&image, path.c_str(), 0, pixels, 0, nullptr) != 0);
}

void write_grey(const fs::path& path, const Tensor& image) {
  fs::create_directories(path.parent_path());
  pictures::save_png(path.string(), image);
}

Tensor ramp(std::int64_t height, std::int64_t width) {
  return arange(0, height * width).reshape({1, height, width}).to(kUInt8);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pictures_image_folder, TemporaryFolder)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  const Tensor grey = ramp(3, 5), colour = arange(0, 2 * 4 * 3).reshape({3, 2, 4}).to(kUInt8);
  pictures::save_png((path() / "grey.png").string(), grey);
  pictures::save_png((path() / "colour.png").string(), colour);
  BOOST_TEST(pictures::load_png(path() / "grey.png").equal(grey));
  BOOST_TEST(pictures::load_png(path() / "colour.png").equal(colour));
  const Tensor as_colour = pictures::load_png(path() / "grey.png", {.channels = 3});
  for (std::int64_t c = 0; c < 3; ++c) BOOST_TEST(as_colour[c].equal(grey[0]));
  BOOST_TEST((pictures::load_png(path() / "colour.png", {.channels = 1}).shape() == Shape{1, 2, 4}));
}

BOOST_AUTO_TEST_CASE(opacity_changes_no_colour_and_sixteen_bits_become_eight) {
  const std::uint8_t pixels[] = {200, 100, 50, 0, 10, 20, 30, 128};
  write_png(path() / "a.png", 2, 1, PNG_FORMAT_RGBA, pixels);
  BOOST_TEST(
      pictures::load_png(path() / "a.png").equal(tensor({{{200, 10}}, {{100, 20}}, {{50, 30}}}).to(kUInt8)));
  const std::uint16_t deep[] = {0, 65535};
  write_png(path() / "b.png", 2, 1, PNG_FORMAT_LINEAR_Y, deep);
  BOOST_TEST(pictures::load_png(path() / "b.png").equal(tensor({{{0, 255}}}).to(kUInt8)));
}

BOOST_AUTO_TEST_CASE(images_are_resized_by_means_or_between_neighbours) {
  pictures::save_png((path() / "a.png").string(),
                     tensor({{{0, 10, 100, 101}, {20, 30, 102, 103}}}).to(kUInt8));
  BOOST_TEST(pictures::load_png(path() / "a.png", {.size = {1, 2}}).equal(tensor({{{15, 102}}}).to(kUInt8)));
  const Tensor larger = pictures::load_png(path() / "a.png", {.size = {4, 8}});
  BOOST_TEST((larger.shape() == Shape{1, 4, 8}));
  BOOST_TEST(larger[0][0][0].item<int>() == 0);
  BOOST_TEST(larger[0][3][7].item<int>() == 103);
}

BOOST_AUTO_TEST_CASE(a_folder_of_folders_is_a_data_set) {
  write_grey(path() / "dog" / "2.png", ramp(4, 4));
  write_grey(path() / "cat" / "b.PNG.png", ramp(4, 4) + 1);
  write_grey(path() / "cat" / "a" / "z.png", ramp(4, 4) + 2);
  write_file(path() / "cat" / "notes.txt", {1});
  const pictures::ImageFolder data(path(), {.channels = 1});
  BOOST_TEST((data.classes() == std::vector<std::string>{"cat", "dog"}));
  BOOST_TEST((data.labels().to_vector<int>() == std::vector<int>{0, 0, 1}));
  BOOST_TEST((data.images().shape() == Shape{3, 1, 4, 4}));
  BOOST_TEST(data.images()[0][0][0][0].item<int>() == 2);  // a/z.png
  const auto [x, y] = *datasets::DataLoader(data, {.batch_size = 3}).begin();
  BOOST_TEST(x.dtype() == kFloat32);
  BOOST_TEST(x[2][0][3][3].item() == 15.0 / 255, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
  const auto folder = [&] { return pictures::ImageFolder(path()); };
  BOOST_TEST(
      fails_with([&] { pictures::ImageFolder(path() / "absent"); }, "absent: cannot be read: No such file"));
  BOOST_TEST(fails_with(folder, ": no classes; expected a folder for each"));
  fs::create_directories(path() / "cat");
  BOOST_TEST(fails_with(folder, "cat: no .png files"));
  write_grey(path() / "cat" / "1.png", ramp(4, 4));
  write_grey(path() / "cat" / "2.png", ramp(4, 5));
  BOOST_TEST(fails_with(folder, "2.png: 4 x 5 pixels, but the first image has 4 x 4; set .size"));
  BOOST_TEST((pictures::ImageFolder(path(), {.size = {2, 2}}).images().shape() == Shape{2, 3, 2, 2}));
  fs::remove(path() / "cat" / "2.png");
  write_file(path() / "cat" / "3.png", {1, 2, 3});
  BOOST_TEST(fails_with(folder, "3.png: cannot be read as PNG: "));
  BOOST_TEST(fails_with([&] { pictures::load_png(path() / "cat" / "1.png", {.channels = 2}); },
                        "load_png: channels is 2; expected 0, 1 or 3"));
  BOOST_TEST(fails_with([&] { pictures::ImageFolder(path(), {.size = {3}}); },
                        "ImageFolder: size is {3}; expected {height, width}"));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_errors_wherever_they_end) {
  pictures::save_png((path() / "a.png").string(), ramp(9, 7));
  const std::string bytes = io::read_bytes(path() / "a.png");
  for (std::size_t end = 0; end < bytes.size() - 12; ++end) {  // libpng does without the last chunk
    const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end));
    BOOST_TEST(fails_with([&] { pictures::load_png(part); }, "memory: "), "cut behind byte " << end);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
