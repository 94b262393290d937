// The forwarder: the one thread that sends the reports in the outbox, oldest first and several in
// one request, and repeats each until the receiver has taken it. The receiver's status decides
// what follows:
//
//   200, 204, any other 2xx            the reports are removed from the outbox
//   400, 413, 422 and the like         a problem of the reports: fewer are sent together, until the
//                                      refused one is alone; it is parked, and the others are sent
//   401, 403, 404, 405, 407, 408, 425,
//   429, 3xx, 5xx, no answer           a problem of the receiver or of this side: all reports wait,
//                                      longer each time
//
// Reports that were sent but not yet removed when the process ended are sent again, with the same
// timestamps. Owned by the server, which calls Start, Stop and the destructor from one thread.
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
  std::string url;  // of the receiver's import endpoint
  CredentialsOptions credentials;
  http::HttpClientOptions http{.read_timeout = std::chrono::seconds(30),
                               .total_timeout = std::chrono::seconds(60),
                               .max_response_bytes = 64 * 1024};
  size_t max_request_bytes = 1024 * 1024;  // exceeded by less than one line
  // Waits that long; returns early where a stop is requested.
  std::function<void(std::chrono::milliseconds, std::stop_token)> pause;
};

// Returns the label that names the source in the series of a fleet, valid as long as the forwarder;
// nullopt where the fleet is not declared. Thread-safe.
using FindIdLabel = std::function<std::optional<std::string_view>(FleetRef)>;

class Forwarder {
 public:
  // Starts the thread. FailedPrecondition, InvalidArgument: the credentials or the URL cannot be
  // used. A receiver that does not answer is no failure. `outbox`, `clock` and `registry` must
  // outlive the forwarder.
  static Result<std::unique_ptr<Forwarder>> Start(storage::Outbox& outbox, FindIdLabel id_label,
                                                  const Clock& clock,
                                                  const ForwarderOptions& options,
                                                  metrics::Registry& registry);
  // The same as Stop with a grace of 0.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Begins no further request and gives the one under way `grace` to end. What is not sent stays in
  // the outbox.
  void Stop(std::chrono::milliseconds grace);

 private:
  // The reports that are sent and settled together: one or more in a single request, or a single
  // one that takes several requests.
  struct Load {
    std::string text;
    std::vector<storage::Outbox::Item> items;
    std::string first_row;   // of the first report, as stored in the outbox
    size_t next_sample = 0;  // index of the first report's first sample not in `text`
    bool partial = false;    // `text` is a part of a single report
    std::string unreadable;  // why the first report cannot be sent at all; empty where it can
  };
  enum class Outcome { kTaken, kRefused, kLater };
  struct Answer {
    Outcome outcome = Outcome::kLater;
    int status = 0;
    std::string reason;
  };

  Forwarder(storage::Outbox& outbox, FindIdLabel id_label, const Clock& clock,
            const ForwarderOptions& options, Credentials credentials,
            std::unique_ptr<http::HttpClient> client, std::string target,
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
  const FindIdLabel id_label_;
  const Clock& clock_;
  const ForwarderOptions options_;
  const std::string target_;

  // Used by the thread only.
  Credentials credentials_;
  std::unique_ptr<http::HttpClient> client_;
  ParsedReport report_;    // the report read last
  size_t max_reports_;     // in the next request
  uint32_t failures_ = 0;  // in a row
  std::chrono::steady_clock::time_point next_log_{};
  std::mt19937_64 random_;

  metrics::Counter& sent_;
  metrics::Counter& parked_;
  metrics::Counter& requests_;
  metrics::Counter& failed_tries_;
  metrics::Histogram& request_seconds_;
  metrics::Gauge& backoff_seconds_;

  std::stop_source stop_;  // asks for no further request
  std::stop_source cut_;   // also ends the one under way
  Mutex mutex_;
  ConditionVariable ended_changed_;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // declared last: it uses the rest
};

}  // namespace rollcall::forward
