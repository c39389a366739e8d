// x.index({...}) by the text that a trace has of its indices: "1:3, ..., None, tensor".
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "onnx/export/detail/forms.hpp"

namespace xtape::onnx::saving {

namespace {

using List = std::vector<std::int64_t>;

std::vector<std::string> split_at(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos;
       begin = end + separator.size())
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

/// The sizes that indices of these broadcast to.
Sizes broadcast(const std::vector<Sizes>& all) {
  Sizes result;
  for (const Sizes& sizes : all) {
    if (sizes.size() > result.size()) result.insert(result.begin(), sizes.size() - result.size(), Size{1, 1});
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      Size& size = result[result.size() - 1 - i];
      if (size == Size{1, 1}) size = sizes[sizes.size() - 1 - i];
    }
  }
  return result;
}

/// Goes through the indices from left to right, as the library does.
class Indexing {
 public:
  explicit Indexing(Call& c) : c_(c), x_(c.in()), dims_(c.dim()) {}

  std::string run() {
    const std::vector<std::string> indices = split_at(c_.word("indices"), ", ");
    std::size_t input = 1;
    int named = 0;
    for (const std::string& index : indices) {
      const bool is_mask = index == "mask";
      if (is_mask)
        named += c_.dim(input);
      else
        named += index != "None" && index != "...";
      input += is_mask || index == "tensor";
    }
    unnamed_ = dims_ - named;
    input = 1;
    for (const std::string& index : indices) {
      if (index == "None")
        add_dim();
      else if (index == "...")
        dim_ += std::exchange(unnamed_, 0);
      else if (index == "tensor" || index == "mask")
        look_up(input++, index == "mask");
      else if (index.find(':') != std::string::npos)
        slice(split_at(index, ":"));
      else
        select(index);
    }
    take_slices();
    return lookups_.empty() ? x_ : looked_up();
  }

 private:
  void add_dim() {
    take_slices();
    x_ = c_.unsqueezed(x_, {dim_++});
    ++dims_;
  }

  void select(const std::string& index) {
    c_.require(index != "true" && index != "false", "a bool as an index has no form");
    take_slices();
    x_ = c_.node("Gather", {x_, c_.constant(full({}, std::int64_t{std::stoll(index)}, {.dtype = kInt64}))},
                 {{"axis", dim_}});
    --dims_;
  }

  void slice(const std::vector<std::string>& bounds) {
    const auto bound = [&](std::size_t i, std::int64_t otherwise) {
      return i >= bounds.size() || bounds[i].empty() ? otherwise : std::int64_t{std::stoll(bounds[i])};
    };
    constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
    const std::int64_t start = bound(0, 0), stop = bound(1, kAll), step = bound(2, 1);
    if (start != 0 || stop != kAll || step != 1) {
      axes_.push_back(dim_);
      starts_.push_back(start);
      stops_.push_back(stop);
      steps_.push_back(step);
    }
    ++dim_;
  }

  /// One node for the slices so far: their axes are still where they were.
  void take_slices() {
    if (axes_.empty()) return;
    x_ = c_.node("Slice", {x_, c_.ints(starts_), c_.ints(stops_), c_.ints(axes_), c_.ints(steps_)});
    for (List* list : {&axes_, &starts_, &stops_, &steps_}) list->clear();
  }

  void look_up(std::size_t input, bool is_mask) {
    take_slices();
    if (!is_mask && c_.dim(input) == 0) {  // as a number does
      x_ = c_.node("Gather", {x_, c_.in(input)}, {{"axis", dim_}});
      --dims_;
      return;
    }
    c_.require(!is_mask || c_.dim(input) == 1 || (c_.dim(input) == dims_ && dim_ == 0),
               "a mask of some dims has no form");
    lookups_.push_back({input, dim_, is_mask});
    dim_ += is_mask ? c_.dim(input) : 1;
  }

  std::string looked_up() {
    const Lookup& first = lookups_[0];
    if (lookups_.size() > 1) return of_several();
    if (!first.is_mask) return c_.node("Gather", {x_, c_.in(first.input)}, {{"axis", first.dim}});
    std::string x = x_, mask = c_.cast(c_.in(first.input), c_.dtype(first.input), kBool);
    if (c_.dim(first.input) == 1) return c_.node("Compress", {x, mask}, {{"axis", first.dim}});
    x = c_.node("Reshape", {x, c_.ints({-1})});
    mask = c_.node("Reshape", {mask, c_.ints({-1})});
    return c_.node("Compress", {x, mask}, {{"axis", std::int64_t{0}}});
  }

  /// GatherND takes indices of the first dims: those that are looked up go there, and come back where they
  /// stood side by side.
  std::string of_several() {
    List order;
    std::vector<Sizes> shapes;
    for (const Lookup& lookup : lookups_) {
      c_.require(!lookup.is_mask, "a mask beside other indices has no form");
      order.push_back(lookup.dim);
      shapes.push_back(c_.sizes(lookup.input));
    }
    const std::int64_t first = order.front();
    const bool side_by_side = order.back() == first + std::ssize(order) - 1;
    for (std::int64_t d = 0; d < dims_; ++d)
      if (std::ranges::find(order, d) == order.end()) order.push_back(d);
    const Sizes shape = broadcast(shapes);
    Names columns;
    for (const Lookup& lookup : lookups_) {
      std::string index = c_.in(lookup.input);
      if (c_.sizes(lookup.input) != shape) index = c_.node("Expand", {index, c_.size_list(shape)});
      columns.push_back(c_.unsqueezed(index, {std::ssize(shape)}));
    }
    const std::string places = c_.node("Concat", columns, {{"axis", std::int64_t{-1}}});
    const std::string y = c_.node("GatherND", {c_.transposed(x_, order), places});
    if (!side_by_side || first == 0) return y;
    List back(static_cast<std::size_t>(first));  // the dims before, those of the indices, the others
    std::iota(back.begin(), back.end(), std::ssize(shape));
    for (std::int64_t d = 0; d < std::ssize(shape); ++d) back.push_back(d);
    const std::int64_t all = std::ssize(shape) + dims_ - std::ssize(lookups_);
    while (std::ssize(back) < all) back.push_back(std::ssize(back));
    return c_.transposed(y, back);
  }

  struct Lookup {
    std::size_t input;
    std::int64_t dim;
    bool is_mask;
  };

  Call& c_;
  std::string x_;
  int dims_;                  // of x_, without the slices that are still to be taken
  std::int64_t dim_ = 0;      // the dim that comes next
  std::int64_t unnamed_ = 0;  // dims that "..." stands for
  List axes_, starts_, stops_, steps_;
  std::vector<Lookup> lookups_;
};

}  // namespace

std::string indexed(Call& c) { return Indexing(c).run(); }

}  // namespace xtape::onnx::saving
