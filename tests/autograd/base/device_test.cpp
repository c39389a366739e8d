// Devices: their names, and that everything but the CPU is refused where it is asked for.
#include "autograd/base/device.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/support/temporary_files.hpp"
#include "xtape/nn.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_device)

BOOST_AUTO_TEST_CASE(a_device_is_read_from_its_name) {
  BOOST_TEST(Device("cpu").is_cpu());
  BOOST_TEST(Device("cuda").is_cuda());
  BOOST_TEST(Device("cuda:1").index() == 1);
  BOOST_TEST(!Device("cuda").has_index());
  BOOST_TEST((Device(kCPU) == Device("cpu")));
  BOOST_TEST((Device("cuda:0") != Device("cuda:1")));
  for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:1x", "CPU"})
    BOOST_TEST(fails_with([&] { Device device(name); }, "is not a device; expected \"cpu\""), name);
}

BOOST_AUTO_TEST_CASE(a_device_prints_as_its_name) {
  std::ostringstream out;
  out << Device("cuda:1") << " " << Device(kCPU) << " " << kInt16;
  BOOST_TEST(out.str() == "cuda:1 cpu int16");
  BOOST_TEST(fmt::format("{}", Device(kCUDA)) == "cuda");
}

BOOST_AUTO_TEST_CASE(a_program_for_several_devices_takes_its_way_on_the_cpu) {
  const Device device(cuda::is_available() ? kCUDA : kCPU);
  nn::Linear model(3, 2);
  model.to(device);
  const Tensor x = ones({4, 3}, {.dtype = kFloat32, .device = device}).to(device).cpu();
  BOOST_TEST(model(x).shape() == (Shape{4, 2}));
  BOOST_TEST(x.device().is_cpu());
  BOOST_TEST(!x.is_cuda());
  BOOST_TEST((x.to(device, kFloat64).dtype() == kFloat64));
  BOOST_TEST(cuda::device_count() == 0);
}

BOOST_AUTO_TEST_CASE(another_device_is_an_error) {
  const Tensor x = ones({2});
  nn::Linear model(3, 2);
  BOOST_TEST(fails_with([&] { x.to(kCUDA); }, "to: asked for the device cuda; tensors live on the CPU"));
  BOOST_TEST(fails_with([&] { x.cuda(); }, "asked for the device cuda"));
  BOOST_TEST(fails_with([&] { model.to(Device("cuda:0")); }, "Module::to: asked for the device cuda:0"));
  BOOST_TEST(fails_with([&] { zeros({2}, {.device = kCUDA}); }, "a new tensor: asked for the device cuda"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
