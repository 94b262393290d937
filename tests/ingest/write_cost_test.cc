// What a report costs is bounded by what is new in it: bytes written for each byte that was sent.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

constexpr uint64_t kMostWrittenPerByteSent = 50;
constexpr int kReports = 2'000;

// What this process has written so far, to whatever file.
uint64_t WrittenBytes() {
  std::ifstream file("/proc/self/io");
  for (std::string name; file >> name;) {
    uint64_t bytes = 0;
    file >> bytes;
    if (name == "wchar:") return bytes;
  }
  ADD_FAILURE() << "/proc/self/io does not say what was written";
  return 0;
}

class WriteCost : public ::testing::Test {
 protected:
  // Reports of a source one after another, each in a commit of its own, in a month whose totals are
  // kept. Returns how many bytes were written for each that was sent, to the last flush.
  double Of(const std::function<std::string(int)>& body) {
    rollcall_.SetTime("2026-03-07 12:00:00");
    rollcall_.Overview("2026-03");
    uint64_t sent = 0;
    const uint64_t before = WrittenBytes();
    for (int i = 0; i < kReports; ++i) {
      const std::string one = body(i);
      EXPECT_TRUE(rollcall_.Report("c1", one).ok());
      sent += one.size();
    }
    rollcall_.Close();
    const uint64_t written = WrittenBytes() - before;
    rollcall_.Open();
    EXPECT_EQ(rollcall_.Verify(), "");
    return static_cast<double>(written) / static_cast<double>(sent);
  }

  Harness rollcall_;
};

TEST_F(WriteCost, OneNewLabelSetInEachReportIsWrittenWithoutTheOthers) {
  const double cost = Of([](int i) { return "m{l=\"v" + std::to_string(100'000 + i) + "\"} 1\n"; });
  EXPECT_LE(cost, kMostWrittenPerByteSent);
  RecordProperty("written_per_byte_sent", std::to_string(cost));
}

TEST_F(WriteCost, OnePeakRaisedInASourceOfManySeriesIsWrittenWithoutTheOthers) {
  constexpr int kSeries = 4'000;
  rollcall_.SetBounds({.series = kSeries});
  std::string wide;
  for (int i = 0; i < kSeries; ++i) wide += "w{l=\"v" + std::to_string(i) + "\"} 1\n";
  rollcall_.SetTime("2026-03-07 11:00:00");
  ASSERT_TRUE(rollcall_.Report("c1", wide).ok());
  const double cost = Of([](int i) { return "raised_again " + std::to_string(i) + "\n"; });
  EXPECT_LE(cost, kMostWrittenPerByteSent);
  RecordProperty("written_per_byte_sent", std::to_string(cost));
}

}  // namespace
}  // namespace rollcall::test
