// Where answers wait for the loop. Shared by the loop and every Responder that is about, so it
// lives as long as the last of them: an answer given after the front has ended falls into a closed
// box.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "http/server/body_buffer.h"
#include "http/server/listen.h"
#include "http/server/message.h"

namespace rollcall::http {

enum class Lane;

struct Answer {
  uint64_t connection = 0;
  bool part_taken = false;  // no answer: a worker took a part of the body and waits for the next
  Lane lane{};
  HttpResponse response;
};

// Thread-safe, but for Sleep and Take, which are the loop's.
class Mailbox {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Invalid wake_fd(): the system had no descriptor to give.
  Mailbox();

  void Post(Answer&& answer);
  // Asks the loop to end; what is not done by `deadline` is given up.
  void RequestStop(TimePoint deadline);
  // From now on answers go nowhere.
  void Close();

  // Readable when there is something for a loop that went to sleep.
  int wake_fd() const { return wake_.get(); }
  // Says that the loop is about to wait on wake_fd. False: it need not, there is something already.
  bool Sleep();
  // Says that the loop is awake, and swaps what has come into `answers`, which is empty. Returns
  // the deadline of a stop that was asked for.
  std::optional<TimePoint> Take(std::vector<Answer>& answers);

 private:
  void Wake();

  const FileDescriptor wake_;
  std::mutex mutex_;  // guards what follows
  std::vector<Answer> answers_;
  std::optional<TimePoint> stop_deadline_;
  bool asleep_ = false;
  bool closed_ = false;
};

// A request that awaits its answer: where the answer goes, and the memory that the request's body
// takes until then. Held by the request's Responder.
struct Ticket {
  std::shared_ptr<Mailbox> mailbox;
  uint64_t connection = 0;
  Lane lane{};
  BudgetCharge body;

  static Responder MakeResponder(std::shared_ptr<Ticket> ticket);
};

}  // namespace rollcall::http
