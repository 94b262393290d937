#include "tests/bench/paced.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

constexpr auto kPause = std::chrono::milliseconds(5);

// `body_of` a report.
Status Post(const Context& context, const PostOne& post, const std::vector<StreamReport>& reports,
            const std::function<std::string(const StreamReport&)>& body_of, Latencies& latencies) {
  std::vector<double> times;
  auto due = std::chrono::steady_clock::now();
  const auto end = due + std::chrono::seconds(context.round_seconds);
  for (size_t i = 0; due < end; ++i, due += kPause) {
    const StreamReport& report = reports[i % reports.size()];
    const std::string body = body_of(report);
    std::this_thread::sleep_until(due);
    const int status = post(report.source, body);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - due).count());
    if (status != 200 && status != 204) {
      return Status::Unavailable("a report beside others: " + std::to_string(status));
    }
  }
  latencies.p50_ms.push_back(PercentileOf(times, 50));
  latencies.p99_ms.push_back(PercentileOf(times, 99));
  return Status::Ok();
}

}  // namespace

Status PostPaced(const Context& context, const Server& server,
                 const std::vector<StreamReport>& reports, Latencies& latencies) {
  test::HttpClient client(server.port());
  if (server.product() == Product::kRollcall) {
    return PostPaced(
        context,
        [&](const std::string& source, const std::string& body) {
          return client.Post(source, body).status;
        },
        reports, latencies);
  }
  const auto labelled = [](const StreamReport& report) {
    std::string body;
    for (const std::string& line : report.lines) {
      body += WithSourceLabel(line, report.source) + '\n';
    }
    return body;
  };
  return Post(
      context,
      [&](const std::string& source, const std::string& body) {
        return client.Post(source, body, "", "/api/v1/import/prometheus").status;
      },
      reports, labelled, latencies);
}

Status PostPaced(const Context& context, const PostOne& post,
                 const std::vector<StreamReport>& reports, Latencies& latencies) {
  return Post(
      context, post, reports, [](const StreamReport& report) { return report.Body(); }, latencies);
}

}  // namespace rollcall::bench
