// Visits: what one replay knows of the nodes, or of the leaves, that it has met.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "autograd/base/error.hpp"

namespace xtape::detail {

/// A number for a replay, which no other at work has; never 0.
inline std::uint64_t next_replay() {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t number = 0;
  while (number == 0) number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return number;
}

/// The visits of one replay to targets of one kind, each at a place of its own. The place stands in the
/// target's `mark`, below the number of the replay; where a replay on another thread has put its own mark, it
/// stands in a map. `Visit` has a `Target* target`, `begin(target)` and, where visits end, `end()`. The
/// targets must outlive this.
template <class Visit>
class Visits {
 public:
  using Target = typename Visit::Target;

  explicit Visits(std::uint64_t replay) : replay_(replay) {}
  ~Visits() {
    for (Visit& visit : visits_) {
      if (visit.target) take_mark_off(visit.target);
    }
  }
  Visits(const Visits&) = delete;
  Visits& operator=(const Visits&) = delete;

  /// Of a target's visit, which begins when it is met first.
  std::size_t place_of(Target* target) {
    const std::uint64_t mark = target->mark.load(std::memory_order_acquire);
    if (mark >> 32 == replay_) return mark & 0xffffffff;
    if (!elsewhere_.empty()) {
      if (const auto found = elsewhere_.find(target); found != elsewhere_.end()) return found->second;
    }
    const std::size_t place = begin_unmarked(target);
    note(target, place);
    return place;
  }
  Visit& of(Target* target) { return visits_[place_of(target)]; }

  /// Begins the visit of a target that only the caller leads to, who remembers the place.
  // A call here would cost a chain of small ops one part in a hundred.
  [[gnu::always_inline]] std::size_t begin_unmarked(Target* target) {
    std::size_t place = visits_.size();
    if (unused_.empty()) {
      visits_.emplace_back();
    } else {
      place = unused_.back();
      unused_.pop_back();
    }
    visits_[place].begin(target);
    return place;
  }

  /// Ends a visit, whose place goes to another.
  void end(std::size_t place) {
    Visit& visit = visits_[place];
    take_mark_off(visit.target);
    if (!elsewhere_.empty()) elsewhere_.erase(visit.target);
    visit.end();
    unused_.push_back(place);
  }

  Visit& operator[](std::size_t place) { return visits_[place]; }
  std::size_t size() const { return visits_.size(); }
  auto begin() { return visits_.begin(); }  // those that have ended too, without a target
  auto end() { return visits_.end(); }

 private:
  void note(Target* target, std::size_t place) {
    check(place < 0xffffffff, "backward: more than 2^32 recorded ops");
    std::uint64_t mark = 0;
    if (!target->mark.compare_exchange_strong(mark, replay_ << 32 | place, std::memory_order_acq_rel))
      elsewhere_.emplace(target, place);
  }
  void take_mark_off(Target* target) {
    if (target->mark.load(std::memory_order_relaxed) >> 32 == replay_)
      target->mark.store(0, std::memory_order_release);
  }

  std::uint64_t replay_;
  std::vector<Visit> visits_;
  std::vector<std::size_t> unused_;  // places of visits that have ended
  std::unordered_map<const Target*, std::size_t> elsewhere_;
};

}  // namespace xtape::detail
