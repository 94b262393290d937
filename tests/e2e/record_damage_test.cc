// Damage in the tables of records: columns and index are written again by the start, and of records
// that cannot be read only those are missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "storage/file_check.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RecordDamageTest : public ::testing::Test {
 protected:
  // A full block and a part of one, written out.
  RecordDamageTest() {
    std::string csv = "id,server_timestamp,severity,classification,build,machine_id,payload\n";
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    for (int id = 1; id <= kRecords; ++id) {
      csv += std::to_string(id) + "," + std::to_string(now - kRecords + id) + "," +
             std::to_string(id % 4 + 1) + ",a/b/c" + std::to_string(id % 3) + "," +
             std::to_string(id % 1'000) + ",m" + std::to_string(id % 7'000) + ",p" +
             std::to_string(id) + "\n";
    }
    std::ofstream(dir_.path() + "/records.csv") << csv;
    const Finished import =
        RunToEnd({"import", "--records", dir_.path() + "/records.csv", "--data-dir", data_dir()});
    EXPECT_EQ(import.code, 0) << import.err;
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir(), {"--records"}));
    before_ = Answers(rollcall);
    EXPECT_EQ(rollcall.Stop(), 0);
  }

  static std::string Answers(RollcallProcess& rollcall) {
    HttpClient client = rollcall.Private();
    std::string answers;
    for (const char* const query : {"limit=10", "build=17", "machine_id=m123",
                                    "classification=a%2Fb%2Fc1&severity=2&limit=50",
                                    "severity=3&from_id=100", "machine_id=m5&build=5"}) {
      const auto reply = client.Get(std::string("/api/records?") + query);
      EXPECT_EQ(reply.status, 200) << query << reply.body;
      answers += reply.body;
    }
    return answers;
  }
  void Flip(const std::string& table) const {
    const auto check = storage::CheckFiles(data_dir());
    ASSERT_TRUE(check.ok() && check->manifest);
    int files = 0;
    for (const auto& [id, family] : check->manifest->families) {
      if (family.name != table) continue;
      for (const auto& [number, file] : family.files) {
        const std::string path = data_dir() + "/" + storage::TableName(number);
        std::fstream bytes(path, std::ios::binary | std::ios::in | std::ios::out);
        bytes.seekp(20);
        bytes.put('\x24');
        ++files;
      }
    }
    ASSERT_GT(files, 0) << table;
  }
  std::string data_dir() const { return dir_.path() + "/store"; }

  static constexpr int kRecords = 70'000;
  TempDir dir_;
  std::string before_;
};

class RecordTableTest : public RecordDamageTest,
                        public ::testing::WithParamInterface<const char*> {};

TEST_P(RecordTableTest, IsWrittenAgainByTheStart) {
  Flip(GetParam());
  const Finished verify = RunToEnd({"verify", "--data-dir", data_dir()});
  EXPECT_EQ(verify.code, 1);
  EXPECT_THAT(verify.out, HasSubstr(" of " + std::string(GetParam()) + ": ")) << verify.err;
  {
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir(), {"--records"}));
    EXPECT_EQ(Answers(rollcall), before_);
    EXPECT_EQ(rollcall.Stop(), 0);
    EXPECT_THAT(
        rollcall.process().err(),
        AllOf(HasSubstr("counted anew"), HasSubstr("written again"), Not(HasSubstr("error"))));
  }
  EXPECT_EQ(Verify(data_dir()), "");
}

INSTANTIATE_TEST_SUITE_P(Of, RecordTableTest,
                         ::testing::Values("record_columns", "record_machines"),
                         [](const auto& table) { return std::string(table.param); });

TEST_F(RecordDamageTest, RecordsThatCannotBeReadKeepNobodyFromTheOthersAndRepairMakesItWhole) {
  Flip("records");
  {
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir(), {"--records"}));
    HttpClient client = rollcall.Private();
    EXPECT_EQ(rollcall.Public().Get("/readyz").status, 200);
    EXPECT_THAT(client.Get("/api/records?limit=1").body, HasSubstr("\"payload\":\"p70000\""));
    EXPECT_EQ(client.Get("/api/records?from_id=3").status, 503) << "it needs a damaged row";
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  EXPECT_NE(Verify(data_dir()), "");
  const Finished repair = RunToEnd({"repair", "--data-dir", data_dir()});
  EXPECT_EQ(repair.code, 0) << repair.out << repair.err;
  RollcallProcess rollcall(RollcallProcess::Serving(data_dir(), {"--records"}));
  HttpClient client = rollcall.Private();
  const double left = client.Metric("rollcall_records");
  EXPECT_LT(left, kRecords);
  EXPECT_GT(left, kRecords - 1'000) << "a damaged block is some rows";
  EXPECT_EQ(client.Get("/api/records?from_id=3").status, 200);
  EXPECT_THAT(client.Get("/api/records?limit=1").body, HasSubstr("\"payload\":\"p70000\""));
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(Verify(data_dir()), "");
}

}  // namespace
}  // namespace rollcall::test
