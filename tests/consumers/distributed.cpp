// A program of one process or many, through the public headers and the target xtape::distributed alone.
#include <xtape/distributed.hpp>

int main() {
  xtape::distributed::World world;
  const xtape::Tensor x = world.all_reduce(xtape::ones({2}));
  return x.sum().item() == 2 * world.size() ? 0 : 1;
}
