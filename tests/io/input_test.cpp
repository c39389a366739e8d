// Inputs: files, memory and gzip give the same bytes, and gzip no more of them than is allowed.
#include "io/input.hpp"

#include "io/gzip.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {
namespace {

io::MemoryInput memory(const Bytes& bytes) { return {"memory", std::as_bytes(std::span(bytes))}; }

Bytes all_of(const Bytes& packed, std::optional<std::uint64_t> max_bytes = {}) {
  io::MemoryInput input = memory(packed);
  return io::GzipInput(input, max_bytes).read_up_to(std::uint64_t{1} << 40);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_input)

BOOST_AUTO_TEST_CASE(plain_gzip_and_several_members_give_their_bytes) {
  const Bytes bytes = idx_images(200);
  Bytes twice = gzip(bytes), both = bytes;
  append(twice, gzip(bytes));
  append(both, bytes);
  BOOST_TEST((all_of(bytes) == bytes));
  BOOST_TEST((all_of(gzip(bytes)) == bytes));
  BOOST_TEST((all_of(twice) == both));
  twice.resize(twice.size() + 1000);  // zeros, as on tapes
  BOOST_TEST((all_of(twice) == both));
  BOOST_TEST((all_of({}) == Bytes{}));
  BOOST_TEST((all_of(gzip({})) == Bytes{}));
  twice.push_back('x');
  BOOST_TEST(fails_with([&] { all_of(twice); }, "memory: corrupt gzip: trailing bytes behind its end"));
}

BOOST_AUTO_TEST_CASE(gzip_unpacks_to_what_is_allowed_and_no_more) {
  const Bytes bomb = gzip(Bytes(300 << 20));  // 1000 times its size
  BOOST_TEST(
      fails_with([&] { all_of(bomb); }, "memory: unpacks to more than the 268435456 bytes allowed for"));
  BOOST_TEST(fails_with([&] { all_of(gzip(Bytes(100)), 99); }, "more than the 99 bytes"));
  BOOST_TEST(all_of(gzip(Bytes(100)), 100).size() == 100u);
  BOOST_TEST(io::unpack_limit(100 << 20, {}) == std::uint64_t{6400} << 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
