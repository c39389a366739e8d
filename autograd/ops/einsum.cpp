// Einstein's notation: an equation is read into labels, one for each dim, and operands are contracted two at
// a time by products of batches of matrices.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/graph/trace.hpp"
#include "autograd/ops/products.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

/// A letter, or one of the dims of "...", which are numbered from the last one back: -1, -2, ... They sort in
/// front.
using Label = int;
using Labels = std::vector<Label>;

bool holds(const Labels& labels, Label label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}
int place_of(const Labels& labels, Label label) {
  return static_cast<int>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

struct Term {
  Tensor x;
  Labels labels;  // of x's dims
};

/// One side of a comma or of the arrow.
struct Subscripts {
  std::string text;
  Labels letters;
  int ellipsis = -1;  // the letters in front of "...", -1 without
};

class Equation {
 public:
  explicit Equation(std::string_view equation) : text_(equation) {
    std::string text;
    for (const char c : equation) {
      if (c != ' ') text += c;
    }
    const std::size_t arrow = text.find("->");
    has_output_ = arrow != std::string::npos;
    if (has_output_) output_ = read(text.substr(arrow + 2));
    std::string inputs = text.substr(0, arrow);
    for (std::size_t comma = inputs.find(','); comma != std::string::npos; comma = inputs.find(',')) {
      inputs_.push_back(read(inputs.substr(0, comma)));
      inputs.erase(0, comma + 1);
    }
    inputs_.push_back(read(inputs));
  }

  /// The operands, their dims labelled and repeated letters taken as diagonals.
  std::vector<Term> terms(const std::vector<Tensor>& operands) const {
    check(operands.size() == inputs_.size(), "einsum: \"{}\" names {} operands, got {}", text_,
          inputs_.size(), operands.size());
    std::vector<Term> terms;
    for (std::size_t i = 0; i < operands.size(); ++i) terms.push_back(term(i, operands[i]));
    check_sizes(operands, terms);
    for (Term& t : terms) t = without_repeats(std::move(t));
    return terms;
  }

  /// Of the output: as written after the arrow, or all of "..." and the letters that occur once.
  Labels output(const std::vector<Term>& terms) const {
    std::map<Label, int> counts;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      for (const Label letter : inputs_[i].letters) ++counts[letter];
      for (const Label label : terms[i].labels) counts[label] += label < 0;
    }
    Labels output;
    if (!has_output_) {
      for (const auto& [label, count] : counts) {
        if (label < 0 || count == 1) output.push_back(label);
      }
      return output;
    }
    for (const Label letter : output_.letters) {
      check(counts.contains(letter), "einsum: '{}' of the output of \"{}\" is in no operand", char(letter),
            text_);
      check(!holds(output, letter), "einsum: '{}' is twice in the output of \"{}\"", char(letter), text_);
      output.push_back(letter);
    }
    if (output_.ellipsis < 0) return output;
    Labels dots;
    for (const auto& [label, count] : counts) {
      if (label < 0) dots.push_back(label);
    }
    output.insert(output.begin() + output_.ellipsis, dots.begin(), dots.end());
    return output;
  }

 private:
  Subscripts read(const std::string& part) const {
    Subscripts subscripts{part, {}, -1};
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part.compare(i, 3, "...") == 0) {
        check(subscripts.ellipsis < 0, "einsum: \"{}\" in \"{}\" has \"...\" twice", part, text_);
        subscripts.ellipsis = static_cast<int>(subscripts.letters.size());
        i += 2;
        continue;
      }
      const char c = part[i];
      check((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'),
            "einsum: '{}' in \"{}\" is not a letter; expected letters, \"...\", commas and one \"->\"", c,
            text_);
      subscripts.letters.push_back(c);
    }
    return subscripts;
  }

  Term term(std::size_t i, const Tensor& x) const {
    const Subscripts& subscripts = inputs_[i];
    const auto letters = static_cast<std::int64_t>(subscripts.letters.size());
    const bool fits = subscripts.ellipsis < 0 ? letters == x.dim() : letters <= x.dim();
    check(fits, "einsum: operand {} of shape {} has {} dims; \"{}\" names {}", i, x.shape(), x.dim(),
          subscripts.text, letters);
    Term t{x, subscripts.letters};
    Labels dots;
    for (std::int64_t rest = x.dim() - letters; rest > 0; --rest) dots.push_back(static_cast<Label>(-rest));
    t.labels.insert(t.labels.begin() + std::max(subscripts.ellipsis, 0), dots.begin(), dots.end());
    return t;
  }

  /// A label stands for one size; 1 broadcasts.
  void check_sizes(const std::vector<Tensor>& operands, const std::vector<Term>& terms) const {
    std::map<Label, std::pair<std::int64_t, std::size_t>> sizes;  // and the operand that it is of
    for (std::size_t i = 0; i < terms.size(); ++i) {
      for (std::size_t d = 0; d < terms[i].labels.size(); ++d) {
        const Label label = terms[i].labels[d];
        const std::int64_t size = operands[i].shape()[static_cast<int>(d)];
        auto& [known, operand] = sizes.try_emplace(label, size, i).first->second;
        const std::string name = label < 0 ? "..." : std::string(1, char(label));
        check(known == size || known == 1 || size == 1,
              "einsum: '{}' in \"{}\" has size {} in operand {} and {} in operand {}", name, text_, known,
              operand, size, i);
        if (known == 1) std::tie(known, operand) = std::tuple(size, i);
      }
    }
  }

  static Term without_repeats(Term t) {
    for (std::size_t d = 0; d < t.labels.size(); ++d) {
      const Label label = t.labels[d];
      for (std::size_t other = t.labels.size() - 1; other > d; --other) {
        if (t.labels[other] != label) continue;
        const int a = static_cast<int>(d), b = static_cast<int>(other);
        const std::int64_t size = std::max(t.x.size(a), t.x.size(b));
        Shape shape = t.x.shape();
        shape[a] = shape[b] = size;
        t.x = movedim(diagonal(t.x.expand(shape), 0, a, b), -1, a);
        t.labels.erase(t.labels.begin() + b);
      }
    }
    return t;
  }

  std::string text_;
  std::vector<Subscripts> inputs_;
  Subscripts output_;
  bool has_output_ = false;
};

/// t summed over the labels that nobody needs.
template <class Needed>
Term summed(Term t, const Needed& is_needed) {
  Dims dims;
  Labels kept;
  for (std::size_t d = 0; d < t.labels.size(); ++d) {
    if (is_needed(t.labels[d]))
      kept.push_back(t.labels[d]);
    else
      dims.push_back(static_cast<std::int64_t>(d));
  }
  if (dims.empty()) return t;
  return {sum(t.x, dims), kept};
}

/// t without the dims of size 1 whose label `other` has with another size.
Term without_broadcast(Term t, const Term& other) {
  for (int d = static_cast<int>(t.labels.size()) - 1; d >= 0; --d) {
    const Label label = t.labels[static_cast<std::size_t>(d)];
    if (t.x.size(d) != 1 || !holds(other.labels, label) || other.x.size(place_of(other.labels, label)) == 1)
      continue;
    t.x = squeeze(t.x, d);
    t.labels.erase(t.labels.begin() + d);
  }
  return t;
}

/// x with its dims in the order of the groups of labels, each of which becomes one dim.
template <std::size_t N>
Tensor grouped(const Term& t, const std::array<Labels, N>& groups) {
  Dims order;
  Shape shape;
  for (const Labels& group : groups) {
    std::int64_t size = 1;
    for (const Label label : group) {
      const int d = place_of(t.labels, label);
      order.push_back(d);
      size *= t.x.size(d);
    }
    shape.push_back(size);
  }
  return permute(t.x, order).reshape(shape);
}

/// The product of a and b, summed over the labels of both that nobody needs.
template <class Needed>
Term contracted(Term a, Term b, const Needed& is_needed) {
  a = summed(without_broadcast(std::move(a), b), [&](Label l) { return is_needed(l) || holds(b.labels, l); });
  b = summed(without_broadcast(std::move(b), a), [&](Label l) { return is_needed(l) || holds(a.labels, l); });
  Labels batch, rows, inner, columns;
  Shape shape;
  for (const Label label : a.labels) {
    Labels& group = !holds(b.labels, label) ? rows : is_needed(label) ? batch : inner;
    group.push_back(label);
  }
  for (const Label label : b.labels) {
    if (!holds(a.labels, label)) columns.push_back(label);
  }
  Labels labels = batch;
  labels.insert(labels.end(), rows.begin(), rows.end());
  labels.insert(labels.end(), columns.begin(), columns.end());
  for (const Label label : labels) {
    const Term& source = holds(a.labels, label) ? a : b;
    shape.push_back(source.x.size(place_of(source.labels, label)));
  }
  const Tensor x = grouped<3>(a, {batch, rows, inner}), y = grouped<3>(b, {batch, inner, columns});
  if (inner.empty()) return {(x * y).reshape(shape), labels};  // {b, m, 1} and {b, 1, n}
  const Tensor product = batch.empty() ? matmul(x.squeeze(0), y.squeeze(0)) : bmm(x, y);
  return {product.reshape(shape), labels};
}

}  // namespace

Tensor einsum(std::string_view equation, const std::vector<Tensor>& operands) {
  if (is_traced()) [[unlikely]]
    return report("einsum", operands, {{"equation", equation}}, [&] { return einsum(equation, operands); });
  check(!operands.empty(), "einsum: expected at least one operand, got an empty list");
  for (const Tensor& x : operands)
    check(x.dtype() == operands[0].dtype(), "einsum: operands of {} and {}; expected one dtype",
          operands[0].dtype(), x.dtype());
  const Equation read(equation);
  std::vector<Term> terms = read.terms(operands);
  const Labels output = read.output(terms);
  Term total = terms[0];
  for (std::size_t i = 1; i < terms.size(); ++i) {
    total = contracted(std::move(total), terms[i], [&](Label label) {
      return holds(output, label) ||
             std::any_of(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, terms.end(),
                         [&](const Term& later) { return holds(later.labels, label); });
    });
  }
  total = summed(std::move(total), [&](Label label) { return holds(output, label); });
  Dims order;
  for (const Label label : output) order.push_back(place_of(total.labels, label));
  return permute(total.x, order);
}

}  // namespace xtape
