// Where answers wait for the loop. Shared by the loop and every Responder that is about, so it
// lives as long as the last of them: an answer given after the front has ended falls into a closed
// box.
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
  BudgetCharge charge;  // of the body
};

// A report that was taken for a small one and is not, once inflated; its body is gzip still.
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

// A worker took a part of the body and waits for the next.
struct PartTaken {
  uint64_t connection = 0;
};

using Mail = std::variant<RequestAnswered, FoundLarge, PieceMade, PartTaken>;

// Thread-safe, but for Sleep and Take, which are the loop's.
class Mailbox {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Invalid wake_fd(): the system had no descriptor to give.
  Mailbox();

  void Post(Mail&& mail);
  // Asks the loop to end; what is not done by `deadline` is given up.
  void RequestStop(TimePoint deadline);
  // From now on what is posted goes nowhere.
  void Close();

  // Readable when there is something for a loop that went to sleep.
  int wake_fd() const { return wake_.get(); }
  // Says that the loop is about to wait on wake_fd. False: it need not, there is something already.
  bool Sleep();
  // Says that the loop is awake, and swaps what has come into `mail`, which is empty. Returns the
  // deadline of a stop that was asked for.
  std::optional<TimePoint> Take(std::vector<Mail>& mail);

 private:
  void Wake();

  const FileDescriptor wake_;
  Mutex mutex_;
  std::vector<Mail> mail_ GUARDED_BY(mutex_);
  std::optional<TimePoint> stop_deadline_ GUARDED_BY(mutex_);
  bool asleep_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

// A request that awaits its answer: where the answer goes, and the memory that the request's body
// takes until then. Held by the request's job, then by its Responder.
struct Ticket {
  std::shared_ptr<Mailbox> mailbox;
  uint64_t connection = 0;
  Lane lane{};
  const Route* route = nullptr;    // null: of a streamed answer's next piece
  Mailbox::TimePoint complete_at;  // when the request was there
  BudgetCharge body;
  BudgetCharge answer;  // what it is expected to be, then what it is
  std::stop_source stop{std::nostopstate};
  std::atomic<bool> client_left{false};

  void ClientLeft() {
    client_left.store(true, std::memory_order_relaxed);
    stop.request_stop();
  }
  // Charges the answer before it is made. False: there is no memory for it.
  bool ReserveAnswer();
  // Counts, times and charges the answer.
  static Responder MakeResponder(std::shared_ptr<Ticket> ticket);
};

}  // namespace rollcall::http
