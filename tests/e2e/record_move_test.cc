// Records out of one store and into another, through the commands; and their pruning.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/rollcall_process.h"
#include "tests/parse/record_examples.h"
#include "tests/support/file_tree.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RecordMoveTest : public ::testing::Test {
 protected:
  static void WriteFile(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  // Posts so many records, each with another payload.
  static void Post(RollcallProcess& rollcall, int count) {
    HttpClient client = rollcall.Public();
    for (int i = 0; i < count; ++i) {
      std::string headers;
      for (const auto& [name, value] : FieldsOfVersion(1 + i % 4)) {
        headers += name + ": " + value + "\r\n";
      }
      const std::string payload = "payload \xfc " + std::to_string(i) + std::string(1, '\0');
      ASSERT_EQ(client.PostBare(payload, headers).status, 201);
    }
  }
  static std::string Records(const std::string& data_dir) {
    RollcallProcess rollcall(RollcallProcess::Serving(data_dir, {"--records"}));
    const std::string body = rollcall.Private().Get("/api/records?limit=10000").body;
    EXPECT_EQ(rollcall.Stop(), 0);
    return body;
  }

  TempDir dir_;
  const std::string from_ = dir_.path() + "/from";
  const std::string to_ = dir_.path() + "/to";
  const std::string file_ = dir_.path() + "/records.jsonl";
};

TEST_F(RecordMoveTest, WhatIsExportedAndImportedIsTheSameWithTheSameIds) {
  std::string of_server;
  {
    RollcallProcess rollcall(RollcallProcess::Serving(from_, {"--records"}));
    Post(rollcall, 300);
    const Finished exported =
        RunToEnd({"export", "--records", "-o", file_, "--server",
                  "http://127.0.0.1:" + std::to_string(rollcall.private_port())});
    EXPECT_EQ(exported.code, 0) << exported.err;
    of_server = FileBytes(file_);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  Finished exported = RunToEnd({"export", "--records", "-o", file_, "--data-dir", from_});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_EQ(FileBytes(file_), of_server);
  EXPECT_EQ(std::count(of_server.begin(), of_server.end(), '\n'), 300);

  Finished imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_EQ(imported.code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("300 records: 300 new, 0 there already, 0 refused\n"));
  EXPECT_EQ(Verify(to_), "");
  const std::string before = Records(from_);
  EXPECT_THAT(before, HasSubstr("\"payload\":\"payload \xc3\xbc 299\\u0000\""));
  EXPECT_EQ(Records(to_), before);
  imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_THAT(imported.out, HasSubstr("300 records: 0 new, 300 there already, 0 refused\n"));
  exported = RunToEnd({"export", "--records", "-o", file_ + "2", "--data-dir", to_});
  EXPECT_EQ(FileBytes(file_ + "2"), of_server);
  // What comes next has the next number.
  RollcallProcess rollcall(RollcallProcess::Serving(to_, {"--records"}));
  Post(rollcall, 1);
  EXPECT_THAT(rollcall.Private().Get("/api/records?limit=1").body, HasSubstr("\"id\":301,"));
}

TEST_F(RecordMoveTest, ATableInAnyOrderOverSeveralBlocksIsServedAtOnce) {
  std::string csv =
      "id,external,server_timestamp,severity,classification,build,machine_id,payload\n";
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  for (int id = 140'000; id > 0; id -= 2) {
    csv += "\"" + std::to_string(id) + "\",\"False\",\"" + std::to_string(now - 200'000 + id) +
           "\",\"" + std::to_string(id % 4 / 2 + 1) + "\",\"a/b/c\",\"" + std::to_string(id % 50) +
           "\",\"m\",\"p" + std::to_string(id) + "\"\n";
  }
  WriteFile(file_, csv);
  const Finished imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_EQ(imported.code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("70000 records: 70000 new,"));
  EXPECT_EQ(Verify(to_), "");
  RollcallProcess rollcall(RollcallProcess::Serving(to_, {"--records"}));
  HttpClient client = rollcall.Private();
  const std::string page = client.Get("/api/records?limit=2&build=4&severity=1").body;
  EXPECT_THAT(page,
              AllOf(HasSubstr("\"payload\":\"p139904\""), HasSubstr("\"payload\":\"p139804\"")))
      << page;
  EXPECT_THAT(client.Get("/api/records?limit=1&from_id=5").body, HasSubstr("\"id\":4,"));
  EXPECT_EQ(client.Metric("rollcall_records"), 70'000);
}

// The old server's table, with whatever a payload may have, out of a PostgreSQL by its COPY.
TEST_F(RecordMoveTest, ATableOfPostgresIsServedWithEveryByteOfIt) {
  PostgresCluster postgres;
  const std::string csv = postgres.Folder() + "/records.csv";
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  postgres.Run(
      "CREATE TABLE records (id serial PRIMARY KEY, machine_id varchar(32), machine varchar, "
      "architecture varchar, build varchar, kernel_version varchar, os_name varchar, tsp integer, "
      "tsp_server integer, severity integer, classification varchar, record_format_version "
      "integer, payload_format_version integer, board_name varchar, bios_version varchar, "
      "cpu_model varchar, event_id varchar, external boolean, backtrace text);\n\n"
      "INSERT INTO records SELECT n, md5(n::text), 'Ven\"dor|Mo,del|1', 'x86_64', (40000 + "
      "n)::text, "
      "'6.1.' || n, 'clear-linux-os', " +
      std::to_string(now) + " - 600 - n, " + std::to_string(now) +
      " - 600, 1 + n % 4, 'org.x/y/' || n % 3, 4, 7, NULL, '', 'CPU', repeat('a', 32), n % 2 = 0, "
      "CASE n % 5 WHEN 0 THEN '' WHEN 1 THEN NULL WHEN 2 THEN E'\"quoted\"\\r\\n,\\t\\\\.\\n' "
      "WHEN 3 THEN E'\\u00fc \\u732b ' || n ELSE repeat(E'line\\n', 2000) || n END FROM "
      "generate_series(1, 1000) n;\n\n"
      "COPY records TO '" +
      csv + "' CSV HEADER;\n\n");
  const Finished imported = RunToEnd({"import", "--records", csv, "--data-dir", to_});
  EXPECT_EQ(imported.code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("1000 records: 1000 new, 0 there already, 0 refused\n"));
  EXPECT_EQ(Verify(to_), "");
  const auto page = nlohmann::json::parse(Records(to_));
  ASSERT_EQ(page["records"].size(), 1000U);
  std::string lines;
  for (int i = 0; i < 2'000; ++i) lines += "line\n";
  for (int n = 1; n <= 1'000; ++n) {
    const auto& record = page["records"][static_cast<size_t>(1'000 - n)];
    const std::string number = std::to_string(n);
    const std::string payloads[] = {"", "", "\"quoted\"\r\n,\t\\.\n", "\u00fc \u732b " + number,
                                    lines + number};
    EXPECT_EQ(record["id"], n);
    EXPECT_EQ(record["payload"], payloads[n % 5]) << n;
    EXPECT_EQ(record["machine_type"], "Ven\"dor|Mo,del|1");
    EXPECT_EQ(record["build"], std::to_string(40'000 + n));
    EXPECT_EQ(record["kernel_version"], "6.1." + number);
    EXPECT_EQ(record["severity"], 1 + n % 4);
    EXPECT_EQ(record["classification"], "org.x/y/" + std::to_string(n % 3));
    EXPECT_EQ(record["external"], n % 2 == 0);
    EXPECT_EQ(record["bios_version"], "");
    EXPECT_EQ(record["cpu_model"], "CPU");
    EXPECT_EQ(record["event_id"], std::string(32, 'a'));
  }
}

TEST_F(RecordMoveTest, ARecordOfTheFutureIsRefusedAndLaterOnesAreReceivedNow) {
  WriteFile(file_,
            "id,external,server_timestamp,severity,classification,build,machine_id,payload\n"
            "\"5\",\"False\",\"253402300799\",\"1\",\"a/b/c\",\"1\",\"m\",\"p\"\n"
            "\"4\",\"False\",\"1443574619\",\"1\",\"a/b/c\",\"1\",\"m\",\"p\"\n");
  const Finished imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_THAT(imported.out, AllOf(HasSubstr("2 records: 1 new, 0 there already, 1 refused\n"),
                                  HasSubstr("record 5 was received in the future")));
  RollcallProcess rollcall(RollcallProcess::Serving(to_, {"--records"}));
  Post(rollcall, 1);
  EXPECT_THAT(rollcall.Private().Get("/api/records").body,
              AllOf(HasSubstr("\"id\":5,"), Not(HasSubstr("9999-"))));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(RecordMoveTest, AnImportThatIsCutShortGoesOn) {
  std::string csv = "id,server_timestamp,severity,classification,payload\n";
  for (int id = 1; id <= 100; ++id) {
    csv += std::to_string(id) + ",1443574619,1,a/b/c,\"p\"\n";
  }
  WriteFile(file_, csv + "101,1443574619,1,a/b/c,\"p\n");
  Finished imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_EQ(imported.code, 1);
  EXPECT_THAT(imported.err, HasSubstr("a quote is not closed"));
  EXPECT_EQ(Verify(to_), "");
  WriteFile(file_, csv + "101,1443574619,1,a/b/c,\"p\"\n101,1443574619,2,a/b/c,\"q\"\n");
  imported = RunToEnd({"import", "--records", file_, "--data-dir", to_});
  EXPECT_EQ(imported.code, 1);
  EXPECT_THAT(imported.out, HasSubstr("102 records: 1 new, 100 there already, 1 refused\n"
                                      "  record 101 is another one in this store\n"));
  EXPECT_EQ(Verify(to_), "");
}

TEST_F(RecordMoveTest, RecordsArePrunedByTheRulesOfAFile) {
  WriteFile(file_,
            "id,server_timestamp,severity,classification,payload\n"
            "1,1443574619,1,org.x/a/b,p\n2,1443574619,4,a/b/c,p\n3,1443574619,1,a/b/c,p\n");
  ASSERT_EQ(RunToEnd({"import", "--records", file_, "--data-dir", to_}).code, 0);
  ASSERT_EQ(RunToEnd({"clock", "accept", "--data-dir", to_}).code, 0);
  const std::string rules = dir_.path() + "/keep.json";
  WriteFile(rules, R"({"keep_days": 35, "severity": {"4": 0}, "classification": {"org.x/*": 7}})");
  const std::vector<std::string> prune{"records", "prune", "--data-dir", to_, "--records-retention",
                                       rules};
  std::vector<std::string> dry_run = prune;
  dry_run.push_back("--dry-run");
  const Finished would = RunToEnd(dry_run);
  EXPECT_EQ(would.code, 0) << would.err;
  EXPECT_EQ(would.out,
            "keep_days: 35 days: 1 record\norg.x/*: 7 days: 1 record\n"
            "would be deleted: 2 of 3 records\n");
  {
    RollcallProcess rollcall(
        RollcallProcess::Serving(to_, {"--records", "--records-retention", rules}));
    const Finished asked =
        RunToEnd({"records", "prune", "--dry-run", "--server",
                  "http://127.0.0.1:" + std::to_string(rollcall.private_port())});
    EXPECT_EQ(asked.code, 0) << asked.err;
    EXPECT_EQ(asked.out, would.out);
    EXPECT_EQ(rollcall.Private().Metric("rollcall_records"), 3);
    const auto pruned = rollcall.Private().PostBare("", "", "/api/v1/records/prune");
    EXPECT_EQ(pruned.body,
              "keep_days: 35 days: 1 record\norg.x/*: 7 days: 1 record\ndeleted: 2 of 3 records\n");
    EXPECT_EQ(rollcall.Private().Metric("rollcall_records"), 1);
    EXPECT_EQ(rollcall.Public().PostBare("", "", "/api/v1/records/prune").status, 404);
  }
  // One more, for the command alone.
  WriteFile(file_,
            "id,server_timestamp,severity,classification,payload\n"
            "4,1443574619,1,org.x/a/b,p\n5,1443574619,1,a/b/c,p\n");
  ASSERT_EQ(RunToEnd({"import", "--records", file_, "--data-dir", to_}).code, 0);
  const Finished done = RunToEnd(prune);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("deleted: 2 of 3 records\n"));
  EXPECT_THAT(RunToEnd(dry_run).out, HasSubstr("would be deleted: 0 of 1 record\n"));
  EXPECT_EQ(Verify(to_), "");
  WriteFile(rules, R"({"keep_days": "x"})");
  const Finished wrong = RunToEnd(prune);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("/keep_days: not a whole number of days"));
}

}  // namespace
}  // namespace rollcall::test
