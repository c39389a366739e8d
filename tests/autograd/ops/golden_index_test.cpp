// Indexing, masks, scattering and searching against PyTorch's values and gradients in tests/golden/indexing.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "autograd/tensor/results.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

/// One number, or none, of "1:3:2".
SliceBound bound_of(const std::string& text) {
  if (text.empty()) return None;
  return std::stoll(text);
}

TensorIndex slice_of(const std::string& text) {
  std::vector<SliceBound> bounds;
  std::istringstream words(text + ":");
  for (std::string word; std::getline(words, word, ':');) bounds.push_back(bound_of(word));
  bounds.resize(3, None);
  return Slice(bounds[0], bounds[1], bounds[2]);
}

/// The indices of "1:3, ..., None, -1, true, tensor"; the tensors are inputs from the second on.
std::vector<TensorIndex> indices_of(const std::string& text, const Tensors& x) {
  std::vector<TensorIndex> indices;
  std::size_t next = 1;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    word.erase(0, word.find_first_not_of(' '));
    if (word == "tensor") {
      indices.emplace_back(x[next++]);
    } else if (word == "...") {
      indices.emplace_back(Ellipsis);
    } else if (word == "None") {
      indices.emplace_back(None);
    } else if (word == "true" || word == "false") {
      indices.emplace_back(word == "true");
    } else if (word.find(':') != std::string::npos) {
      indices.push_back(slice_of(word));
    } else {
      indices.emplace_back(std::stoll(word));
    }
  }
  return indices;
}

template <class F>
Function of(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors { return {f(x, args)}; };
}

/// x written in place is what the function gives of it.
template <class F>
Function both_ways(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    const Tensor y = f(x[0], x, args, false);
    const Tensor copy = x[0] * 1;
    f(copy, x, args, true);
    BOOST_TEST(difference(copy.detach(), y.detach()) == "");
    return {args.empty() || x[0].numel() % 2 == 0 ? copy : y};
  };
}

Tensors all_of(const UniqueResult& unique) { return {unique.output, unique.inverse_indices, unique.counts}; }

Table reads() {
  return {
      {"index", of([](const Tensors& x, const Args& args) {
         return x[0].index(indices_of(args.text("indices", ""), x));
       })},
      {"take", of([](const Tensors& x, const Args&) { return take(x[0], x[1]); })},
      {"take_along_dim", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? take_along_dim(x[0], x[1], args.integer("dim"))
                                : take_along_dim(x[0], x[1]);
       })},
      {"masked_select", of([](const Tensors& x, const Args&) { return masked_select(x[0], x[1]); })},
      {"nonzero", of([](const Tensors& x, const Args&) { return nonzero(x[0]); })},
      {"where_condition", [](const Tensors& x, const Args&) { return where(x[0]); }},
  };
}

Table writes() {
  return {
      {"index_put", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         const std::vector<TensorIndex> indices = indices_of(args.text("indices", ""), x);
         const bool accumulate = args.flag("accumulate");
         return in_place ? to.index_put_(indices, x.back(), accumulate)
                         : index_put(to, indices, x.back(), accumulate);
       })},
      {"index_add", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         const Scalar alpha = args.has("alpha") ? args.number("alpha") : Scalar(1);
         return in_place ? to.index_add_(args.integer("dim"), x[1], x[2], alpha)
                         : index_add(to, args.integer("dim"), x[1], x[2], alpha);
       })},
      {"index_copy", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         return in_place ? to.index_copy_(args.integer("dim"), x[1], x[2])
                         : index_copy(to, args.integer("dim"), x[1], x[2]);
       })},
      {"index_fill", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         return in_place ? to.index_fill_(args.integer("dim"), x[1], args.number("value"))
                         : index_fill(to, args.integer("dim"), x[1], args.number("value"));
       })},
      {"put", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         return in_place ? to.put_(x[1], x[2], args.flag("accumulate"))
                         : put(to, x[1], x[2], args.flag("accumulate"));
       })},
      {"scatter", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         const Dim dim = args.integer("dim");
         if (args.has("value"))
           return in_place ? to.scatter_(dim, x[1], args.number("value"))
                           : scatter(to, dim, x[1], args.number("value"));
         return in_place ? to.scatter_(dim, x[1], x[2]) : scatter(to, dim, x[1], x[2]);
       })},
      {"scatter_add", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         return in_place ? to.scatter_add_(args.integer("dim"), x[1], x[2])
                         : scatter_add(to, args.integer("dim"), x[1], x[2]);
       })},
      {"scatter_reduce", both_ways([](const Tensor& to, const Tensors& x, const Args& args, bool in_place) {
         const std::string reduce = args.text("reduce", "");
         const ScatterReduceOptions options{.include_self = args.flag("include_self")};
         return in_place ? to.scatter_reduce_(args.integer("dim"), x[1], x[2], reduce, options)
                         : scatter_reduce(to, args.integer("dim"), x[1], x[2], reduce, options);
       })},
      {"masked_scatter", both_ways([](const Tensor& to, const Tensors& x, const Args&, bool in_place) {
         return in_place ? to.masked_scatter_(x[1], x[2]) : masked_scatter(to, x[1], x[2]);
       })},
  };
}

Table searches() {
  const auto dim_of = [](const Args& args) {
    return args.has("dim") ? std::optional<Dim>(args.integer("dim")) : std::nullopt;
  };
  return {
      {"unique",
       [=](const Tensors& x, const Args& args) {
         return all_of(unique(x[0], {.return_inverse = true, .return_counts = true, .dim = dim_of(args)}));
       }},
      {"unique_consecutive",
       [=](const Tensors& x, const Args& args) {
         return all_of(
             unique_consecutive(x[0], {.return_inverse = true, .return_counts = true, .dim = dim_of(args)}));
       }},
      {"bincount", of([](const Tensors& x, const Args& args) {
         return bincount(x[0], x.size() > 1 ? x[1] : Tensor(), args.integer("minlength", 0));
       })},
      {"searchsorted", of([](const Tensors& x, const Args& args) {
         return searchsorted(x[0], x[1], {.right = args.flag("right")});
       })},
      {"bucketize", of([](const Tensors& x, const Args& args) {
         return bucketize(x[0], x[1], {.right = args.flag("right")});
       })},
  };
}

Table indexing() {
  Table table;
  for (Table part : {reads(), writes(), searches()}) table.merge(part);
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_index)
const RegisterTests register_tests("indexing", indexing());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
