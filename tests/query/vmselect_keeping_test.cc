// What is kept of VictoriaMetrics' answers over restarts, and what many callers at once cost it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "tests/query/vmselect_fixture.h"
#include "tests/support/file_tree.h"
#include "tests/support/log_capture.h"

namespace rollcall::query {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class VmselectKeepingTest : public VmselectTest {
 protected:
  std::string PathOf(const std::string& month) const { return dir_.path() + "/" + month + ".json"; }
  std::string FileOf(const std::string& month) const {
    return rollcall::test::FileBytes(PathOf(month));
  }
};

TEST_F(VmselectKeepingTest, AClosedMonthIsKeptInAFileOfTheContractsForm) {
  known_names_ = {"redis"};
  months_["2026-03"] = {"42", "210", "84", {{"Kafka", "2"}}};
  Read("2026-03");
  EXPECT_EQ(FileOf("2026-03"),
            "{\n  \"month\": \"2026-03\",\n  \"collected_at\": \"2026-04-10T12:00:00Z\",\n"
            "  \"clusters\": 42,\n  \"total_nodes\": 210,\n  \"total_tenants\": 84,\n"
            "  \"apps\": {\n    \"Kafka\": 2,\n    \"redis\": 0\n  }\n}\n");
}

TEST_F(VmselectKeepingTest, AfterARestartTheMonthIsReadAndOnlyItsLongerPeriodsAreAskedFor) {
  months_["2026-03"] = {"42", "210", "84", {{"Kafka", "2"}}};
  const std::string first = Read("2026-03");
  Asked();
  Restart();
  SetTime("2026-05-05T05:05:05Z");
  EXPECT_EQ(Read("2026-03"), first) << "and it was still generated then";
  const auto asked = Asked();
  EXPECT_THAT(asked, SizeIs(6));
  EXPECT_THAT(asked, Each(Not(HasSubstr("[2678399s]"))));
  EXPECT_EQ(Metric("rollcall_vmselect_windows_total{from=\"snapshot\"}"), "1");
  Read("2026-03");
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(VmselectKeepingTest, TheRunningMonthAndEmptyOnesAreNotWritten) {
  months_["2026-04"] = {"1", "1", "1", {}};
  Read("2026-04");
  months_["2026-02"] = {"1", "1", "1", {}};
  Read("2026-03");
  EXPECT_EQ(FileOf("2026-04"), "");
  EXPECT_EQ(FileOf("2026-03"), "");
  EXPECT_THAT(FileOf("2026-02"), HasSubstr("\"clusters\": 1"));
}

TEST_F(VmselectKeepingTest, ADamagedOrEarlyOrEmptySnapshotIsComputedAgainAndReplaced) {
  months_["2026-03"] = {"42", "210", "84", {}};
  const auto fields = [](const std::string& collected_at, const std::string& numbers) {
    return R"({"month":"2026-03","collected_at":")" + collected_at + "\"," + numbers + "}";
  };
  const std::string numbers = R"("clusters":1,"total_nodes":1,"total_tenants":1,"apps":{})";
  for (const std::string& file :
       {std::string("{\"month\":"), std::string(), fields("2026-03-20T00:00:00Z", numbers),
        fields("2026-04-02T00:00:00Z",
               R"("clusters":0,"total_nodes":0,"total_tenants":0,"apps":{"kafka":0}})")}) {
    const test::LogCapture log;
    Restart();
    std::ofstream(PathOf("2026-03"), std::ios::trunc) << file;
    EXPECT_THAT(Read("2026-03"), HasSubstr(": 42 210 (5.0) 84 (2.0) |")) << file;
    EXPECT_THAT(FileOf("2026-03"), HasSubstr("\"clusters\": 42")) << file;
  }
  Restart();
  std::ofstream(PathOf("2026-03"), std::ios::trunc) << fields("2026-04-02T00:00:00Z", numbers);
  EXPECT_THAT(Read("2026-03"), HasSubstr("2026-03 1775088000: 1 1 (1.0) 1 (1.0) |"));
}

TEST_F(VmselectKeepingTest, ADirectoryThatCannotBeWrittenCostsNoAnswer) {
  std::ofstream(PathOf("2026-01")) << "in the way";
  Restart(PathOf("2026-01"));
  months_["2026-03"] = {"42", "210", "84", {}};
  const test::LogCapture log;
  const std::string first = Read("2026-03");
  EXPECT_THAT(first, HasSubstr(": 42 210 "));
  EXPECT_THAT(log.text(), HasSubstr("warning snapshot of 2026-03: make " + PathOf("2026-01")));
  Asked();
  EXPECT_EQ(Read("2026-03"), first);
  EXPECT_THAT(Asked(), IsEmpty());
}

// Holds the first query back until the test lets it go.
class ManyCallersTest : public VmselectTest {
 protected:
  Result<FetchedPage> Answer(const std::string& url, std::chrono::milliseconds timeout) override {
    if (++arrived_ == 1) gate_.wait();
    return VmselectTest::Answer(url, timeout);
  }
  // As many callers as `months`; what each of them read.
  std::vector<std::string> ReadAtOnce(const std::vector<std::string>& months) {
    std::vector<std::string> read(months.size());
    std::latch called(static_cast<std::ptrdiff_t>(months.size()));
    std::vector<std::thread> callers;
    for (size_t i = 0; i < months.size(); ++i) {
      callers.emplace_back([&, i] {
        called.count_down();
        read[i] = Read(months[i]);
      });
    }
    called.wait();
    gate_.count_down();
    for (std::thread& caller : callers) caller.join();
    return read;
  }

  std::atomic<int> arrived_{0};
  std::latch gate_{1};
};

TEST_F(ManyCallersTest, OfOneMonthCostOneComputation) {
  months_["2026-03"] = {"42", "210", "84", {}};
  const auto read = ReadAtOnce(std::vector<std::string>(20, "2026-03"));
  EXPECT_THAT(read, Each(read[0]));
  EXPECT_THAT(read[0], HasSubstr(": 42 210 "));
  EXPECT_THAT(Asked(), SizeIs(10));
}

TEST_F(ManyCallersTest, OfDifferentMonthsDoNotMixThemUp) {
  months_["2026-03"] = {"3", "3", "3", {}};
  months_["2026-02"] = {"2", "2", "2", {}};
  const auto read =
      ReadAtOnce({"2026-03", "2026-02", "2026-03", "2026-02", "2026-03", "2026-02", "2026-03"});
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_THAT(read[i], HasSubstr(i % 2 == 0 ? ": 3 3 " : ": 2 2 "));
  }
  EXPECT_THAT(Asked(), SizeIs(20));
}

TEST_F(ManyCallersTest, WhoWaitedForAFailureFailsAndTheNextAsksAgain) {
  months_["2026-03"] = {"42", "210", "84", {}};
  instead_ = {{1, Status::Unavailable("gone")}};
  const auto read = ReadAtOnce(std::vector<std::string>(8, "2026-03"));
  EXPECT_THAT(read, ::testing::Contains(HasSubstr("gone")));
  EXPECT_THAT(Read("2026-03"), HasSubstr(": 42 210 "));
}

}  // namespace
}  // namespace rollcall::query
