#include "forward/forwarder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "base/pack.h"
#include "base/pause.h"
#include "forward/backoff.h"
#include "forward/forward_text.h"
#include "model/fleet.h"
#include "parse/report_parser.h"

namespace rollcall::forward {
namespace {

// Enough for requests of the largest size made of the smallest reports.
constexpr size_t kMostReports = 8'192;
constexpr size_t kMaxReasonBytes = 200;
constexpr std::chrono::seconds kFailureLogInterval{60};

// What such an answer says is true of every report alike.
bool IsAboutUs(int status) {
  constexpr std::array<int, 8> kStatuses{401, 403, 404, 405, 407, 408, 425, 429};
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

// One line for a person.
std::string Printable(std::string_view text) {
  std::string shown(text.substr(0, std::min(text.find('\n'), kMaxReasonBytes)));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace

Result<std::unique_ptr<Forwarder>> Forwarder::Start(storage::Outbox& outbox, FindIdLabel id_label,
                                                    const Clock& clock,
                                                    const ForwarderOptions& options,
                                                    metrics::Registry& registry) {
  Result<Credentials> credentials = Credentials::Make(options.credentials);
  if (!credentials.ok()) return credentials.status().WithContext("forward");
  const Result<http::HttpUrl> url = http::HttpUrl::Parse(options.url);
  if (!url.ok()) return url.status().WithContext("forward");
  auto client = http::HttpClient::Make(options.url, options.http);
  if (!client.ok()) return client.status().WithContext("forward");
  return std::unique_ptr<Forwarder>(
      new Forwarder(outbox, std::move(id_label), clock, options, std::move(credentials).value(),
                    std::move(client).value(), url->target, registry));
}

Forwarder::Forwarder(storage::Outbox& outbox, FindIdLabel id_label, const Clock& clock,
                     const ForwarderOptions& options, Credentials credentials,
                     std::unique_ptr<http::HttpClient> client, std::string target,
                     metrics::Registry& registry)
    : outbox_(outbox),
      id_label_(std::move(id_label)),
      clock_(clock),
      options_(options),
      target_(std::move(target)),
      credentials_(std::move(credentials)),
      client_(std::move(client)),
      max_reports_(kMostReports),
      random_(std::random_device()()),
      sent_(registry.GetCounter("rollcall_forward_reports_sent_total",
                                "Reports that the receiver took")),
      parked_(registry.GetCounter("rollcall_forward_reports_parked_total",
                                  "Reports that the receiver refused, or that cannot be read")),
      requests_(registry.GetCounter("rollcall_forward_requests_total", "Requests to the receiver")),
      failed_tries_(registry.GetCounter("rollcall_forward_failures_total",
                                        "Tries after which all reports wait")),
      request_seconds_(registry.GetHistogram("rollcall_forward_request_duration_seconds",
                                             "Time from a request to its answer or its failure",
                                             metrics::Histogram::LatencyBuckets())),
      backoff_seconds_(registry.GetGauge(
          "rollcall_forward_backoff_seconds",
          "The wait under way before the next try, in whole seconds, rounded up; 0: none")),
      thread_([this] { Run(); }) {}

Forwarder::~Forwarder() { Stop(std::chrono::milliseconds(0)); }

void Forwarder::Stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  stop_.request_stop();
  {
    MutexLock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + grace;
    while (!ended_ && ended_changed_.WaitUntil(lock, end)) {
    }
  }
  cut_.request_stop();
  thread_.join();
}

void Forwarder::Run() {
  while (outbox_.AwaitRows(stop_.get_token())) {
    Load load;
    if (const Status status = Collect(load); !status.ok()) {
      Wait(status.message());
    } else if (!load.unreadable.empty()) {
      Park(load, 0, load.unreadable);
    } else {
      Settle(load, Send(load));
    }
  }
  {
    const MutexLock lock(mutex_);
    ended_ = true;
  }
  ended_changed_.NotifyAll();
}

Status Forwarder::Collect(Load& load) {
  ROLLCALL_RETURN_IF_ERROR(
      outbox_.ReadOldest([&](const storage::Outbox::Item& item, std::string_view row) {
        return Add(item, row, load);
      }));
  return load.items.empty() ? Status::DataLoss("the outbox has none of the reports it counts")
                            : Status::Ok();
}

// False: the request is complete without what follows.
bool Forwarder::Add(const storage::Outbox::Item& item, std::string_view row, Load& load) {
  const bool first = load.items.empty();
  const Result<ForwardedSource> source = Read(row);
  if (!source.ok() && !first) return false;
  if (first) load.first_row = row;
  if (!source.ok()) {
    load.unreadable = source.status().message();
    load.items.push_back(item);
    return false;
  }
  const size_t size_before = load.text.size();
  const size_t end = AppendForwardLines(report_, 0, *source, options_.max_request_bytes, load.text);
  const bool whole = end == report_.samples.size();
  if (!whole && !first) {
    load.text.resize(size_before);
    return false;
  }
  load.next_sample = end;
  load.partial = !whole;
  load.items.push_back(item);
  return whole && load.items.size() < max_reports_ && load.text.size() < options_.max_request_bytes;
}

// Into report_.
Result<ForwardedSource> Forwarder::Read(std::string_view row) {
  storage::OutboxRow decoded;
  ROLLCALL_RETURN_IF_ERROR(storage::DecodeOutboxRow(row, decoded));
  const std::optional<std::string_view> id_label = id_label_(decoded.fleet);
  if (!id_label) {
    return Status::FailedPrecondition("fleet " + std::to_string(decoded.fleet.value) +
                                      " is not declared any more");
  }
  const Result<std::string> body = UnpackBody(decoded.packed_body, kMaxReportBytes);
  if (!body.ok()) return body.status();
  ROLLCALL_RETURN_IF_ERROR(ParseReport(*body, *id_label, random_(), report_));
  return ForwardedSource{*id_label, decoded.source_id, decoded.received};
}

Forwarder::Answer Forwarder::Send(Load& load) {
  // All that it had was erased.
  if (load.text.empty()) return {Outcome::kTaken, 0, ""};
  Answer answer = Post(load.text);
  if (!load.partial) return answer;
  const Result<ForwardedSource> source = Read(load.first_row);
  if (!source.ok()) return {Outcome::kLater, 0, source.status().message()};
  while (answer.outcome == Outcome::kTaken && load.next_sample < report_.samples.size()) {
    load.text.clear();
    load.next_sample = AppendForwardLines(report_, load.next_sample, *source,
                                          options_.max_request_bytes, load.text);
    answer = Post(load.text);
  }
  return answer;
}

Forwarder::Answer Forwarder::Post(const std::string& text) {
  http::HttpHeaders headers;
  if (const std::string& authorization = credentials_.Authorization(); !authorization.empty()) {
    headers.emplace_back("Authorization", authorization);
  }
  const auto begin = std::chrono::steady_clock::now();
  const Result<http::HttpClientResponse> response =
      client_->Post(target_, headers, "text/plain", text, cut_.get_token());
  request_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  requests_.Add();
  if (!response.ok()) return {Outcome::kLater, 0, response.status().message()};
  const int status = response->status;
  if (status >= 200 && status < 300) return {Outcome::kTaken, status, ""};
  return {status >= 400 && status < 500 && !IsAboutUs(status) ? Outcome::kRefused : Outcome::kLater,
          status, "HTTP " + std::to_string(status) + ": " + Printable(response->body)};
}

void Forwarder::Settle(const Load& load, const Answer& answer) {
  switch (answer.outcome) {
    case Outcome::kTaken: {
      Recovered();
      sent_.Add(load.items.size());
      max_reports_ = std::min(kMostReports, max_reports_ * 2);
      // Sent is sent: that it cannot be written down is the store's to tell.
      const Status removed = outbox_.Remove(load.items);
      if (!removed.ok()) log::Debug("forward: {}", removed.message());
      return;
    }
    case Outcome::kRefused:
      Recovered();
      if (load.items.size() > 1) {
        max_reports_ = load.items.size() / 2;
      } else {
        Park(load, answer.status, answer.reason);
      }
      return;
    case Outcome::kLater:
      Wait(answer.reason);
  }
}

void Forwarder::Park(const Load& load, int http_status, const std::string& reason) {
  const Status status =
      outbox_.Park(load.items.front(), {.parked = clock_.NowMilliseconds(),
                                        .http_status = static_cast<uint32_t>(http_status),
                                        .reason = reason,
                                        .outbox_row = load.first_row});
  if (!status.ok()) return Wait("park a report: " + status.message());
  parked_.Add();
  // The reason may quote the report; it is for those who may list what is parked.
  log::Warn("forward: report {} is parked: {}", load.items.front().sequence,
            http_status == 0 ? "it cannot be read" : "HTTP " + std::to_string(http_status));
}

void Forwarder::Wait(const std::string& why) {
  if (stop_.stop_requested()) return;
  ++failures_;
  failed_tries_.Add();
  const auto delay = BackoffDelay(failures_, std::uniform_real_distribution<>(0, 1)(random_));
  if (const auto now = std::chrono::steady_clock::now(); now >= next_log_) {
    log::Warn("forward: {}; reports that wait: {}", why, outbox_.size().reports);
    next_log_ = now + kFailureLogInterval;
  }
  backoff_seconds_.Set(std::chrono::ceil<std::chrono::seconds>(delay).count());
  options_.pause ? options_.pause(delay, stop_.get_token()) : PauseFor(delay, stop_.get_token());
  backoff_seconds_.Set(0);
}

void Forwarder::Recovered() {
  if (failures_ == 0) return;
  log::Info("forward: the receiver answers again; reports that wait: {}", outbox_.size().reports);
  failures_ = 0;
  next_log_ = {};
}

}  // namespace rollcall::forward
