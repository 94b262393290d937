// Damage in what is counted from other tables, and in old rows of those: the server starts, takes
// reports, and gives no wrong number; only what needs a damaged row is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/civil_time.h"
#include "storage/file_check.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Month ThisMonth() {
  return Month::Of(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

constexpr const char* kDailyTrend = "/api/v1/trend?metric=cozy_nodes_count&by=os&step=day";

class RecountTest : public ::testing::Test {
 protected:
  // Three closed months of history and the running one, counted in every way; the first has the
  // most sources.
  explicit RecountTest(int sources = 60) {
    std::string history;
    for (int back = 3; back > 0; --back) {
      const Day day = ThisMonth().Plus(-back).FirstDay();
      for (int source = 0; source < sources * back / 3; ++source) {
        const std::string id = "cluster_id=\"c" + std::to_string(source) + "\"";
        const std::string time =
            " " + std::to_string(day.Start().time_since_epoch().count()) + "000\n";
        history += "cozy_cluster_info{" + id + "} 1" + time;
        history += "cozy_nodes_count{" + id + ",os=\"os" + std::to_string(source % 3) + "\"} " +
                   std::to_string(source + back) + time;
      }
    }
    WriteFile(history_.path() + "/history.txt", history);
    const Finished import =
        RunToEnd({"import", history_.path() + "/history.txt", "--data-dir", data_dir()});
    EXPECT_EQ(import.code, 0) << import.err;
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir()));
    for (int source = 0; source < 10; ++source) {
      EXPECT_EQ(Report(rollcall, "c" + std::to_string(source), source), 200);
    }
    AwaitCounted(rollcall);
    AwaitToday(rollcall, 10);
    before_ = Numbers(rollcall);
    EXPECT_EQ(rollcall.Stop(), 0);
  }

  static int Report(RollcallProcess& rollcall, const std::string& id, int nodes) {
    return rollcall.Public()
        .Post(id,
              "cozy_cluster_info 1\ncozy_nodes_count{os=\"os1\"} " + std::to_string(nodes) + "\n")
        .status;
  }
  static void AwaitCounted(RollcallProcess& rollcall) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(180);
    for (const char* const missing : {"rollcall_periods_missing{fleet=\"cozystack\"}",
                                      "rollcall_overviews_missing{fleet=\"cozystack\"}"}) {
      while (rollcall.Private().Metric(missing) != 0) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << missing;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  }

  // Where a scan takes long, the running day of a trend is some seconds behind.
  static void AwaitToday(RollcallProcess& rollcall, int sources) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(180);
    for (;;) {
      const auto reply = rollcall.Public().Get(kDailyTrend);
      const auto json = nlohmann::json::parse(reply.body, nullptr, false);
      if (json.is_object() && json["sources"].back() == sources) return;
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << reply.body;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  static nlohmann::json WithoutMoments(nlohmann::json json) {
    if (json.is_object()) {
      json.erase("generated_at");
      json.erase("end");  // of what runs: now
    }
    if (json.is_structured()) {
      for (auto& part : json) part = WithoutMoments(part);
    }
    return json;
  }
  // What is answered, by what was asked.
  static std::map<std::string, nlohmann::json> Numbers(RollcallProcess& rollcall) {
    std::set<std::string> targets{"/api/v1/trend?metric=cozy_cluster_info&step=month", kDailyTrend};
    for (int back = 0; back <= 3; ++back) {
      const Month month = ThisMonth().Plus(-back);
      targets.insert(OverviewOf(month));
      // Where a scan takes long these are some seconds behind in a running month.
      if (back == 0) continue;
      targets.insert("/api/v1/breakdown?metric=cozy_nodes_count&by=os&month=" + month.ToString());
      targets.insert("/api/v1/distribution?periods=3&month=" + month.ToString());
    }
    std::map<std::string, nlohmann::json> numbers;
    for (const std::string& target : targets) {
      nlohmann::json json;
      // A trend says how many steps it had no time to count; who asks again gets further.
      do {
        const auto reply = rollcall.Public().Get(target);
        EXPECT_EQ(reply.status, 200) << target << "\n" << reply.body;
        json = nlohmann::json::parse(reply.body, nullptr, false);
      } while (json.is_object() && json.value("pending", 0) > 0);
      numbers[target] = WithoutMoments(json);
    }
    return numbers;
  }
  // "" where all answers are as before.
  std::string Changed(RollcallProcess& rollcall) const {
    std::string changed;
    for (const auto& [target, json] : Numbers(rollcall)) {
      if (json != before_.at(target)) {
        changed += target + "\n" + before_.at(target).dump() + "\nnow\n" + json.dump() + "\n";
      }
    }
    return changed;
  }
  static std::string OverviewOf(Month month) {
    return "/api/overview?year=" + std::to_string(month.year()) +
           "&month=" + std::to_string(month.month());
  }

  // The files of a table.
  std::vector<std::string> FilesOf(const std::string& table) const {
    const auto check = storage::CheckFiles(data_dir());
    EXPECT_TRUE(check.ok() && check->manifest);
    std::vector<std::string> paths;
    for (const auto& [id, family] : check->manifest->families) {
      if (family.name != table) continue;
      for (const auto& [number, file] : family.files) {
        paths.push_back(data_dir() + "/" + storage::TableName(number));
      }
    }
    EXPECT_FALSE(paths.empty()) << table;
    return paths;
  }
  static void WriteFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  static void Flip(const std::string& path, size_t at) {
    std::string bytes = FileBytes(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] ^= 0x24;
    WriteFile(path, bytes);
  }

  // A start after the damage tells it, and all is as before; so is all after the next.
  void ExpectCountedAnew(const std::string& table) {
    {
      const auto files = Contents(data_dir());
      const Finished verify = RunToEnd({"verify", "--data-dir", data_dir()});
      EXPECT_EQ(verify.code, 1);
      EXPECT_THAT(verify.out, HasSubstr(" of " + table + ": ")) << verify.err;
      const Finished exported = RunToEnd({"export", "--data-dir", data_dir()});
      EXPECT_EQ(exported.code, 0) << exported.err;
      EXPECT_TRUE(Contents(data_dir()) == files) << "those who read change nothing";
    }
    {
      RollcallProcess rollcall(RollcallProcess::Serving(data_dir()));
      EXPECT_EQ(Changed(rollcall), "") << "asked at once";
      EXPECT_EQ(Report(rollcall, "c1", 1), 200);
      AwaitCounted(rollcall);
      EXPECT_EQ(Changed(rollcall), "");
      EXPECT_EQ(rollcall.Stop(), 0);
      const std::string log = rollcall.process().err();
      EXPECT_THAT(log, AllOf(HasSubstr(": damaged: "), HasSubstr(" of " + table + ": "),
                             HasSubstr("counted anew")));
      EXPECT_EQ(log.find("counted anew"), log.rfind("counted anew"));
      EXPECT_THAT(log, Not(HasSubstr(" error "))) << log;
    }
    EXPECT_EQ(Verify(data_dir()), "");
    RollcallProcess again(RollcallProcess::Serving(data_dir()));
    EXPECT_EQ(Changed(again), "");
    EXPECT_EQ(again.Stop(), 0);
    EXPECT_THAT(again.process().err(), Not(HasSubstr("damaged")));
  }

  const std::string& data_dir() const { return dir_.path(); }

  TempDir history_;
  TempDir dir_;
  std::map<std::string, nlohmann::json> before_;
};

class CountedTableTest : public RecountTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(CountedTableTest, WithAFlippedBitIsCountedAnewAndTheStartGoesOn) {
  for (const std::string& path : FilesOf(GetParam())) Flip(path, 20);
  ExpectCountedAnew(GetParam());
}

TEST_P(CountedTableTest, WithAFileThatIsGoneIsCountedAnewAndTheStartGoesOn) {
  fs::remove(FilesOf(GetParam()).front());
  ExpectCountedAnew(GetParam());
}

TEST_P(CountedTableTest, WithAFileThatWasCutIsCountedAnewAndTheStartGoesOn) {
  const std::string path = FilesOf(GetParam()).front();
  fs::resize_file(path, fs::file_size(path) / 2);
  ExpectCountedAnew(GetParam());
}

TEST_P(CountedTableTest, IsMendedByRepairToo) {
  for (const std::string& path : FilesOf(GetParam())) Flip(path, 20);
  const auto damaged = Contents(data_dir());
  const Finished dry = RunToEnd({"repair", "--dry-run", "--data-dir", data_dir()});
  EXPECT_EQ(dry.code, 1);
  EXPECT_THAT(dry.out, HasSubstr("counted anew"));
  EXPECT_TRUE(Contents(data_dir()) == damaged);
  const Finished repair = RunToEnd({"repair", "--data-dir", data_dir()});
  EXPECT_EQ(repair.code, 0) << repair.out << repair.err;
  EXPECT_EQ(Verify(data_dir()), "");
  RollcallProcess rollcall(RollcallProcess::Serving(data_dir()));
  EXPECT_EQ(Changed(rollcall), "");
  EXPECT_EQ(rollcall.Stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, CountedTableTest, ::testing::Values("totals", "windows", "periods"),
                         [](const auto& table) { return std::string(table.param); });

// Rows of so many sources are several blocks a month.
class OldBlockTest : public RecountTest, public ::testing::WithParamInterface<const char*> {
 protected:
  OldBlockTest() : RecountTest(2000) {}
};

TEST_P(OldBlockTest, ThatIsDamagedStopsOnlyWhatNeedsIt) {
  const std::string table = GetParam();
  // Where the history is, and of that the first month's first sources.
  const std::vector<std::string> paths = FilesOf(table);
  Flip(*std::max_element(paths.begin(), paths.end(),
                         [](const std::string& a, const std::string& b) {
                           return fs::file_size(a) < fs::file_size(b);
                         }),
       20);
  // Each start leaves a further file to be compacted with the others.
  for (int start = 0; start < 6; ++start) {
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir()));
    // A new source, one that has no row in the block, and (the first) one that has.
    const std::vector<std::string> ids{"new" + std::to_string(start), "c1999", "c0"};
    for (const std::string& id : ids) {
      EXPECT_EQ(Report(rollcall, id, 100 + start), 200) << id;
    }
    EXPECT_EQ(rollcall.Public().Get("/readyz").status, 200);
    if (start == 5) {
      EXPECT_TRUE(rollcall.process().AwaitErr("no longer compacted")) << rollcall.process().err();
    }
    EXPECT_EQ(Report(rollcall, "c1", 1), 200);
    // Closed months that were counted; the running one needs a year of peaks where one of its
    // sources has a damaged row.
    for (int back = 1; back <= 2; ++back) {
      const std::string target = OverviewOf(ThisMonth().Plus(-back));
      const auto reply = rollcall.Public().Get(target);
      EXPECT_EQ(reply.status, 200) << target;
      EXPECT_EQ(WithoutMoments(nlohmann::json::parse(reply.body, nullptr, false)),
                before_.at(target));
    }
    for (const char* const target :
         {"/api/v1/fleets", "/api/v1/trend?metric=cozy_nodes_count&step=month",
          "/api/v1/breakdown?metric=cozy_nodes_count&by=os", "/api/v1/distribution"}) {
      EXPECT_EQ(rollcall.Public().Get(target).status, 200) << target;
    }
    const auto running = rollcall.Public().Get(OverviewOf(ThisMonth()));
    if (table == "chunks") {
      EXPECT_EQ(running.status, 200) << running.body;
    } else {
      EXPECT_EQ(running.status, 503) << running.body;
      EXPECT_FALSE(running.Header("retry-after").empty());
    }
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  // Nothing of what was answered is missing, and repair makes the rest whole again.
  const Finished repair = RunToEnd({"repair", "--data-dir", data_dir()});
  EXPECT_EQ(repair.code, 0) << repair.out << repair.err;
  RollcallProcess rollcall(RollcallProcess::Serving(data_dir()));
  const auto running = rollcall.Public().Get(OverviewOf(ThisMonth()));
  EXPECT_EQ(running.status, 200) << running.body;
  const auto numbers = nlohmann::json::parse(running.body, nullptr, false);
  // c0 to c9 from before, c1999, and a new one with each start.
  EXPECT_EQ(numbers["periods"]["month"]["clusters"], 10 + 1 + 6) << running.body;
  EXPECT_EQ(rollcall.Stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, OldBlockTest, ::testing::Values("chunks", "peaks"),
                         [](const auto& table) { return std::string(table.param); });

}  // namespace
}  // namespace rollcall::test
