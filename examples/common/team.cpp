// With MPI where there is one.
#include "team.hpp"

#include <cstdio>
#include <optional>

#ifdef EXAMPLES_WITH_MPI
#include <xtape/distributed.hpp>
#endif

namespace examples {

using namespace xtape;

#ifdef EXAMPLES_WITH_MPI

struct Team::Processes {
  distributed::World world;
  std::optional<distributed::Reducer> reducer;
};

Team::Team() : processes_(std::make_unique<Processes>()) {
  if (!leads()) check(std::freopen("/dev/null", "w", stdout) != nullptr, "/dev/null cannot be opened");
}
int Team::rank() const { return processes_->world.rank(); }
int Team::size() const { return processes_->world.size(); }
void Team::join(nn::ModuleBase& model) { processes_->reducer.emplace(processes_->world, model); }
nn::Peers* Team::peers() { return size() > 1 ? &*processes_->reducer : nullptr; }

#else

struct Team::Processes {};

Team::Team() = default;
int Team::rank() const { return 0; }
int Team::size() const { return 1; }
void Team::join(nn::ModuleBase&) {}
nn::Peers* Team::peers() { return nullptr; }

#endif

Team::~Team() = default;

}  // namespace examples
