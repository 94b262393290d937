// kill -9 at random instants under reports and records at once, on one store: every record that was
// answered 201 is there, once, and every report that was answered 200. ROLLCALL_CRASH_ROUNDS sets
// how many rounds (5).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "records/record_walk.h"
#include "storage/records.h"
#include "storage/stores.h"
#include "tests/e2e/kill_while_posting.h"
#include "tests/parse/record_examples.h"
#include "tests/support/stored_reports.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

constexpr int kRecordSenders = 6;

int RecordRounds() {
  const char* const rounds = std::getenv("ROLLCALL_CRASH_ROUNDS");
  return rounds == nullptr ? 5 : std::max(1, std::atoi(rounds));
}

// Posts records that each have a number of their own as their payload, until the server is gone; a
// sender of an odd number posts reports in the same way.
class RecordSender {
 public:
  explicit RecordSender(int number) : number_(number) {}

  bool sends_records() const { return number_ % 2 == 0; }
  void Post(int port, std::atomic<int>& answers) {
    HttpClient client(port);
    for (;;) {
      const std::string serial = NameOf(++sent_);
      const int status = sends_records()
                             ? PostRecord(client, serial)
                             : client.Post("source-" + serial, "cozy_nodes_count 1\n").status;
      if (status != (sends_records() ? 201 : 200)) {
        if (status != 0) ++refused_;
        return;
      }
      answered_.push_back(serial);
      ++answers;
      answers.notify_all();
    }
  }
  const std::vector<std::string>& answered() const { return answered_; }
  uint64_t refused() const { return refused_; }
  // Whether this sender ever sent it.
  bool Sent(const std::string& serial) const {
    const std::string prefix = std::to_string(number_) + "-";
    return serial.starts_with(prefix) && std::stoull(serial.substr(prefix.size())) <= sent_;
  }

 private:
  std::string NameOf(uint64_t n) const { return std::to_string(number_) + "-" + std::to_string(n); }
  int PostRecord(HttpClient& client, const std::string& serial) const {
    std::string headers;
    for (const auto& [name, value] : FieldsOfVersion(4)) headers += name + ": " + value + "\r\n";
    return client.PostBare(serial, headers, sent_ % 2 == 0 ? "/" : "/v2/collector").status;
  }

  const int number_;
  uint64_t sent_ = 0;
  uint64_t refused_ = 0;
  std::vector<std::string> answered_;
};

// How often each serial is stored as a record.
std::map<std::string, uint64_t> StoredRecords(const std::string& data_dir) {
  std::map<std::string, uint64_t> stored;
  storage::StoreOptions options;
  options.directory = data_dir;
  options.create_if_missing = false;
  const auto stores = storage::Stores::Open(options);
  EXPECT_TRUE(stores.ok()) << stores.status().message();
  if (!stores.ok()) return stored;
  records::RecordWalk walk((*stores)->records(), {});
  for (;;) {
    const Result<std::optional<Record>> record = walk.Next();
    EXPECT_TRUE(record.ok()) << record.status().message();
    if (!record.ok() || !record->has_value()) return stored;
    ++stored[(*record)->payload];
  }
}

TEST(RecordCrashTest, EveryRecordAndReportThatWasAnsweredIsThereOnceAfterAKillAtAnyInstant) {
  TempDir dir;
  std::vector<RecordSender> senders;
  for (int i = 0; i < kRecordSenders; ++i) senders.emplace_back(i);
  std::mt19937 random(std::random_device{}());
  uint64_t answered = 0;
  uint64_t found = 0;
  uint64_t twice = 0;
  const int rounds = RecordRounds();
  for (int round = 1; round <= rounds; ++round) {
    KillWhilePosting(dir.path(), {"--records"}, senders, random);
    ASSERT_EQ(Verify(dir.path()), "") << "round " << round;
    std::map<std::string, uint64_t> stored = StoredRecords(dir.path());
    std::map<std::string, uint64_t> reports;
    ForEachStoredReport(dir.path(), [&](const StoredReport& report) {
      ++reports[report.source.substr(std::string("source-").size())];
    });
    answered = found = twice = 0;
    for (const RecordSender& sender : senders) {
      EXPECT_EQ(sender.refused(), 0U);
      const auto& of = sender.sends_records() ? stored : reports;
      for (const std::string& serial : sender.answered()) {
        ++answered;
        found += of.contains(serial) ? 1 : 0;
      }
      for (const auto& [serial, times] : of) {
        if (!sender.Sent(serial)) continue;
        twice += times > 1 ? 1 : 0;
      }
    }
    for (const auto& of : stored) {
      EXPECT_TRUE(std::any_of(senders.begin(), senders.end(),
                              [&](const RecordSender& sender) {
                                return sender.sends_records() && sender.Sent(of.first);
                              }))
          << "never sent: " << of.first;
    }
    ASSERT_EQ(found, answered) << "round " << round;
    ASSERT_EQ(twice, 0U) << "round " << round;
  }
  std::cout << "rounds " << rounds << ", records and reports answered: " << answered
            << ", found: " << found << ", found twice: " << twice << "\n";
}

}  // namespace
}  // namespace rollcall::test
