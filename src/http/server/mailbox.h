// The mailbox by which other threads send answers and other messages to the front's loop. Shared by
// the loop and every Responder, so it lives as long as the last of them: an answer given after the
// front has ended is dropped by a closed mailbox.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "base/mutex.h"
#include "http/server/body_buffer.h"
#include "http/server/lanes.h"
#include "http/server/listen.h"
#include "http/server/message.h"
#include "http/server/route.h"

namespace rollcall::http {

struct Ticket;

struct RequestAnswered {
  uint64_t connection = 0;
  Lane lane{};
  HttpResponse response;
  BudgetCharge charge;  // for the body of the response
};

// A report on the ingest lane that turned out to be large once inflated; its body is still gzip.
struct FoundLarge {
  std::shared_ptr<Ticket> ticket;
  HttpRequest request;
};

// The next piece of a streamed answer.
struct PieceMade {
  enum class End { kMoreToCome, kLast, kBrokenOff };
  uint64_t connection = 0;
  std::string bytes;
  End end{};
};

// A worker took a part of a streamed body and is ready for the next.
struct PartTaken {
  uint64_t connection = 0;
};

using Mail = std::variant<RequestAnswered, FoundLarge, PieceMade, PartTaken>;

// Thread-safe, but only the loop calls Sleep and Take.
class Mailbox {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Leaves wake_fd() negative where the system has no descriptor to give.
  Mailbox();

  void Post(Mail&& mail);
  // Has the loop come round once more. turns() counts how often it did.
  void Nudge() { Wake(); }
  uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }
  // Asks the loop to end; it gives up what is not done by `deadline`.
  void RequestStop(TimePoint deadline);
  // Drops what was posted and not taken, and all that is posted from now on.
  void Close();

  // Becomes readable when something is posted while the loop sleeps, or a stop is requested.
  int wake_fd() const { return wake_.get(); }
  // Says that the loop is about to wait on wake_fd. Returns false where it must not wait, because
  // there is mail already.
  bool Sleep();
  // Says that the loop is awake, and moves the mail into `mail`, which must be empty. Returns the
  // deadline of a stop where one was requested.
  std::optional<TimePoint> Take(std::vector<Mail>& mail);

 private:
  void Wake();

  const FileDescriptor wake_;
  std::atomic<uint64_t> turns_{0};
  Mutex mutex_;
  std::vector<Mail> mail_ GUARDED_BY(mutex_);
  std::optional<TimePoint> stop_deadline_ GUARDED_BY(mutex_);
  bool asleep_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

// A job that awaits its answer: which connection the answer goes to, and the memory charged until
// then. Held by the job, then by the request's Responder.
struct Ticket {
  std::shared_ptr<Mailbox> mailbox;
  uint64_t connection = 0;
  Lane lane{};
  const Route* route = nullptr;    // null: the job makes a streamed answer's next piece
  Mailbox::TimePoint complete_at;  // when the request was complete
  BudgetCharge body;
  BudgetCharge answer;  // first its expected size, then the real one
  std::stop_source stop{std::nostopstate};
  std::atomic<bool> client_left{false};

  // Notes that nobody waits for the answer any more, and requests a stop.
  void ClientLeft() {
    client_left.store(true, std::memory_order_relaxed);
    stop.request_stop();
  }
  // Charges the size that the route's answers are expected to have, before the answer is made.
  // Returns false where the budget has no room for it.
  bool ReserveAnswer();
  // Returns the request's Responder, which counts, times and charges the answer and posts it to
  // the loop.
  static Responder MakeResponder(std::shared_ptr<Ticket> ticket);
};

}  // namespace rollcall::http
