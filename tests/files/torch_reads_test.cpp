// That torch.load reads what save writes; needs python3-torch, and is passed over without it.
#include <cstdlib>

#include <sys/wait.h>

#include "files/save.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
BOOST_AUTO_TEST_SUITE(files_torch_reads)

BOOST_AUTO_TEST_CASE(torch_load_reads_what_is_saved) {
  const TemporaryFolder folder;
  StateDict dict = every_dtype();
  for (const DType dtype : {kInt8, kInt16, kInt32})
    dict.insert(fmt::format("{}", dtype), tensor({-3, 100}).to(dtype));
  const Tensor tied = tensor({{1.0, 2.0}, {3.0, 4.0}});
  dict.insert("tied.a", tied);
  dict.insert("tied.b", tied.t());
  dict.insert("größe", arange(0, 24).reshape({2, 3, 4}).transpose(0, 2));
  for (int i = 0; i < 300; ++i) dict.insert(fmt::format("many.{}", i), full({1}, i));  // a memo of four bytes
  save(dict, folder / "m.pt");
  save(dict, folder / "m.npz");
  save(tied.t(), folder / "alone.pt");

  const std::string command = XTAPE_TEST_DATA "/files/torch_reads.py " + folder.path().string();
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    BOOST_TEST_MESSAGE("PyTorch is not installed: nothing was checked");
    return;
  }
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
