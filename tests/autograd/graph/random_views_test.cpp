// Random programs of views and writes in place, each beside a twin that has no views: values and gradients
// agree.
#include <algorithm>

#include "autograd/base/random.hpp"
#include "autograd/graph/backward.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_random_views)

namespace {

/// A tensor that is written through views, and a twin in which each write makes a new tensor from the old one
/// with ops that know nothing of views.
class Twins {
 public:
  explicit Twins(const Tensor& x) : written_(x * 1), twin_((x * 1).reshape({-1})), shape_(x.shape()) {}

  struct View {
    Tensor tensor;
    Tensor places;  // of its elements in the flat twin

    bool is_expanded() const {
      const Shape& strides = tensor.strides();
      return std::find(strides.begin(), strides.end(), 0) != strides.end();
    }
  };

  View whole() const { return {written_, arange(0, written_.numel()).reshape(shape_)}; }
  Tensor twin_of(const View& view) const {
    return index_select(twin_, 0, view.places.reshape({-1})).reshape(view.places.shape());
  }
  void write_twin(const View& view, const Tensor& values) {
    const Tensor places = view.places.reshape({-1});
    const Tensor none = zeros_like(twin_.detach());
    const Tensor mask = index_add(none, 0, places, ones(places.shape(), {.dtype = kFloat64}));
    twin_ = where(mask > 0, index_add(none, 0, places, values.reshape({-1})), twin_);
  }
  const Tensor& written() const { return written_; }
  Tensor twin() const { return twin_.reshape(shape_); }

 private:
  Tensor written_, twin_;
  Shape shape_;
};

std::int64_t draw(Generator& generator, std::int64_t n) {
  return randint(0, n, {1}, {.generator = &generator}).item<std::int64_t>();
}

Twins::View random_view(Twins::View of, Generator& generator) {
  const auto both = [&](const std::function<Tensor(const Tensor&)>& f) { of = {f(of.tensor), f(of.places)}; };
  for (std::int64_t steps = 1 + draw(generator, 3); steps > 0; --steps) {
    const std::int64_t dims = of.tensor.dim();
    if (dims == 0) break;
    const std::int64_t dim = draw(generator, dims), size = of.tensor.size(dim);
    switch (draw(generator, 5)) {
      case 0: {
        if (size == 0) break;
        const std::int64_t at = draw(generator, size);
        both([&](const Tensor& t) { return t.select(dim, at); });
        break;
      }
      case 1: {
        const std::int64_t from = draw(generator, size + 1), step = 1 + draw(generator, 2);
        both([&](const Tensor& t) { return t.slice(dim, from, size, step); });
        break;
      }
      case 2: both([&](const Tensor& t) { return t.transpose(0, dim); }); break;
      case 3: {
        if (size != 1) break;
        both([&](const Tensor& t) {
          Shape wider = t.shape();
          wider[static_cast<int>(dim)] = 2;
          return t.expand(wider);
        });
        break;
      }
      default: both([&](const Tensor& t) { return t.unsqueeze(dim); });
    }
  }
  return of;
}

/// A loss of both twins after a program of 12 random steps.
std::pair<Tensor, Tensor> run_program(const Tensor& x, Generator& generator) {
  Twins twins(x);
  std::vector<Twins::View> views{twins.whole()};
  Tensor loss = zeros({}, {.dtype = kFloat64}), twin_loss = loss;
  for (int step = 0; step < 12; ++step) {
    Twins::View& view =
        views[static_cast<std::size_t>(draw(generator, static_cast<std::int64_t>(views.size())))];
    const double factor = 0.5 + 0.1 * static_cast<double>(draw(generator, 10));
    switch (view.is_expanded() ? 8 : draw(generator, 8)) {
      case 0: views.push_back(random_view(twins.whole(), generator)); break;
      case 1: views.push_back(random_view(view, generator)); break;
      case 2: {
        twins.write_twin(view, tanh(twins.twin_of(view)) * factor);
        const Tensor values = tanh(view.tensor) * factor;
        view.tensor.copy_(values);
        break;
      }
      case 3: {
        const Twins::View other = random_view(twins.whole(), generator);
        const Tensor addend = sum(twins.twin_of(other) * factor);
        twins.write_twin(view, twins.twin_of(view) * factor + addend);
        const Tensor written = sum(other.tensor * factor);
        view.tensor.mul_(factor).add_(written);
        break;
      }
      case 4: {  // the handle shows its elements another way; other views stay what they are
        if (view.tensor.is_same(twins.written())) break;
        view.tensor.unsqueeze_(0).transpose_(0, -1);
        view.places = view.places.unsqueeze(0).transpose(0, -1);
        break;
      }
      case 5: {
        const DType narrow = kFloat32;
        twins.write_twin(view, (twins.twin_of(view) * factor).to(narrow).to(kFloat64));
        view.tensor.copy_((view.tensor * factor).to(narrow));
        break;
      }
      case 6: {
        if (!view.tensor.requires_grad()) break;
        view.tensor.retain_grad();
        view.tensor.register_hook([](const Tensor& g) { return g * 1; });
        break;
      }
      default: {
        loss = loss + sum(sin(view.tensor * factor));
        twin_loss = twin_loss + sum(sin(twins.twin_of(view) * factor));
      }
    }
  }
  return {loss + sum(square(twins.written())), twin_loss + sum(square(twins.twin()))};
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_programs_agree_with_a_twin_without_views) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    BOOST_TEST_INFO_SCOPE("seed " << seed);
    Generator generator(seed);
    const Tensor x = rand({3, 4}, {.dtype = kFloat64, .requires_grad = true, .generator = &generator});
    const auto [loss, twin_loss] = run_program(x, generator);
    BOOST_TEST(loss.item() == twin_loss.item(), boost::test_tools::tolerance(1e-12));
    const Tensor got = grad({loss}, {x}, {.create_graph = true})[0];
    const Tensor expected = grad({twin_loss}, {x}, {.create_graph = true})[0];
    expect_values(got, expected.to_vector<double>(), 1e-11);
    if (!got.requires_grad()) continue;
    expect_values(grad({sum(square(got))}, {x})[0], grad({sum(square(expected))}, {x})[0].to_vector<double>(),
                  1e-10);
    // Without create_graph parts are added and erased in place; what is expected comes from the twin again.
    const auto [again, twin_again] = run_program(x, generator);
    const std::vector<double> plain = grad({twin_again}, {x})[0].to_vector<double>();
    again.backward();
    expect_values(x.grad(), plain, 1e-11);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
