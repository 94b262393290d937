// The client of another server's Prometheus API, which sends one instant query per call. Owned by
// whoever asks. Thread-safe, as its Fetch must be.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "parse/instant_vector_json.h"

namespace rollcall::query {

struct FetchedPage {
  int status = 0;
  std::string body;
};

// Sends one GET that ends within `timeout` and returns any complete answer, whatever its
// status. Thread-safe.
using Fetch =
    std::function<Result<FetchedPage>(const std::string& url, std::chrono::milliseconds timeout)>;

class PrometheusApi {
 public:
  // `base`: see InstantQueryUrl. `registry` must outlive this object.
  PrometheusApi(std::string base, Fetch fetch, metrics::Registry& registry);

  // Evaluates `query` at `at` and returns its samples, each with its value of `label`.
  // Unavailable: no answer within `timeout`, a status other than 200, or a body that is incomplete
  // or wrong (ParseInstantVectorJson).
  Result<std::vector<InstantSample>> Ask(const std::string& query, const std::string& label,
                                         UnixSeconds at, std::chrono::milliseconds timeout);

 private:
  Result<std::vector<InstantSample>> FetchAndParse(const std::string& url, const std::string& label,
                                                   std::chrono::milliseconds timeout) const;

  const std::string base_;
  const Fetch fetch_;
  metrics::Counter& queries_;
  metrics::Counter& failures_;
  metrics::Histogram& seconds_;
};

}  // namespace rollcall::query
