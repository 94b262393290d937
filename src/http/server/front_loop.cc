#include "http/server/front_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;

constexpr size_t kEventsAtOnce = 512;

constexpr uint64_t kMailboxId = 0;

milliseconds TimeoutOf(DeadlineKind kind, const FrontOptions& options) {
  switch (kind) {
    case DeadlineKind::kIdle:
      return options.idle_timeout;
    case DeadlineKind::kHandshake:
    case DeadlineKind::kHeader:
      return options.header_timeout;
    case DeadlineKind::kBody:
      return options.body_timeout;
    case DeadlineKind::kWrite:
      return options.write_timeout;
    case DeadlineKind::kLinger:
      return options.linger_timeout;
    case DeadlineKind::kStall:
      return options.stall_timeout;
    case DeadlineKind::kHangup:
      return options.hangup_timeout;
  }
  return {};
}

Deadlines::Timeouts TimeoutsOf(const FrontOptions& options) {
  Deadlines::Timeouts timeouts;
  timeouts.ForEach(
      [&](DeadlineKind kind, milliseconds& timeout) { timeout = TimeoutOf(kind, options); });
  return timeouts;
}

}  // namespace

FrontLoop::FrontLoop(const FrontOptions& options, Networks proxies, HttpFront::Judge judge,
                     std::vector<Door> doors, std::shared_ptr<Mailbox> mailbox,
                     std::shared_ptr<BufferBudget> budget,
                     const EnumArray<Lane, std::unique_ptr<WorkerLane>>& lanes,
                     metrics::Registry& registry)
    : options_(options),
      head_limits_{options.max_header_bytes, options.max_header_count, options.max_target_bytes},
      judge_(std::move(judge)),
      guard_(options.private_hosts, options.private_address),
      proxies_(std::move(proxies)),
      doors_(std::move(doors)),
      mailbox_(std::move(mailbox)),
      budget_(std::move(budget)),
      lanes_(lanes),
      metrics_(registry),
      deadlines_(TimeoutsOf(options)),
      // An empty line before the head, the head, and one byte that shows that it is too long.
      scratch_(options.max_header_bytes + 3) {}

Status FrontLoop::Prepare() {
  epoll_ = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  spare_ = FileDescriptor(eventfd(0, EFD_CLOEXEC));
  if (!epoll_.valid() || !spare_.valid() || mailbox_->wake_fd() < 0) {
    return Status::Unavailable(std::string("open the front's descriptors: ") +
                               std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kMailboxId;
  bool added = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_->wake_fd(), &event) == 0;
  for (size_t i = 0; i < doors_.size(); ++i) {
    event.data.u64 = DoorId(i);
    added = added && epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, doors_[i].socket.fd.get(), &event) == 0;
  }
  if (!added) {
    return Status::Unavailable(std::string("watch the front's descriptors: ") +
                               std::strerror(errno));
  }
  return Status::Ok();
}

void FrontLoop::Run() {
  std::vector<epoll_event> events(kEventsAtOnce);
  now_ = std::chrono::steady_clock::now();
  while (!Ended()) {
    const int ready = Wait(events);
    now_ = std::chrono::steady_clock::now();
    for (int i = 0; i < ready; ++i) {
      OnEvent(events[static_cast<size_t>(i)]);
    }
    Revisit();
    TakeMail();
    ContinueHandshakes();
    // Last, so that a connection whose request has just come does not count as idle.
    AcceptWaiting();
    ExpireDeadlines();
    SubmitJobs();
    metrics_.buffered_bytes->Set(static_cast<int64_t>(budget_->used()));
  }
  CloseAll();
}

int FrontLoop::Wait(std::span<epoll_event> events) {
  int timeout = WaitMilliseconds();
  if (timeout != 0 && !mailbox_->Sleep()) {
    timeout = 0;
  }
  return epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
}

// -1: until something happens.
int FrontLoop::WaitMilliseconds() const {
  if (!revisit_.empty() || !handshakes_.empty()) {
    return 0;
  }
  std::optional<TimePoint> until = deadlines_.Earliest();
  for (const std::optional<TimePoint>& other : {accept_paused_till_, stop_deadline_}) {
    if (other && (!until || *other < *until)) {
      until = other;
    }
  }
  if (!until) {
    return -1;
  }
  const auto left = std::chrono::ceil<milliseconds>(*until - std::chrono::steady_clock::now());
  constexpr milliseconds kLongest{60'000};
  return static_cast<int>(std::clamp(left, milliseconds(0), kLongest).count());
}

void FrontLoop::OnEvent(const epoll_event& event) {
  const uint64_t id = event.data.u64;
  if (id == kMailboxId) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t n = read(mailbox_->wake_fd(), &count, sizeof count);
    return;
  }
  if (id - DoorId(0) < doors_.size()) {
    accept_waiting_[id - DoorId(0)] = true;
    return;
  }
  if (Connection* connection = connections_.Find(id)) {
    OnConnectionEvent(*connection, event.events);
  }
}

void FrontLoop::OnConnectionEvent(Connection& connection, uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    const bool lingers = connection.state == ConnectionState::kLingering;
    Close(connection, lingers ? connection.reason : CloseReason::kReset);
    return;
  }
  if ((events & EPOLLRDHUP) != 0 && !std::exchange(connection.peer_ended, true) &&
      connection.ticket != nullptr && IsForItsAnswer(connection.ticket->lane)) {
    deadlines_.Arm(connection, DeadlineKind::kHangup, now_);
  }
  // Over TLS, reading may have waited for a chance to write, and the other way round.
  const bool is_tls = connection.tls != nullptr;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0 || is_tls) {
    connection.may_read = true;
  }
  switch (connection.state) {
    case ConnectionState::kProxyHead:
      return ReceiveProxyHead(connection);
    case ConnectionState::kHandshake:
      return QueueHandshake(connection);
    case ConnectionState::kWriting:
      if ((events & EPOLLOUT) != 0 || is_tls) Flush(connection);
      return;
    default:
      Receive(connection);
  }
}

void FrontLoop::Revisit() {
  revisiting_.clear();
  revisiting_.swap(revisit_);
  for (const uint64_t id : revisiting_) {
    if (Connection* connection = connections_.Find(id)) {
      Receive(*connection);
    }
  }
}

void FrontLoop::TakeMail() {
  const std::optional<TimePoint> stop = mailbox_->Take(mail_);
  for (Mail& mail : mail_) {
    std::visit([this](auto& news) { Take(news); }, mail);
  }
  mail_.clear();  // with the memory that an answer nobody took was charged
  if (stop && !stop_deadline_) {
    BeginStop(*stop);
  }
}

void FrontLoop::Take(RequestAnswered& answered) {
  --under_way_[answered.lane];
  Connection* const connection = connections_.Find(answered.connection);
  if (connection == nullptr) {
    return;  // the peer did not wait for it
  }
  const bool early = connection->exchange != nullptr;  // the body is not whole
  if (!early && connection->state != ConnectionState::kWorking) {
    return;  // the front has answered itself: the body did not come in time
  }
  const bool unread = connection->may_read || !connection->held.empty();
  Send(*connection, std::move(answered.response),
       early ? AfterAnswer::kLinger : After(*connection, unread), std::move(answered.charge));
  if (connection->state == ConnectionState::kHead) {
    GoOn(*connection);
  }
}

void FrontLoop::ExpireDeadlines() {
  while (Connection* connection = deadlines_.NextExpired(now_)) {
    switch (*connection->deadline.kind) {
      case DeadlineKind::kIdle:
        Close(*connection, CloseReason::kIdle);
        break;
      case DeadlineKind::kHandshake:
        Close(*connection, CloseReason::kDeadlineHandshake);
        break;
      case DeadlineKind::kHeader:
        Reject(*connection, RejectReason::kTimeout,
               HttpResponse::Text(408, "the request's head did not come in time"),
               CloseReason::kDeadlineHeader);
        break;
      case DeadlineKind::kBody:
      case DeadlineKind::kStall:
        Reject(*connection, RejectReason::kTimeout,
               HttpResponse::Text(408, "the request's body did not come in time"),
               CloseReason::kDeadlineBody);
        break;
      case DeadlineKind::kWrite:
        BreakOff(*connection, CloseReason::kSlowReader);
        break;
      case DeadlineKind::kLinger:
        Close(*connection, connection->reason);
        break;
      case DeadlineKind::kHangup:
        Close(*connection, CloseReason::kPeer);
        break;
    }
  }
}

void FrontLoop::SubmitJobs() {
  jobs_.ForEach([this](Lane lane, std::vector<Job>& jobs) {
    metrics_.queue_length[lane]->Set(static_cast<int64_t>(under_way_[lane]));
    if (!jobs.empty()) {
      lanes_[lane]->Submit(jobs);
    }
  });
}

void FrontLoop::BeginStop(TimePoint deadline) {
  stop_deadline_ = deadline;
  accept_paused_till_.reset();
  accept_waiting_ = {};
  for (Door& door : doors_) {
    door.socket.fd.Close();
  }
  connections_.ForEach([this](Connection& connection) {
    // A body that may take for ever is not waited for, neither way.
    const bool uploads = connection.exchange != nullptr && connection.exchange->streams();
    if (connection.state <= ConnectionState::kHead || uploads || connection.stream != nullptr) {
      BreakOff(connection, CloseReason::kShutdown);
    }
  });
}

bool FrontLoop::Ended() const {
  return stop_deadline_ && (connections_.size() == 0 || now_ >= *stop_deadline_);
}

void FrontLoop::CloseAll() {
  connections_.ForEach(
      [this](Connection& connection) { BreakOff(connection, CloseReason::kShutdown); });
  metrics_.buffered_bytes->Set(0);
}

}  // namespace rollcall::http
