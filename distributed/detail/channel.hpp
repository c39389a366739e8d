// Channel: what the ranks of a world tell each other before data moves. Each says which operation it begins,
// so ranks that do different things learn of it in place of waiting for each other for ever.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "distributed/detail/mpi.hpp"
#include "distributed/detail/shared_memory.hpp"
#include "distributed/world.hpp"

namespace xtape::distributed::detail {

/// What a rank tells all others.
struct Announcement {
  enum class Kind : std::int32_t { operation, farewell, failure };
  static constexpr std::size_t kText = 232;

  std::int64_t number = 0;                        // of the sender's operations
  std::int64_t place = SharedMemory::kElsewhere;  // of its data
  Kind kind = Kind::operation;
  char text[kText] = "";
};

class Channel {
 public:
  explicit Channel(const WorldOptions& options);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int rank() const { return communicator_.rank(); }
  int size() const { return communicator_.size(); }
  int ranks_of_machine() const { return communicator_.ranks_of_machine(); }
  MPI_Comm comm() const { return communicator_.comm(); }

  SharedMemory& memory() { return memory_; }

  /// Tells all others that this rank begins an operation, with data at a place of its shared memory. Gives
  /// the operation's number, counted alike by all ranks.
  std::int64_t announce(const std::string& what, std::int64_t place = SharedMemory::kElsewhere);
  /// The place of `peer`'s data, once it has begun the operation, which is `what` here. An Error on all ranks
  /// where it has begun another.
  std::optional<std::int64_t> begun(int peer, std::int64_t number, const std::string& what);
  /// Receives announcements. Throws where a rank has failed.
  void listen();
  /// After a poll that found nothing to do: lets others run, and throws where they are silent for too long.
  /// `what` is waited for since `start`.
  void pause(const std::string& what, std::chrono::steady_clock::time_point start);

  /// Tells all others that this rank has failed and why, once; and throws that as an Error.
  [[noreturn]] void fail(const std::string& why);
  /// As fail(), where nothing may be thrown.
  void leave(const std::string& why) noexcept;
  bool has_failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  /// After a failure: what is on its way stays there.
  void abandon() { communicator_.abandon(); }
  /// Waits until all ranks have said farewell.
  void part();

 private:
  struct Peer {
    std::deque<Announcement> begun;  // operations, not yet begun here
    bool is_gone = false;            // has said farewell
  };
  struct Outgoing {
    Announcement text;
    std::vector<MPI_Request> requests;
  };

  void tell(Announcement::Kind kind, std::int64_t number, std::string_view text,
            std::int64_t place = SharedMemory::kElsewhere);
  void await_next();
  void take(int from, const Announcement& announcement);
  void drop_delivered();

  Communicator communicator_;
  SharedMemory memory_;
  double timeout_;
  std::vector<Peer> peers_;
  std::list<Outgoing> outgoing_;  // their places stay
  Announcement incoming_;
  MPI_Request incoming_request_ = MPI_REQUEST_NULL;
  std::int64_t operations_ = 0;
  int farewells_ = 0;
  std::string failure_;
};

}  // namespace xtape::distributed::detail
