// Samples as Prometheus' remote write takes them:
// https://prometheus.io/docs/concepts/remote_write_spec/, version 1.0. One request at a time; main
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"
#include "query/promql/labels.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {

class RemoteWrite {
 public:
  struct Sample {
    int64_t time = 0;  // Unix milliseconds
    double value = 0;
  };

  explicit RemoteWrite(int port) : client_(port) {}

  // Adds samples of a series, which ascend in time. Sends what was added before once it is much.
  Status Add(const promql::Labels& labels, std::span<const Sample> samples);
  // Sends the rest.
  Status Send();

 private:
  test::HttpClient client_;
  std::string request_;  // a WriteRequest
  std::string series_;   // scratch
};

}  // namespace rollcall::bench
