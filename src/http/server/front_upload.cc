#include <memory>
#include <utility>

#include "http/server/front_loop.h"

namespace rollcall::http {

bool FrontLoop::HandOnIfFull(Connection& connection) {
  Exchange& exchange = *connection.exchange;
  if (!exchange.streams() || exchange.body.size() < options_.upload_part_bytes) {
    return false;
  }
  if (exchange.pipe == nullptr && !BeginUpload(connection)) {
    return true;
  }
  auto [part, charge] = std::move(exchange.body).Take();
  exchange.body = BodyBuffer(budget_, exchange.max_body_bytes);
  exchange.body.ExpectBytes(options_.upload_part_bytes);
  exchange.handed_on_bytes += part.size();
  exchange.pipe->Put(std::move(part), std::move(charge), false);
  connection.state = ConnectionState::kHandedOn;
  deadlines_.Disarm(connection);
  return true;
}

// The request goes to its worker now, long before its body is whole. False: it was refused.
bool FrontLoop::BeginUpload(Connection& connection) {
  Exchange& exchange = *connection.exchange;
  const Lane lane = exchange.route.lane;
  if (under_way_[lane] >= QueueOf(lane)) {
    Reject(connection, RejectReason::kLaneFull, BusyAnswer("too many requests at once"));
    return false;
  }
  exchange.pipe = std::make_shared<BodyPipe>(
      [mailbox = mailbox_, id = connection.id] { mailbox->Post(PartTaken{id}); });
  exchange.request.body_pipe = exchange.pipe;
  auto ticket = TicketFor(connection, lane);
  ticket->route = &exchange.route;
  HandOut({std::move(ticket), WholeRequest{std::move(exchange.request)}});
  return true;
}

void FrontLoop::Take(PartTaken& taken) {
  Connection* const connection = connections_.Find(taken.connection);
  if (connection == nullptr || connection->state != ConnectionState::kHandedOn) {
    return;  // gone, or answered already
  }
  connection->state = ConnectionState::kBody;
  deadlines_.Arm(*connection, DeadlineKind::kStall, now_);
  GoOn(*connection);
}

}  // namespace rollcall::http
