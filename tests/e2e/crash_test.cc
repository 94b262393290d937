// kill -9 at random instants under load, many times, on one store: every report that was answered
// 200 is there, once. ROLLCALL_CRASH_ROUNDS sets how many rounds (5).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/kill_while_posting.h"
#include "tests/support/stored_reports.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

constexpr int kCrashSenders = 8;
constexpr const char* kSerial = "cozy_nodes_count";

int CrashRounds() {
  const char* const rounds = std::getenv("ROLLCALL_CRASH_ROUNDS");
  return rounds == nullptr ? 5 : std::max(1, std::atoi(rounds));
}

// A sender posts reports of two kinds, as real ones do: from one source reports that change, each
// with a number of its own, and from another one report again and again.
class Sender {
 public:
  explicit Sender(int number)
      : changing_("changing-" + std::to_string(number)),
        steady_("steady-" + std::to_string(number)) {}

  // Until the server is gone.
  void Post(int port, std::atomic<int>& answers) {
    HttpClient client(port);
    for (;;) {
      const bool steady = ++posts_ % 4 == 0;
      steady ? ++steady_sent_ : ++serial_;
      const int status =
          client.Post(steady ? steady_ : changing_, steady ? kSteady : Changing()).status;
      if (status != 200) {
        if (status != 0) ++refused_;
        return;
      }
      steady ? void(++steady_answered_) : answered_.push_back(serial_);
      ++answers;
      answers.notify_all();
    }
  }

  struct Count {
    uint64_t answered = 0;
    uint64_t found = 0;
    uint64_t twice = 0;
    uint64_t lost = 0;
    uint64_t invented = 0;  // stored, and never sent
    uint64_t refused = 0;
  };
  // `stored`: source -> value of the serial's metric -> how often it is stored.
  void Compare(std::map<std::string, std::map<uint64_t, uint64_t>>& stored, Count& count) const {
    std::map<uint64_t, uint64_t>& serials = stored[changing_];
    for (const uint64_t serial : answered_) {
      ++count.answered;
      serials[serial] > 0 ? ++count.found : ++count.lost;
    }
    for (const auto& [serial, times] : serials) {
      if (times > 1) ++count.twice;
      if (serial == 0 || serial > serial_) ++count.invented;
    }
    const uint64_t steady = stored[steady_][kSteadyValue];
    count.answered += steady_answered_;
    count.found += std::min(steady, steady_answered_);
    count.lost += steady_answered_ - std::min(steady, steady_answered_);
    // Those that no answer came of may be stored, each once.
    count.twice += std::max(steady, steady_sent_) - steady_sent_;
    count.refused += refused_;
  }

 private:
  static constexpr uint64_t kSteadyValue = 7;
  static constexpr const char* kSteady = "cozy_cluster_info 1\ncozy_nodes_count 7\n";

  // Now and then with a label set that nobody has sent before.
  std::string Changing() const {
    std::string body = "cozy_cluster_info{version=\"v1\"} 1\n" + std::string(kSerial) + " " +
                       std::to_string(serial_) + "\n";
    if (serial_ % 5 == 0) {
      body += "cozy_workloads_count{uid=\"" + changing_ + "-" + std::to_string(serial_) + "\"} 1\n";
    }
    return body;
  }

  const std::string changing_;
  const std::string steady_;
  uint64_t posts_ = 0;
  uint64_t serial_ = 0;
  uint64_t steady_sent_ = 0;
  uint64_t steady_answered_ = 0;
  uint64_t refused_ = 0;
  std::vector<uint64_t> answered_;
};

Sender::Count Compare(const std::string& data_dir, const std::vector<Sender>& senders) {
  std::map<std::string, std::map<uint64_t, uint64_t>> stored;
  ForEachStoredReport(data_dir, [&](const StoredReport& report) {
    const auto serial = report.series.find(kSerial);
    ASSERT_NE(serial, report.series.end()) << report.source;
    ++stored[report.source][static_cast<uint64_t>(serial->second)];
  });
  Sender::Count count;
  for (const Sender& sender : senders) sender.Compare(stored, count);
  return count;
}

TEST(CrashTest, EveryReportThatWasAnswered200IsThereOnceAfterAKillAtAnyInstant) {
  TempDir dir;
  std::vector<Sender> senders;
  for (int i = 0; i < kCrashSenders; ++i) senders.emplace_back(i);
  std::mt19937 random(std::random_device{}());
  Sender::Count count;
  const int rounds = CrashRounds();
  for (int round = 1; round <= rounds; ++round) {
    KillWhilePosting(dir.path(), {}, senders, random);
    ASSERT_EQ(Verify(dir.path()), "") << "round " << round;
    count = Compare(dir.path(), senders);
    ASSERT_EQ(count.lost, 0U) << "round " << round;
    ASSERT_EQ(count.twice, 0U) << "round " << round;
    ASSERT_EQ(count.invented, 0U) << "round " << round;
    ASSERT_EQ(count.refused, 0U) << "round " << round;
  }
  std::cout << "rounds " << rounds << ", reports answered 200: " << count.answered
            << ", found: " << count.found << ", found twice: " << count.twice
            << ", lost: " << count.lost << "\n";
}

}  // namespace
}  // namespace rollcall::test
