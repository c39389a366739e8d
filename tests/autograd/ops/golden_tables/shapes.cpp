// Shapes, arrangements and indexing.
#include "tests/autograd/ops/golden_tables/tables.hpp"

namespace xtape::golden {

Table shapes() {
  return {
      {"reshape", of([](const Tensors& x, const Args& args) { return reshape(x[0], args.dims("shape")); })},
      {"flatten", of([](const Tensors& x, const Args& args) {
         return flatten(x[0], args.integer("start_dim", 0), args.integer("end_dim", -1));
       })},
      {"squeeze", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? squeeze(x[0], args.integer("dim")) : squeeze(x[0]);
       })},
      {"unsqueeze",
       of([](const Tensors& x, const Args& args) { return unsqueeze(x[0], args.integer("dim")); })},
      {"transpose", of([](const Tensors& x, const Args& args) {
         return transpose(x[0], args.integer("dim0"), args.integer("dim1"));
       })},
      {"permute", of([](const Tensors& x, const Args& args) { return permute(x[0], args.dims("dims")); })},
      {"t", unary(t)},
      {"expand", of([](const Tensors& x, const Args& args) { return x[0].expand(args.dims("size")); })},
      {"broadcast_to",
       of([](const Tensors& x, const Args& args) { return broadcast_to(x[0], args.dims("size")); })},
      {"cat", of([](const Tensors& x, const Args& args) { return cat(x, args.integer("dim")); })},
      {"stack", of([](const Tensors& x, const Args& args) { return stack(x, args.integer("dim")); })},
      {"split", of([](const Tensors& x, const Args& args) {
         const std::string sizes = "split_size_or_sections";
         return args.is_list(sizes) ? split(x[0], args.dims(sizes), args.integer("dim"))
                                    : split(x[0], args.integer(sizes), args.integer("dim"));
       })},
      {"chunk", of([](const Tensors& x, const Args& args) {
         return chunk(x[0], args.integer("chunks"), args.integer("dim"));
       })},
      {"unbind", of([](const Tensors& x, const Args& args) { return unbind(x[0], args.integer("dim")); })},
      {"flip", of([](const Tensors& x, const Args& args) { return flip(x[0], args.dims("dims")); })},
      {"pad", of([](const Tensors& x, const Args& args) {
         return pad(x[0], args.dims("pad"), args.real("value", 0));
       })},
  };
}

Table arrangements() {
  return {
      {"repeat", of([](const Tensors& x, const Args& args) { return repeat(x[0], args.dims("sizes")); })},
      {"tile", of([](const Tensors& x, const Args& args) { return tile(x[0], args.dims("dims")); })},
      {"repeat_interleave", of([](const Tensors& x, const Args& args) {
         if (x.size() == 2) return repeat_interleave(x[0], x[1], optional_dim(args));
         return args.has("repeats") ? repeat_interleave(x[0], args.integer("repeats"), optional_dim(args))
                                    : repeat_interleave(x[0]);
       })},
      {"roll", of([](const Tensors& x, const Args& args) {
         return roll(x[0], args.dims("shifts"), args.has("dims") ? args.dims("dims") : Dims{});
       })},
      {"fliplr", unary(fliplr)},
      {"flipud", unary(flipud)},
      {"rot90", of([](const Tensors& x, const Args& args) {
         return args.has("dims") ? rot90(x[0], args.integer("k"), args.dims("dims"))
                                 : rot90(x[0], args.integer("k"));
       })},
      {"movedim", of([](const Tensors& x, const Args& args) {
         return movedim(x[0], args.dims("source"), args.dims("destination"));
       })},
      {"swapaxes", of([](const Tensors& x, const Args& args) {
         return swapaxes(x[0], args.integer("axis0"), args.integer("axis1"));
       })},
      {"unflatten", of([](const Tensors& x, const Args& args) {
         return unflatten(x[0].contiguous(), args.integer("dim"), args.dims("sizes"));
       })},
      {"atleast_3d", unary(atleast_3d)},
      {"broadcast_tensors", of([](const Tensors& x, const Args&) { return broadcast_tensors(x); })},
      {"meshgrid",
       of([](const Tensors& x, const Args& args) { return meshgrid(x, args.text("indexing", "ij")); })},
      {"cartesian_prod", of([](const Tensors& x, const Args&) { return cartesian_prod(x); })},
      {"hstack", of([](const Tensors& x, const Args&) { return hstack(x); })},
      {"vstack", of([](const Tensors& x, const Args&) { return vstack(x); })},
      {"dstack", of([](const Tensors& x, const Args&) { return dstack(x); })},
      {"column_stack", of([](const Tensors& x, const Args&) { return column_stack(x); })},
      {"unfold", of([](const Tensors& x, const Args& args) {
         return x[0].unfold(args.integer("dimension"), args.integer("size"), args.integer("step"));
       })},
      {"tril",
       of([](const Tensors& x, const Args& args) { return tril(x[0], args.integer("diagonal", 0)); })},
      {"triu",
       of([](const Tensors& x, const Args& args) { return triu(x[0], args.integer("diagonal", 0)); })},
      {"diagonal", of([](const Tensors& x, const Args& args) {
         return diagonal(x[0], args.integer("offset", 0), args.integer("dim1", 0), args.integer("dim2", 1));
       })},
      {"diag_embed", of([](const Tensors& x, const Args& args) {
         return diag_embed(x[0], args.integer("offset", 0), args.integer("dim1", -2),
                           args.integer("dim2", -1));
       })},
      {"diag",
       of([](const Tensors& x, const Args& args) { return diag(x[0], args.integer("diagonal", 0)); })},
      {"diagflat",
       of([](const Tensors& x, const Args& args) { return diagflat(x[0], args.integer("offset", 0)); })},
      {"trace", unary(trace)},
      {"tril_indices", of([](const Tensors&, const Args& args) {
         return tril_indices(args.integer("row"), args.integer("col"), args.integer("offset", 0));
       })},
      {"triu_indices", of([](const Tensors&, const Args& args) {
         return triu_indices(args.integer("row"), args.integer("col"), args.integer("offset", 0));
       })},
      {"logspace", of([](const Tensors&, const Args& args) {
         return logspace(args.number("start"), args.number("end"), args.integer("steps"),
                         args.real("base", 10));
       })},
  };
}

Table indexing() {
  return {
      {"narrow", of([](const Tensors& x, const Args& args) {
         return narrow(x[0], args.integer("dim"), args.integer("start"), args.integer("length"));
       })},
      {"slice", of([](const Tensors& x, const Args& args) {
         return slice(x[0], args.integer("dim"), args.integer("start"), args.integer("end"),
                      args.integer("step", 1));
       })},
      {"select", of([](const Tensors& x, const Args& args) {
         return select(x[0], args.integer("dim"), args.integer("index"));
       })},
      {"index_select",
       of([](const Tensors& x, const Args& args) { return index_select(x[0], args.integer("dim"), x[1]); })},
      {"gather",
       of([](const Tensors& x, const Args& args) { return gather(x[0], args.integer("dim"), x[1]); })},
      {"one_hot",
       of([](const Tensors& x, const Args& args) { return one_hot(x[0], args.integer("num_classes")); })},
  };
}

}  // namespace xtape::golden
