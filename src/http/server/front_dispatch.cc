#include <memory>
#include <utility>

#include "http/server/front_loop.h"

namespace rollcall::http {

size_t FrontLoop::QueueOf(Lane lane) const {
  switch (lane) {
    case Lane::kIngest:
      return options_.ingest_queue;
    case Lane::kQuery:
    case Lane::kUpstream:
      return options_.query_queue;
    case Lane::kPromql:
      return options_.promql_queue;
    case Lane::kImport:
      return options_.import_queue;
    case Lane::kBulk:
      return options_.bulk_queue;
    case Lane::kProbe:
    case Lane::kMetrics:
      return options_.probe_queue;
    case Lane::kStream:
      break;
  }
  return SIZE_MAX;
}

void FrontLoop::Dispatch(Connection& connection) {
  const std::unique_ptr<Exchange> exchange = std::move(connection.exchange);
  if (exchange->pipe != nullptr) {
    auto [part, charge] = std::move(exchange->body).Take();
    exchange->pipe->Put(std::move(part), std::move(charge), true);
    connection.state = ConnectionState::kWorking;
    deadlines_.Disarm(connection);
    return;
  }
  const Route& route = exchange->route;
  const bool is_bulk =
      route.lane == Lane::kIngest && exchange->body.size() > options_.bulk_body_bytes;
  const Lane lane = is_bulk ? Lane::kBulk : route.lane;
  if (under_way_[lane] >= QueueOf(lane)) {
    RejectJob(connection, route);
    return;
  }
  Job job{TicketFor(connection, lane), {}};
  GiveToWorker(connection, route, job.ticket);
  HttpRequest& request = exchange->request;
  request.stop = job.ticket->stop.get_token();
  auto [body, charge] = std::move(exchange->body).Take();
  if (!std::holds_alternative<IgnoredBody>(route.body)) {
    request.body = std::move(body);
    job.ticket->body = std::move(charge);
  }
  if (exchange->framing.coding == ContentCoding::kGzip &&
      std::holds_alternative<BoundedBody>(route.body)) {
    job.work = PackedRequest{std::move(request)};
  } else {
    job.work = WholeRequest{std::move(request)};
  }
  HandOut(std::move(job));
}

// From now on the connection waits for its answer.
void FrontLoop::GiveToWorker(Connection& connection, const Route& route,
                             const std::shared_ptr<Ticket>& ticket) {
  ticket->route = &route;
  connection.ticket = ticket;
  connection.state = ConnectionState::kWorking;
  deadlines_.Disarm(connection);
  if (IsForItsAnswer(ticket->lane)) {
    ticket->stop = std::stop_source();
    if (connection.peer_ended) deadlines_.Arm(connection, DeadlineKind::kHangup, now_);
  }
}

void FrontLoop::RejectJob(Connection& connection, const Route& route) {
  metrics_.Rejected(RejectReason::kLaneFull);
  Send(connection, route.busy ? route.busy() : BusyAnswer("too many requests at once"),
       After(connection, true));
}

void FrontLoop::Take(FoundLarge& large) {
  --under_way_[large.ticket->lane];
  Connection* const connection = connections_.Find(large.ticket->connection);
  if (connection == nullptr) {
    return;
  }
  if (under_way_[Lane::kBulk] < QueueOf(Lane::kBulk)) {
    large.ticket->lane = Lane::kBulk;
    HandOut({std::move(large.ticket), PackedRequest{std::move(large.request)}});
    return;
  }
  RejectJob(*connection, *large.ticket->route);
  if (connection->state == ConnectionState::kHead) {
    GoOn(*connection);
  }
}

std::shared_ptr<Ticket> FrontLoop::TicketFor(const Connection& connection, Lane lane) const {
  auto ticket = std::make_shared<Ticket>();
  ticket->mailbox = mailbox_;
  ticket->connection = connection.id;
  ticket->lane = lane;
  ticket->complete_at = now_;
  ticket->answer = BudgetCharge(budget_);
  return ticket;
}

void FrontLoop::HandOut(Job&& job) {
  const Lane lane = job.ticket->lane;
  jobs_[lane].push_back(std::move(job));
  ++under_way_[lane];
}

}  // namespace rollcall::http
