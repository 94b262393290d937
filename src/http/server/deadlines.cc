#include "http/server/deadlines.h"

#include "http/server/connection.h"

namespace rollcall::http {

void Deadlines::Arm(Connection& connection, DeadlineKind kind, TimePoint now) {
  Disarm(connection);
  List& list = lists_[kind];
  DeadlineHook& hook = connection.deadline;
  hook.kind = kind;
  hook.due = now + timeouts_[kind];
  hook.previous = list.last;
  if (list.last != nullptr) {
    list.last->deadline.next = &connection;
  } else {
    list.first = &connection;
  }
  list.last = &connection;
}

void Deadlines::Disarm(Connection& connection) {
  DeadlineHook& hook = connection.deadline;
  if (!hook.kind) {
    return;
  }
  List& list = lists_[*hook.kind];
  (hook.previous != nullptr ? hook.previous->deadline.next : list.first) = hook.next;
  (hook.next != nullptr ? hook.next->deadline.previous : list.last) = hook.previous;
  hook = DeadlineHook();
}

Connection* Deadlines::OldestThat(DeadlineKind kind, size_t most,
                                  const std::function<bool(const Connection&)>& fits) const {
  Connection* one = lists_[kind].first;
  for (; one != nullptr && most > 0; one = one->deadline.next, --most) {
    if (fits(*one)) return one;
  }
  return nullptr;
}

Connection* Deadlines::NextExpired(TimePoint now) const {
  for (const List& list : lists_) {
    if (list.first != nullptr && list.first->deadline.due <= now) {
      return list.first;
    }
  }
  return nullptr;
}

std::optional<Deadlines::TimePoint> Deadlines::Earliest() const {
  std::optional<TimePoint> earliest;
  for (const List& list : lists_) {
    if (list.first != nullptr && (!earliest || list.first->deadline.due < *earliest)) {
      earliest = list.first->deadline.due;
    }
  }
  return earliest;
}

}  // namespace rollcall::http
