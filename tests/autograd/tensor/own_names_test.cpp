// A program that opens the namespace and gives its own things the names of the library's machinery. An
// ambiguous name does not compile.
#include <boost/test/unit_test.hpp>
#include <type_traits>
#include <xtape/xtape.hpp>

using namespace xtape;

struct Attribute {};
struct Attributes {};
struct AttributeValue {};
struct AutogradMeta {};
struct Binary {};
struct Case {};
struct Cases {};
struct CatalogEntry {};
struct Edge {};
struct Hooks {};
struct InputInfo {};
struct Inputs {};
struct IntrusivePtr {};
struct Node {};
struct NodePtr {};
struct Op {};
struct OpCase {};
struct Operand {};
struct Outputs {};
struct Pooled {};
struct Reads {};
struct RecordedNode {};
struct RefCount {};
struct Saved {};
struct Slots {};
struct Storage {};
struct StoragePtr {};
struct Tape {};
struct TensorImpl {};
struct Unary {};
struct ViewKind {};
struct Watch {};
struct Wrt {};

namespace mutation {}
namespace pool {}
namespace kernels {}

inline int visit(int x) { return x; }
inline int convert(int x) { return x; }
inline int has(int x) { return x; }

namespace {

template <class... T>
constexpr bool are_empty = (std::is_empty_v<T> && ...);
static_assert(are_empty<Attribute, Attributes, AttributeValue, AutogradMeta, Binary, Case, Cases,
                        CatalogEntry, Edge, Hooks, InputInfo, Inputs, IntrusivePtr, Node, NodePtr, Op, OpCase,
                        Operand, Outputs, Pooled, Reads, RecordedNode, RefCount, Saved, Slots, Storage,
                        StoragePtr, Tape, TensorImpl, Unary, ViewKind, Watch, Wrt>);

}  // namespace

using namespace mutation;
using namespace pool;
using namespace kernels;

BOOST_AUTO_TEST_SUITE(autograd_own_names)

BOOST_AUTO_TEST_CASE(the_machinery_leaves_its_names_to_the_program) {
  BOOST_TEST(visit(1) + convert(2) + has(3) == 6);
  BOOST_TEST(sum(ones({2, 3})).item() == 6);
}

BOOST_AUTO_TEST_SUITE_END()
