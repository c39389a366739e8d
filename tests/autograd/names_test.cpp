// Programs write these names as PyTorch's do. What they compute is held by the golden files and by the tests
// of each family; this holds that each can be written, as a function, as a method and in place.
#include <boost/test/unit_test.hpp>

#include <xtape/xtape.hpp>

using namespace xtape;

BOOST_AUTO_TEST_SUITE(autograd_names)

BOOST_AUTO_TEST_CASE(dtypes_devices_and_memory_from_outside) {
  for (const DType dtype : {kFloat, kDouble, kLong, kInt, kShort, kChar, kByte, kBool})
    BOOST_TEST((zeros({2, 3}, dtype).scalar_type() == dtype));
  BOOST_TEST((zeros({2, 3}, {}).dtype() == kFloat32));
  BOOST_TEST((ones({2}, {.dtype = kInt32}).dtype() == kInt32));
  BOOST_TEST(tensor(std::array{1.F, 2.F}).size(0) == 2);
  const Tensor nested = tensor(std::vector<std::vector<float>>{{1, 2, 3}, {4, 5, 6}});
  BOOST_TEST((nested.shape() == Shape{2, 3}));
  BOOST_TEST(nested.to_vector<int>() == (std::vector<int>{1, 2, 3, 4, 5, 6}),
             boost::test_tools::per_element());
  std::vector<float> memory(6);
  const Tensor x = from_blob(memory.data(), {2, 3}, {.dtype = kFloat32});
  auto a = x.accessor<float, 2>();
  a[0][1] = 1;
  BOOST_TEST(memory[1] == 1);
  const Device device(cuda::is_available() ? kCUDA : kCPU);
  BOOST_TEST((x.to(kFloat).cpu().to(Device("cpu")).to(device).options().dtype == kFloat32));
  BOOST_TEST(x.ndimension() == 2);
  BOOST_TEST((x.type_as(ones({1}, kDouble)).dtype() == kFloat64));
  BOOST_CHECK_THROW(x.to(kCUDA), Error);
}

BOOST_AUTO_TEST_CASE(reads_and_writes_by_indices) {
  using xtape::Ellipsis, xtape::None, xtape::Slice;
  const Tensor x = arange(0, 24, kFloat).reshape({4, 6}), rows = tensor({0, 2}), columns = tensor({1, 3});
  BOOST_TEST((x.index({Slice(1, 3), Ellipsis, None, 0}).shape() == Shape{2, 1}));
  BOOST_TEST((x.index({rows}).shape() == Shape{2, 6}));
  BOOST_TEST((x.index({rows, columns}).shape() == Shape{2}));
  BOOST_TEST((x.index({x > 20}).shape() == Shape{3}));
  BOOST_TEST((x[rows].shape() == Shape{2, 6}));
  BOOST_TEST((x[x > 20].shape() == Shape{3}));
  BOOST_TEST((x.slice(1, 1).shape() == Shape{4, 5}));
  BOOST_TEST((x.slice(1, -2).shape() == Shape{4, 2}));
  Tensor y = x.clone();
  y.index_put_({rows, Slice(1, None)}, zeros({2, 5}));
  y.index_put_({rows}, ones({2, 6}), /*accumulate=*/true);
  y[0] *= 3;
  y[1].copy_(x[0]);
  y.slice(0, 1, 3).fill_(0);
  BOOST_TEST(y.index({0, 0}).item() == 3);
  x.masked_select(x > 3), x.nonzero(), x.take(rows), x.index_fill(0, rows, 0),
      x.index_copy(0, rows, x.index({rows}));
  x.scatter(0, rows.unsqueeze(0), x.slice(0, 0, 1)),
      x.scatter_reduce(0, rows.unsqueeze(0), x.slice(0, 0, 1), "sum");
  x.masked_scatter(x > 3, x), where(x > 3), x.index_select(0, rows), x.gather(0, rows.unsqueeze(0)),
      x.masked_fill(x > 3, 0);
  masked_select(x, x > 3), nonzero(x), take(x, rows), index_fill(x, 0, rows, 0),
      index_copy(x, 0, rows, x.index({rows}));
  y.put_(rows, tensor({1.F, 2.F})), y.index_fill_(0, rows, 0), y.index_copy_(0, rows, x.index({rows}));
  y.scatter_(0, rows.unsqueeze(0), x.slice(0, 0, 1)),
      y.scatter_reduce_(0, rows.unsqueeze(0), x.slice(0, 0, 1), "sum");
  y.masked_scatter_(x > 3, x), y.masked_fill_(x > 3, 0), y.index_add_(0, rows, x.index({rows})),
      y.scatter_add_(0, rows.unsqueeze(0), x.slice(0, 0, 1));
}

BOOST_AUTO_TEST_CASE(elementwise_functions) {
  const Tensor x = full({2, 3}, 0.5), y = full({2, 3}, 0.25);
  tan(x), asin(x), acos(x), atan(x), atan2(x, y), sinh(x), cosh(x), asinh(x), acosh(x + 1), atanh(x);
  floor(x), ceil(x), round(x), trunc(x), frac(x), fmod(x, y), remainder(x, y), fmod(x, 2), remainder(x, 2);
  log2(x), log10(x), exp2(x), hypot(x, y), lerp(x, y, 0.5), lerp(x, y, y), erfc(x), erfinv(x),
      logaddexp(x, y), xlogy(x, y);
  nan_to_num(x), clamp_min(x, 0), clamp_max(x, 1);
  x.tan().asin(), x.acos(), x.atan(), x.atan2(y), x.sinh(), x.cosh(), x.asinh(), x.acosh(), x.atanh(),
      x.floor(), x.ceil(), x.round();
  x.trunc(), x.frac(), x.fmod(y), x.remainder(y), x.log2(), x.log10(), x.exp2(), x.hypot(y), x.lerp(y, 0.5),
      x.erfc(), x.erfinv(), x.logaddexp(y);
  x.xlogy(y), x.nan_to_num(), x.clamp_min(0), x.clamp_max(1);
  hardtanh(x), relu6(x), hardsigmoid(x), hardswish(x), mish(x), selu(x), celu(x), prelu(x, tensor({0.25F})),
      glu(ones({2, 4})), logsigmoid(x), softsign(x);
  using namespace xtape::nn;
  Hardtanh(), ReLU6(), Hardsigmoid(), Hardswish(), Mish(), SELU(), CELU(), PReLU(), GLU(), LogSigmoid(),
      Softsign();
  const Tensor mask = ((x > 0) & (y < 1)) | ~(x > 1);
  BOOST_TEST(mask.all().item<bool>());
  BOOST_TEST((mask ^ mask).any().item<bool>() == false);
}

BOOST_AUTO_TEST_CASE(twins_in_place) {
  Tensor x = full({2, 3}, 0.5);
  x.relu_(), x.sigmoid_(), x.exp_(), x.unsqueeze_(0), x.squeeze_(0), x.detach_(), x.tanh_(), x.abs_(),
      x.neg_(), x.square_(), x.sqrt_();
  x.log_(), x.sin_(), x.cos_(), x.floor_(), x.ceil_(), x.round_(), x.trunc_(), x.frac_(), x.clamp_(0, 1),
      x.clamp_min_(0), x.clamp_max_(1);
  x.reciprocal_(), x.rsqrt_(), x.pow_(2), x.fmod_(2), x.remainder_(2), x.nan_to_num_(), x.lerp_(x, 0.5),
      x.addcmul_(x, x), x.addcdiv_(x, x);
  x.transpose_(0, 1), x.t_(), x.zero_(), x.fill_(1), x.add_(1), x.sub_(1), x.mul_(2), x.div_(2),
      x.bernoulli_(), x.random_(), x.exponential_();
  x.uniform_(), x.normal_(), x.bernoulli_(0.3), x.tril_(), x.triu_(), x.cumsum_(0);
  BOOST_TEST((x.shape() == Shape{2, 3}));
}

BOOST_AUTO_TEST_CASE(reductions_order_and_shapes) {
  const Tensor x = arange(0, 6, kFloat).reshape({2, 3}), n = tensor({1, 2, 2});
  cumprod(x, 0), cummax(x, 0), logcumsumexp(x, 0), median(x), median(x, 1), quantile(x, 0.5), unique(n),
      bincount(n);
  count_nonzero(x), nansum(x), searchsorted(tensor({1.F, 2.F}), x), aminmax(x), var_mean(x, 1),
      std_mean(x, 1);
  x.cumprod(0), x.cummax(0), x.logcumsumexp(0), x.median(), x.median(1), x.quantile(0.5), x.count_nonzero(),
      x.nansum(), x.aminmax();
  BOOST_TEST(std::get<1>(x.max(1)).to_vector<int>() == (std::vector<int>{2, 2}),
             boost::test_tools::per_element());
  auto [values, places] = x.max(1);
  std::tie(values, places) = x.min(1);
  const auto [output, inverse, counts] = unique(n, {.return_inverse = true, .return_counts = true});
  BOOST_TEST(counts.size(0) == 2);
  repeat(x, {2, 1}), tile(x, {2}), repeat_interleave(x, 2), roll(x, 1), roll(x, 1, 0), movedim(x, 0, 1),
      swapaxes(x, 0, 1), unflatten(x, 1, {3, 1});
  hstack({x, x}), vstack({x, x}), x.unfold(1, 2, 1), x.repeat({2, 1}), x.tile({2}), x.repeat_interleave(2),
      x.roll(1, 0), x.movedim(0, 1);
  x.swapaxes(0, 1), x.unflatten(1, {3, 1}), tril(x), triu(x), diag(n), diagonal(x), trace(x.slice(1, 0, 2)),
      x.tril(), x.triu(), n.diag(), x.diagonal();
  BOOST_TEST(meshgrid({n, n}).size() == 2);
}

BOOST_AUTO_TEST_CASE(random_numbers) {
  const Tensor x = full({2, 3}, 0.5);
  multinomial(x, 2), bernoulli(x), normal(0, 1, {2}), normal(x, x), poisson(x), randint_like(x, 3),
      rand_like(x), x.multinomial(2), x.bernoulli();
}

BOOST_AUTO_TEST_CASE(products_and_linear_algebra) {
  const Tensor a = eye(3) * 2, v = ones({3}), b = ones({1, 3, 3});
  mv(a, v), addmm(a, a, a), addmm(a, a, a, {.beta = 0.5, .alpha = 2}), addmv(v, a, v), baddbmm(b, b, b),
      tensordot(a, a, 1), kron(a, a), cross(v, v);
  einsum("bij,bjk->bik", {b, b}), a.mv(v), a.addmm(a, a), v.addmv(a, v), b.baddbmm(b, b), a.kron(a),
      v.cross(v);
  linalg::norm(a), linalg::inv(a), linalg::solve(a, v), linalg::det(a), linalg::slogdet(a),
      linalg::cholesky(a), linalg::qr(a), linalg::svd(a), linalg::eigh(a);
  normalize(a), cosine_similarity(a, a), pairwise_distance(a, a), cdist(a, a),
      nn::normalize(a, {.p = 2, .dim = 1});
  const Tensor y = ones({3});
  smooth_l1_loss(a, a), nn::smooth_l1_loss(a, a), cosine_embedding_loss(a, a, y),
      triplet_margin_loss(a, a, a);
  nn::SmoothL1Loss(), nn::CosineEmbeddingLoss(), nn::TripletMarginLoss();
}

BOOST_AUTO_TEST_CASE(sequences) {
  const Tensor x = ones({2, 3, 8}), words = tensor({{1, 2}, {0, 3}}), mask = tril(ones({3, 3}, kBool));
  embedding(words, ones({4, 2}), {.padding_idx = 0}), nn::embedding(words, ones({4, 2}));
  scaled_dot_product_attention(x, x, x), nn::scaled_dot_product_attention(x, x, x, {.attn_mask = mask});
  scaled_dot_product_attention(x, x, x, {.dropout_p = 0.1, .is_causal = true, .scale = 0.5});
  nn::Embedding table(1000, 8, {.padding_idx = 0});
  nn::MultiheadAttention attention(8, 4, {.dropout = 0, .batch_first = true});
  auto [y, weights] = attention(x, x, x, {.need_weights = true, .attn_mask = ~mask, .is_causal = true});
  std::tie(y, weights) = attention(table(words), x.slice(1, 1), x.slice(1, 1));
  std::tie(y, std::ignore) =
      attention(x, x, x, {.key_padding_mask = zeros({2, 3}, kBool), .need_weights = false});
  BOOST_TEST((std::get<0>(attention(x, x, x)).shape() == x.shape()));
  const nn::TransformerEncoderLayerOptions options{
      .dim_feedforward = 16, .dropout = 0.1, .activation = "gelu", .batch_first = true, .norm_first = true};
  nn::TransformerEncoderLayer layer(8, 4, options);
  nn::TransformerEncoder encoder(layer, 2), with_norm(layer, 2, {.norm = nn::LayerNorm({8})});
  layer(x), encoder(x), encoder(x, {.mask = ~mask}), with_norm(x, {.is_causal = true});
  nn::Sequential net{nn::Embedding(10, 8), layer, nn::Linear(8, 10)};
  const Tensor next =
      nn::sample_token(net(words).select(1, -1), {.temperature = 0.8, .top_k = 5, .top_p = 0.9});
  BOOST_TEST((next.dtype() == kLong));
  x + nn::sinusoidal_positions(3, 8), rotary_embedding(x, {.base = 10000, .offset = 1}),
      nn::rotary_embedding(x);
  const Tensor log_probs = log_softmax(ones({5, 2, 4}), -1), labels = tensor({{1, 2}, {3, 0}});
  ctc_loss(log_probs, labels, tensor({5, 5}), tensor({2, 1}), {.blank = 0, .reduction = nn::Reduction::sum});
  nn::CTCLoss criterion({.zero_infinity = true});
  BOOST_TEST(criterion(log_probs, labels, {5, 5}, {2, 1}).item() > 0);
}

BOOST_AUTO_TEST_SUITE_END()
