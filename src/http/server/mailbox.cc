#include "http/server/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace rollcall::http {
namespace {

// Answers that are never refused for want of memory: those that say so themselves, and what is
// asked for when something is wrong.
bool IsSmall(size_t bytes, Lane lane) {
  constexpr size_t kSmallAnswerBytes = 4096;
  return bytes <= kSmallAnswerBytes || lane == Lane::kProbe || lane == Lane::kMetrics;
}

}  // namespace

Mailbox::Mailbox() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void Mailbox::Post(Mail&& mail) {
  bool wake = false;
  {
    const MutexLock lock(mutex_);
    if (closed_) {
      return;
    }
    mail_.push_back(std::move(mail));
    wake = std::exchange(asleep_, false);
  }
  if (wake) {
    Wake();
  }
}

void Mailbox::RequestStop(TimePoint deadline) {
  {
    const MutexLock lock(mutex_);
    stop_deadline_ = deadline;
  }
  Wake();
}

void Mailbox::Close() {
  std::vector<Mail> dropped;
  const MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(mail_);
}

bool Mailbox::Sleep() {
  const MutexLock lock(mutex_);
  if (!mail_.empty()) {
    return false;
  }
  asleep_ = true;
  return true;
}

std::optional<Mailbox::TimePoint> Mailbox::Take(std::vector<Mail>& mail) {
  turns_.fetch_add(1, std::memory_order_relaxed);
  const MutexLock lock(mutex_);
  asleep_ = false;
  mail.swap(mail_);
  return stop_deadline_;
}

void Mailbox::Wake() {
  const uint64_t one = 1;
  // It can fail only where the counter is full, and then the loop is woken anyway.
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
}

bool Ticket::ReserveAnswer() {
  const size_t expected = route->use->expected_bytes();
  if (IsSmall(expected, lane)) return true;
  if (answer.TryResize(expected)) return true;
  route->use->Learn(0);  // or one giant would shut the route for ever
  return false;
}

Responder Ticket::MakeResponder(std::shared_ptr<Ticket> ticket) {
  return Responder([ticket = std::move(ticket)](HttpResponse&& response) {
    RouteUse& use = *ticket->route->use;
    ticket->body.Release();
    use.Learn(response.body.size());
    if (IsSmall(response.body.size(), ticket->lane)) {
      ticket->answer.Resize(response.body.size());
    } else if (!ticket->answer.TryResize(response.body.size())) {
      response = BusyAnswer("out of buffer memory");
    }
    use.Count(response.status);
    use.Time(std::chrono::steady_clock::now() - ticket->complete_at);
    ticket->mailbox->Post(RequestAnswered{ticket->connection, ticket->lane, std::move(response),
                                          std::move(ticket->answer)});
  });
}

}  // namespace rollcall::http
