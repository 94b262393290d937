// The forwarder: the one thread that sends what is in the outbox, oldest first, several reports in
// one request, until the receiver has taken it.
//
//   200, 204, any other 2xx            the reports are removed from the outbox
//   400, 413, 422 and the like         about the reports: fewer are sent together, until the one
//                                      that is refused stands alone; it is parked, and the others
//                                      go on
//   401, 403, 404, 405, 407, 408, 425,
//   429, 3xx, 5xx, no answer           about the receiver or about us: all wait, longer each time
//
// What was sent and not yet removed when the process ended is sent again, with the same timestamps.
// Start, Stop and the destructor are for one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "forward/credentials.h"
#include "forward/forward_text.h"
#include "http/client/client.h"
#include "http/client/url.h"
#include "metrics/registry.h"
#include "model/report.h"
#include "storage/outbox.h"

namespace rollcall::forward {

struct ForwarderOptions {
  std::string url;  // of the import endpoint
  CredentialsOptions credentials;
  http::HttpClientOptions http{.read_timeout = std::chrono::seconds(30),
                               .total_timeout = std::chrono::seconds(60),
                               .max_response_bytes = 64 * 1024};
  size_t max_request_bytes = 1024 * 1024;  // a single line may go beyond it
  // Waits, or returns early where a stop is requested.
  std::function<void(std::chrono::milliseconds, std::stop_token)> pause;
};

class Forwarder {
 public:
  // All arguments outlive the forwarder. FailedPrecondition, InvalidArgument: a file of
  // credentials, the URL. That nobody answers there is no failure.
  static Result<std::unique_ptr<Forwarder>> Start(storage::Outbox& outbox, const Clock& clock,
                                                  const ForwarderOptions& options,
                                                  metrics::Registry& registry);
  // As Stop with a grace of 0.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Begins no further request; one that is under way has `grace` to end. What is not sent stays in
  // the outbox.
  void Stop(std::chrono::milliseconds grace);

 private:
  // The reports of one request: a number of whole ones, or a single one that takes several
  // requests.
  struct Load {
    std::string text;
    std::vector<storage::Outbox::Item> items;
    std::string first_row;   // as it stands in the outbox
    size_t next_sample = 0;  // of the first report: where what is not in `text` begins
    bool partial = false;    // there is more of it, and it is alone
    std::string unreadable;  // why the first report cannot be sent at all; empty where it can
  };
  enum class Outcome { kTaken, kRefused, kLater };
  struct Answer {
    Outcome outcome = Outcome::kLater;
    int status = 0;
    std::string reason;
  };

  Forwarder(storage::Outbox& outbox, const Clock& clock, const ForwarderOptions& options,
            Credentials credentials, std::unique_ptr<http::HttpClient> client, std::string target,
            metrics::Registry& registry);
  void Run();
  Status Collect(Load& load);
  bool Add(const storage::Outbox::Item& item, std::string_view row, Load& load);
  Result<ForwardedSource> Read(std::string_view row);
  Answer Send(Load& load);
  Answer Post(const std::string& text);
  void Settle(const Load& load, const Answer& answer);
  void Park(const Load& load, int http_status, const std::string& reason);
  void Wait(const std::string& why);
  void Recovered();

  storage::Outbox& outbox_;
  const Clock& clock_;
  const ForwarderOptions options_;
  const std::string target_;

  // The thread's own.
  Credentials credentials_;
  std::unique_ptr<http::HttpClient> client_;
  ParsedReport report_;    // the last one read
  size_t max_reports_;     // of the next request
  uint32_t failures_ = 0;  // in a row
  std::chrono::steady_clock::time_point next_log_{};
  std::mt19937_64 random_;

  metrics::Counter& sent_;
  metrics::Counter& parked_;
  metrics::Counter& requests_;
  metrics::Counter& failed_tries_;
  metrics::Histogram& request_seconds_;
  metrics::Gauge& backoff_milliseconds_;

  std::stop_source stop_;  // no further request
  std::stop_source cut_;   // and the one under way ends
  Mutex mutex_;
  ConditionVariable ended_changed_;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace rollcall::forward
