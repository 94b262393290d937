#include <memory>
#include <utility>

#include "api/http_front_loop.h"

namespace rollcall::api {

bool FrontLoop::SpoolIfFull(Connection& connection) {
  Exchange& exchange = *connection.exchange;
  if (!exchange.spools || exchange.body.size() < options_.spool_above_bytes) {
    return false;
  }
  if (exchange.request.body_file == nullptr) {
    exchange.request.body_file = std::make_shared<BodyFile>(options_.spool_directory);
  }
  auto [part, charge] = std::move(exchange.body).Take();
  exchange.body = BodyBuffer(budget_, exchange.max_body_bytes);
  exchange.body.ExpectBytes(options_.spool_above_bytes);
  exchange.spooled_bytes += part.size();

  auto ticket = std::make_shared<Ticket>();
  ticket->mailbox = mailbox_;
  ticket->connection = connection.id;
  ticket->lane = Lane::kSpool;
  ticket->body = std::move(charge);
  Job job;
  job.request.body = std::move(part);
  job.request.body_file = exchange.request.body_file;
  job.responder = Ticket::MakeResponder(std::move(ticket));
  constexpr auto kLane = static_cast<size_t>(Lane::kSpool);
  jobs_[kLane].push_back(std::move(job));
  ++under_way_[kLane];
  connection.state = ConnectionState::kSpooling;
  deadlines_.Disarm(connection);
  return true;
}

void FrontLoop::Spooled(Connection& connection, bool stored) {
  if (!stored) {
    HttpResponse response = HttpResponse::Text(503, "the request's body cannot be stored now");
    response.headers.push_back({"Retry-After", "60"});
    Reject(connection, RejectReason::kSpool, std::move(response));
    return;
  }
  connection.state = ConnectionState::kBody;
  deadlines_.Arm(connection, DeadlineKind::kStall, now_);
  GoOn(connection);
}

}  // namespace rollcall::api
