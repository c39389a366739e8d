// Announcements by MPI: sent to each rank, received from any.
#include "distributed/detail/channel.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <thread>

#include "autograd/base/error.hpp"

namespace xtape::distributed::detail {

using Clock = std::chrono::steady_clock;

namespace {

constexpr int kAnnouncementTag = 0;
constexpr std::chrono::microseconds kBusy{10'000}, kNap{50}, kFailureTime{1'000'000};

int bytes_of_announcement() { return static_cast<int>(sizeof(Announcement)); }

}  // namespace

Channel::Channel(const WorldOptions& options)
    : memory_(communicator_, options.shares_memory),
      timeout_(options.timeout),
      peers_(static_cast<std::size_t>(size())) {
  check(timeout_ >= 0, "World: timeout is {}; expected seconds, or 0 for none", timeout_);
  if (size() > 1) await_next();
}

Channel::~Channel() = default;

void Channel::await_next() {
  check_mpi(MPI_Irecv(&incoming_, bytes_of_announcement(), MPI_BYTE, MPI_ANY_SOURCE, kAnnouncementTag, comm(),
                      &incoming_request_),
            "MPI_Irecv");
}

void Channel::tell(Announcement::Kind kind, std::int64_t number, std::string_view text, std::int64_t place) {
  drop_delivered();
  Outgoing& out = outgoing_.emplace_back();
  out.text.kind = kind;
  out.text.number = number;
  out.text.place = place;
  std::memcpy(out.text.text, text.data(), std::min(text.size(), Announcement::kText - 1));
  for (int peer = 0; peer < size(); ++peer) {
    if (peer == rank()) continue;
    check_mpi(MPI_Isend(&out.text, bytes_of_announcement(), MPI_BYTE, peer, kAnnouncementTag, comm(),
                        &out.requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Isend");
  }
}

void Channel::drop_delivered() {
  outgoing_.remove_if([](Outgoing& out) {
    int all = 0;
    check_mpi(
        MPI_Testall(static_cast<int>(out.requests.size()), out.requests.data(), &all, MPI_STATUSES_IGNORE),
        "MPI_Testall");
    return all != 0;
  });
}

std::int64_t Channel::announce(const std::string& what, std::int64_t place) {
  check(!has_failed(), "{}: {}", what, failure_);
  const std::int64_t number = ++operations_;
  tell(Announcement::Kind::operation, number, what, place);
  return number;
}

void Channel::listen() {
  while (incoming_request_ != MPI_REQUEST_NULL) {
    int has_come = 0;
    MPI_Status status;
    check_mpi(MPI_Test(&incoming_request_, &has_come, &status), "MPI_Test");
    if (has_come == 0) return;
    take(status.MPI_SOURCE, incoming_);
    if (farewells_ < size() - 1 && !has_failed()) await_next();
  }
}

void Channel::take(int from, const Announcement& announcement) {
  Peer& peer = peers_[static_cast<std::size_t>(from)];
  switch (announcement.kind) {
    case Announcement::Kind::operation: peer.begun.push_back(announcement); return;
    case Announcement::Kind::farewell:
      peer.is_gone = true;
      ++farewells_;
      return;
    case Announcement::Kind::failure: failure_ = announcement.text; throw Error(failure_);
  }
}

std::optional<std::int64_t> Channel::begun(int from, std::int64_t number, const std::string& what) {
  Peer& peer = peers_[static_cast<std::size_t>(from)];
  if (peer.begun.empty()) {
    if (peer.is_gone) {
      fail(fmt::format("rank {} has left its World, where rank {} is in {} and waits for it", from, rank(),
                       what));
    }
    return {};
  }
  const Announcement& theirs = peer.begun.front();
  const std::string_view ours = std::string_view(what).substr(0, Announcement::kText - 1);
  if (theirs.number != number || theirs.text != ours) {
    fail(
        fmt::format("the ranks do different things: as operation {}, rank {} does {}; as operation {}, rank "
                    "{} does {}",
                    number, rank(), ours, theirs.number, from, theirs.text));
  }
  const std::int64_t place = theirs.place;
  peer.begun.pop_front();
  return place;
}

void Channel::pause(const std::string& what, Clock::time_point start) {
  const auto waited = Clock::now() - start;
  if (waited < kBusy) {
    sched_yield();
    return;
  }
  std::this_thread::sleep_for(kNap);
  const double seconds = std::chrono::duration<double>(waited).count();
  if (timeout_ > 0 && seconds > timeout_) {
    fail(fmt::format("rank {} has waited for {} seconds in {}", rank(), timeout_, what));
  }
}

void Channel::fail(const std::string& why) {
  leave(why);
  throw Error(failure_);
}

void Channel::leave(const std::string& why) noexcept {
  if (has_failed()) return;
  failure_ = why;
  if (size() == 1) return;
  try {
    tell(Announcement::Kind::failure, ++operations_, why);
    const auto start = Clock::now();  // delivered at once as a rule; a rank that is dead takes nothing
    while (!outgoing_.empty() && Clock::now() - start < kFailureTime) {
      drop_delivered();
      sched_yield();
    }
  } catch (const std::exception&) {  // there is nobody left to tell
  }
}

void Channel::part() {
  if (size() == 1) return;
  tell(Announcement::Kind::farewell, ++operations_, "its end");
  const auto start = Clock::now();
  while (farewells_ < size() - 1 || !outgoing_.empty()) {
    listen();
    drop_delivered();
    for (int from = 0; from < size(); ++from) {
      const Peer& peer = peers_[static_cast<std::size_t>(from)];
      if (peer.begun.empty()) continue;
      fail(fmt::format("rank {} has left its World, where rank {} is in {} and waits for it", rank(), from,
                       peer.begun.front().text));
    }
    pause("the end of its World", start);
  }
}

}  // namespace xtape::distributed::detail
