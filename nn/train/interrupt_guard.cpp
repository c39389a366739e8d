// The handler of SIGINT, and its coming and going with the first and the last guard.
#include "nn/train/interrupt_guard.hpp"

#include <atomic>
#include <csignal>
#include <mutex>

#include "autograd/base/error.hpp"

namespace xtape::nn {

namespace {

static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");
std::atomic<int> interrupts{0};

std::mutex mutex;  // of the two below
int guards = 0;
struct sigaction program_action;

extern "C" void note_interrupt(int) { interrupts.fetch_add(1, std::memory_order_relaxed); }

void install() {
  check(sigaction(SIGINT, nullptr, &program_action) == 0, "InterruptGuard: SIGINT cannot be handled");
  if ((program_action.sa_flags & SA_SIGINFO) == 0 && program_action.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESETHAND | SA_RESTART;  // once, so that the second one takes the default action
  sigemptyset(&action.sa_mask);
  check(sigaction(SIGINT, &action, nullptr) == 0, "InterruptGuard: SIGINT cannot be handled");
}

}  // namespace

InterruptGuard::InterruptGuard() : before_(interrupts.load(std::memory_order_relaxed)) {
  const std::lock_guard lock(mutex);
  if (guards == 0) install();
  ++guards;
}

InterruptGuard::~InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (--guards == 0) sigaction(SIGINT, &program_action, nullptr);
}

bool InterruptGuard::requested() const { return interrupts.load(std::memory_order_relaxed) != before_; }

}  // namespace xtape::nn
