// A Prometheus API elsewhere, asked one instant query at a time. Owned by whoever asks; thread-safe
// as far as its fetch is.
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

// One GET that ends within `timeout`; any complete answer is one. Thread-safe.
using Fetch =
    std::function<Result<FetchedPage>(const std::string& url, std::chrono::milliseconds timeout)>;

class PrometheusApi {
 public:
  // `base`: see InstantQueryUrl. `registry` outlives it.
  PrometheusApi(std::string base, Fetch fetch, metrics::Registry& registry);

  // The samples, with the value of `label`. Unavailable: no answer within `timeout`, an answer
  // other than 200, or one that is not whole and right (ParseInstantVectorJson).
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
