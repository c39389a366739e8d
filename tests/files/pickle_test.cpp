// The machine of pickles alone.
#include "files/detail/pickle.hpp"
#include "files/detail/pickle_ops.hpp"
#include "files/detail/pickle_writer.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

using detail::Pickle;
using detail::PickleValue;
using Kind = PickleValue::Kind;

std::optional<std::int64_t> find_global(std::string_view name) {
  if (name == "a.b") return 7;
  return {};
}

Pickle read(const std::string& bytes) { return Pickle(bytes, find_global, "x.pkl"); }

std::int64_t integer(const std::string& bytes) {
  const PickleValue value = read(bytes).root();
  BOOST_TEST(value.is(Kind::integer));
  return value.integer;
}

void expect_refused(const std::string& bytes, const std::string& fault) {
  BOOST_TEST(fails_with([&] { read(bytes); }, "x.pkl: cannot read the pickle, byte "));
  BOOST_TEST(fails_with([&] { read(bytes); }, fault));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_pickle)

BOOST_AUTO_TEST_CASE(integers_of_every_instruction) {
  using namespace std::string_literals;
  BOOST_TEST(integer("K\xff.") == 255);
  BOOST_TEST(integer("M\xff\xff.") == 65535);
  BOOST_TEST(integer("J\xfe\xff\xff\xff.") == -2);
  BOOST_TEST(integer("\x8a\0."s) == 0);
  BOOST_TEST(integer("\x8a\x01\xff.") == -1);
  BOOST_TEST(integer("\x8a\x03\x01\x02\x03.") == 0x030201);
  BOOST_TEST(integer("\x8a\x08\0\0\0\0\0\0\0\x80."s) == INT64_MIN);
  BOOST_TEST(integer("\x8b\x02\0\0\0\x00\x01."s) == 256);
  BOOST_TEST(integer("I-12\n.") == -12);
  BOOST_TEST(integer("L9223372036854775807L\n.") == INT64_MAX);
  BOOST_TEST(read("\x8a\x09\0\0\0\0\0\0\0\0\x01."s).root().is(Kind::large_integer));
  BOOST_TEST(read("L9223372036854775808L\n.").root().is(Kind::large_integer));
  BOOST_TEST(read("I01\n.").root().is(Kind::boolean));
  BOOST_TEST(read("\x88.").root().integer == 1);
}

BOOST_AUTO_TEST_CASE(floats_stand_highest_byte_first) {
  const PickleValue value = read(std::string("G\x3f\xf8\0\0\0\0\0\0.", 10)).root();
  BOOST_TEST(value.is(Kind::real));
  BOOST_TEST(value.real == 1.5);
}

BOOST_AUTO_TEST_CASE(texts_of_every_instruction) {
  using namespace std::string_literals;
  const auto expect_text = [](const std::string& bytes, Kind kind) {
    const PickleValue value = read(bytes).root();
    BOOST_TEST(value.is(kind));
    BOOST_TEST(value.text() == "ab");
  };
  expect_text("X\2\0\0\0ab."s, Kind::text);
  expect_text("T\2\0\0\0ab."s, Kind::text);
  expect_text("U\2ab.", Kind::text);
  expect_text("\x8c\2ab.", Kind::text);
  expect_text("\x8d\2\0\0\0\0\0\0\0ab."s, Kind::text);
  expect_text("C\2ab.", Kind::bytes);
  expect_text("B\2\0\0\0ab."s, Kind::bytes);
  expect_text("\x8e\2\0\0\0\0\0\0\0ab."s, Kind::bytes);
}

BOOST_AUTO_TEST_CASE(containers_are_made_and_filled) {
  const auto items = [](const std::string& bytes, Kind kind) {
    const Pickle pickle = read(bytes);
    BOOST_TEST(pickle.root().is(kind));
    return pickle.root().node->items.size();
  };
  BOOST_TEST(items("].", Kind::list) == 0u);
  BOOST_TEST(items("]K\1a(K\1K\2e.", Kind::list) == 3u);
  BOOST_TEST(items("(K\1K\2l.", Kind::list) == 2u);
  BOOST_TEST(items("K\1K\2K\3\x87.", Kind::tuple) == 3u);
  BOOST_TEST(items("K\1K\2\x86.", Kind::tuple) == 2u);
  BOOST_TEST(items("(K\1K\2K\3K\4t.", Kind::tuple) == 4u);
  BOOST_TEST(items("}K\1K\2s(K\3K\4u.", Kind::dict) == 4u);
  BOOST_TEST(items("(K\1K\2d.", Kind::dict) == 2u);
  BOOST_TEST(items("\x8f(K\1\x90.", Kind::set) == 1u);
  BOOST_TEST(items("(K\1\x91.", Kind::set) == 1u);
}

BOOST_AUTO_TEST_CASE(calls_keep_what_they_are_made_of) {
  const Pickle pickle = read("ca\nb\n(K\1tR}b(K\4K\5u.");
  const PickleValue& root = pickle.root();
  BOOST_TEST(root.is(Kind::call));
  BOOST_TEST(root.node->parts.size() == 3u);
  BOOST_TEST(root.node->parts[0].integer == 7);
  BOOST_TEST(root.node->parts[1].node->items.size() == 1u);
  BOOST_TEST(root.node->items.size() == 2u);
  BOOST_TEST(read("K\1Q.").persistents().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_memo_and_the_stack) {
  BOOST_TEST(integer("K\5q\3K\1h\3.") == 5);
  BOOST_TEST(integer(std::string("K\5r\0\0\1\0K\1j\0\0\1\0.", 15)) == 5);
  BOOST_TEST(integer("K\5\x94K\6\x94h\1.") == 6);
  BOOST_TEST(integer("K\5K\6"
                     "0.") == 5);
  BOOST_TEST(integer("K\5(K\6"
                     "1.") == 5);
  BOOST_TEST(integer(std::string("\x80\4\x95\2\0\0\0\0\0\0\0K\5.", 14)) == 5);
  BOOST_TEST(read("K\5.K\6.").size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_refused) {
  expect_refused("", "it ends early");
  expect_refused("K\1", "it ends early");
  expect_refused(".", "the stack is empty");
  expect_refused("K\1(.", "the stack is empty");
  expect_refused("K\1(\x85.", "the stack is empty");
  expect_refused("t.", "there is no mark");
  expect_refused("X\xff\xff\xff\xff.", "it ends early");
  expect_refused("\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "it ends early");
  expect_refused("ca\nb", "a line does not end");
  expect_refused("Iabc\n.", "an integer is not a number");
  expect_refused("I\n.", "an integer is not a number");
  expect_refused("h\1.", "the memo has no such entry");
  expect_refused("(K\1u.", "a key has no value");
  expect_refused("}(K\1u.", "a key has no value");
  expect_refused("K\1K\2a.", "elements are added to what cannot have them");
  expect_refused(")K\2a.", "elements are added to what cannot have them");
  expect_refused("K\1)R.", "a call is not one of a global");
  expect_refused("ca\nb\nK\1R.", "a call is not one of a global");
  expect_refused("}}b.", "a state is given to what has none");
  expect_refused("K\1K\2\x93.", "a global is named by what is not a text");
  expect_refused("\x80\6N.", "its protocol is none of 0 to 5");
}

BOOST_AUTO_TEST_CASE(instructions_that_make_objects_are_refused) {
  for (const char op :
       {'i', 'o', 'P', 'S', 'V', 'F', 'g', 'p', '2', '\x82', '\x83', '\x84', '\x92', '\x96', '\xff'})
    expect_refused(std::string(1, op) + "a\nb\n.", "is not one that tensors are written with");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  detail::PickleWriter writer;
  const std::vector<std::int64_t> numbers{0,  255,      256, 65535, 65536, INT32_MAX, std::int64_t{1} << 31,
                                          -1, INT64_MIN};
  writer.op(detail::pickle_op::MARK);
  for (const std::int64_t number : numbers) writer.integer(number);
  for (int i = 0; i < 600; ++i) writer.text(std::to_string(i % 300));  // more than the short memo holds
  writer.global("a", "b");
  writer.global("a", "b");
  writer.op(detail::pickle_op::LIST);
  const std::string bytes = writer.finish();
  const Pickle pickle(bytes, find_global, "x.pkl");
  const std::vector<PickleValue>& items = pickle.root().node->items;
  BOOST_TEST_REQUIRE(items.size() == numbers.size() + 602);
  for (std::size_t i = 0; i < numbers.size(); ++i) BOOST_TEST(items[i].integer == numbers[i]);
  for (std::size_t i = 0; i < 600; ++i)
    BOOST_TEST(items[numbers.size() + i].text() == std::to_string(i % 300));
  BOOST_TEST(items.back().integer == 7);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
