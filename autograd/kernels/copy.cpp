// Strided copies. The dims are merged and ordered into planes of rows and columns, and planes are cut into
// tiles that stay in the cache whichever side is transposed: xtensor's assignment of strided adaptors takes 2
// to 7 times as long.
#include "autograd/kernels/copy.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/memory_order.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kGrain = 1 << 16;    // elements of one chunk of work
constexpr std::int64_t kColumns = 1 << 12;  // columns of one block
constexpr std::int64_t kTurnedColumns =
    64;  // where each lies in a page of its own: no more than the processor remembers
constexpr std::int64_t kTile = 16;

/// The elements that both sides visit together: outermost dim first, at least two dims.
struct Plan {
  Shape shape, from, to;  // sizes and strides

  int rows() const { return shape.size() - 2; }
  int columns() const { return shape.size() - 1; }
};

/// Without dims of size 1, in the order of to's memory, and neighbours merged where both sides allow.
Plan merged(const Tensor& from, const Tensor& to) {
  Plan plan;
  const std::vector<int> order = to.is_contiguous() ? std::vector<int>() : memory_order(to);
  for (int i = 0; i < from.shape().size(); ++i) {
    const int d = order.empty() ? i : order[static_cast<std::size_t>(i)];
    const std::int64_t size = from.shape()[d];
    if (size == 1) continue;
    const int last = plan.shape.size() - 1;
    if (last >= 0 && plan.from[last] == from.strides()[d] * size && plan.to[last] == to.strides()[d] * size) {
      plan.shape[last] *= size;
      plan.from[last] = from.strides()[d];
      plan.to[last] = to.strides()[d];
    } else {
      plan.shape.push_back(size);
      plan.from.push_back(from.strides()[d]);
      plan.to.push_back(to.strides()[d]);
    }
  }
  return plan;
}

/// Puts the dim along which `from` lies densest second to last, so that a tile covers lines of both sides.
Plan plan_of(const Tensor& from, const Tensor& to) {
  Plan plan = merged(from, to);
  while (plan.shape.size() < 2) {
    for (Shape* list : {&plan.shape, &plan.from, &plan.to}) list->insert(0, list == &plan.shape ? 1 : 0);
  }
  if (std::abs(plan.from.back()) <= 1) return plan;
  int densest = plan.rows();
  for (int d = densest; d >= 0; --d) {
    if (plan.from[d] != 0 && std::abs(plan.from[d]) < std::abs(plan.from[densest])) densest = d;
  }
  for (Shape* list : {&plan.shape, &plan.from, &plan.to}) std::swap((*list)[densest], (*list)[plan.rows()]);
  return plan;
}

/// T as it is read or written: a bool that goes to a bool is moved as a byte, whatever it holds.
template <class T, class Other>
using Stored = std::conditional_t<std::is_same_v<T, bool> && std::is_same_v<Other, bool>, std::uint8_t, T>;

/// A block of a plane: where it begins on both sides, and how far apart, in elements, its rows and columns
/// lie.
struct Block {
  const std::byte* from;
  std::byte* to;
  std::int64_t from_row, from_column, to_row, to_column, rows, columns;
};
using BlockCopy = void (*)(const Block& block);

template <class To, class From>
void copy_row(const From* from, To* to, std::int64_t n) {
  if constexpr (std::is_same_v<From, To>) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(To));
  } else {
    for (std::int64_t j = 0; j < n; ++j) to[j] = convert<To>(from[j]);
  }
}

template <class To, class From>
void copy_tile(const Block& b, const From* from, To* to, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      to[i * b.to_row + j * b.to_column] = convert<To>(from[i * b.from_row + j * b.from_column]);
    }
  }
}

/// From one type to another.
template <class To, class From>
void copy_block(const Block& b) {
  const auto* from = reinterpret_cast<const From*>(b.from);
  auto* to = reinterpret_cast<To*>(b.to);
  if (b.from_column == 1 && b.to_column == 1) {
    for (std::int64_t i = 0; i < b.rows; ++i) copy_row(from + i * b.from_row, to + i * b.to_row, b.columns);
  } else if (b.from_column == 0 && b.to_column == 1) {
    for (std::int64_t i = 0; i < b.rows; ++i) {
      std::fill_n(to + i * b.to_row, b.columns, convert<To>(from[i * b.from_row]));
    }
  } else {
    for (std::int64_t i = 0; i < b.rows; i += kTile) {
      for (std::int64_t j = 0; j < b.columns; j += kTile) {
        copy_tile(b, from + i * b.from_row + j * b.from_column, to + i * b.to_row + j * b.to_column,
                  std::min(kTile, b.rows - i), std::min(kTile, b.columns - j));
      }
    }
  }
}

BlockCopy block_copy(DType from, DType to) {
  return visit(from, [to](auto source) {
    return visit(to, [](auto target) -> BlockCopy {
      return &copy_block<Stored<decltype(target), decltype(source)>,
                         Stored<decltype(source), decltype(target)>>;
    });
  });
}

/// Cuts all planes into blocks of at most kGrain elements, and hands out so many at once that threads are
/// worth it.
void run(const Plan& plan, const Tensor& from, const Tensor& to) {
  const BlockCopy copy = block_copy(from.dtype(), to.dtype());
  const auto from_size = static_cast<std::int64_t>(size_of(from.dtype()));
  const auto to_size = static_cast<std::int64_t>(size_of(to.dtype()));
  const std::int64_t rows = plan.shape[plan.rows()], columns = plan.shape[plan.columns()];
  const bool turned = std::abs(plan.from.back()) > 1;
  const std::int64_t block_columns = std::min(columns, turned ? kTurnedColumns : kColumns);
  const std::int64_t block_rows = std::min(rows, kGrain / block_columns);
  const std::int64_t across = (columns + block_columns - 1) / block_columns;
  const std::int64_t down = (rows + block_rows - 1) / block_rows;
  std::int64_t planes = 1;
  for (int d = 0; d < plan.rows(); ++d) planes *= plan.shape[d];
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / (block_rows * block_columns));
  parallel_for(planes * down * across, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t column = index % across * block_columns;
      const std::int64_t row = index / across % down * block_rows;
      const int r = plan.rows(), c = plan.columns();
      std::int64_t from_offset = row * plan.from[r] + column * plan.from[c];
      std::int64_t to_offset = row * plan.to[r] + column * plan.to[c];
      std::int64_t plane = index / (across * down);
      for (int d = r - 1; d >= 0; --d) {
        const std::int64_t at = plane % plan.shape[d];
        plane /= plan.shape[d];
        from_offset += at * plan.from[d];
        to_offset += at * plan.to[d];
      }
      copy({from.raw() + from_offset * from_size, to.raw() + to_offset * to_size, plan.from[r], plan.from[c],
            plan.to[r], plan.to[c], std::min(block_rows, rows - row),
            std::min(block_columns, columns - column)});
    }
  });
}

}  // namespace

void copy(const Tensor& from, const Tensor& to) {
  if (from.shape() != to.shape()) {
    throw Error("copy: shapes " + from.shape().to_string() + " and " + to.shape().to_string() + " differ");
  }
  if (from.numel() == 0) return;
  if (are_same_elements(from, to)) return;
  if (from.dtype() == to.dtype() && from.is_contiguous() && to.is_contiguous() && from.numel() <= kGrain) {
    std::memcpy(to.raw(), from.raw(), static_cast<std::size_t>(from.numel()) * size_of(from.dtype()));
    return;
  }
  run(plan_of(from, to), from, to);
}

bool are_same_elements(const Tensor& a, const Tensor& b) {
  return a.raw() == b.raw() && a.dtype() == b.dtype() && a.shape() == b.shape() &&
         (a.strides() == b.strides() || (a.is_contiguous() && b.is_contiguous()));
}

Tensor converted(const Tensor& x, DType dtype) {
  const Tensor y = make_tensor(x.shape(), dtype);
  copy(x, y);
  return y;
}

Tensor contiguous(const Tensor& x) { return x.is_contiguous() ? x : converted(x, x.dtype()); }

}  // namespace xtape::kernels
