// Many readers that take nothing of a large overview: what waits for them is bounded, and so is the
// process.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/clock.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/raw_http.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

constexpr int kReaders = 120;
constexpr int kSlowSources = 20;
constexpr int kKindsOfASource = 1'900;
constexpr double kMostMiB = 512;

double PeakMiB(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

TEST(SlowReaders, OfManyLongNamesAreBoundedInMemory) {
#ifdef ROLLCALL_SANITIZED
  GTEST_SKIP() << "what a sanitizer takes is not what the program takes";
#endif
  const TempDir dir;
  RollcallProcess rollcall(RollcallProcess::Serving(dir.path() + "/data"));
  HttpClient client = rollcall.Public();
  // Told one by one, the names would be 28 MB of each overview.
  for (int source = 0; source < kSlowSources; ++source) {
    std::string body = "cozy_cluster_info 1\n";
    for (int kind = 0; kind < kKindsOfASource; ++kind) {
      body += "cozy_application_count{kind=\"" + std::string(240, 'k') +
              std::to_string(source * kKindsOfASource + kind) + "\"} 1\n";
    }
    ASSERT_EQ(client.Post("c" + std::to_string(source), body).status, 200);
  }
  const Month month = Month::Of(SystemClock().Now());
  const std::string target = "/api/overview?year=" + std::to_string(month.year()) +
                             "&month=" + std::to_string(month.month());
  const size_t answer_bytes = client.Get(target).body.size();
  EXPECT_LT(answer_bytes, size_t{1} << 20);
  std::vector<RawClient> readers;
  for (int i = 0; i < kReaders; ++i) {
    // From addresses of their own: of one, a share of the connections would be refused.
    readers.emplace_back(rollcall.public_port(), 4096, static_cast<uint8_t>(2 + i));
    ASSERT_TRUE(readers.back().connected());
    readers.back().Send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  // Another one is answered behind them, so theirs were made.
  EXPECT_EQ(client.Get(target).status, 200);
  const double peak = PeakMiB(rollcall.process().pid());
  std::printf("%d readers of %zu bytes: at most %.0f MiB\n", kReaders, answer_bytes, peak);
  EXPECT_GT(peak, 0);
  EXPECT_LT(peak, kMostMiB);
}

}  // namespace
}  // namespace rollcall::test
