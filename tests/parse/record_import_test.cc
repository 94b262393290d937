// Records out of JSON lines and CSV, whole and in pieces of any size.
#include "parse/record_import.h"

#include <gmock/gmock.h>

#include <random>

namespace rollcall {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Outcome {
  std::vector<Record> records;
  RecordImportReader::Tally tally;
  Status status;
};

Outcome Import(const std::string& text, size_t piece_bytes = SIZE_MAX) {
  Outcome outcome;
  RecordImportReader reader([&](Record&& record) {
    outcome.records.push_back(std::move(record));
    return Status::Ok();
  });
  for (size_t at = 0; at < text.size() && outcome.status.ok();) {
    const size_t size = std::min(piece_bytes, text.size() - at);
    outcome.status = reader.Feed(std::string_view(text).substr(at, size));
    at += size;
  }
  if (outcome.status.ok()) outcome.status = reader.Finish();
  outcome.tally = reader.tally();
  return outcome;
}

constexpr const char* kOldCsv =
    "id,external,server_timestamp,severity,classification,build,machine_id,payload\r\n"
    "\"7\",\"False\",\"1443574619\",\"2\",\"org.clearlinux/hello/world\",\"41000\",\"m1\",\"hello\n"
    "\"\"you\"\", all\"\r\n"
    "\"6\",\"True\",\"1443574600\",\"1\",\"org.clearlinux/a/b\",\"16.04\",\"\",\"\"\r\n";

TEST(RecordImport, TheOldServersCsvIsRead) {
  const Outcome whole = Import(kOldCsv);
  ASSERT_TRUE(whole.status.ok()) << whole.status.message();
  EXPECT_THAT(whole.tally.errors, IsEmpty());
  ASSERT_EQ(whole.records.size(), 2U);
  const Record& first = whole.records[0];
  EXPECT_EQ(first.id, RecordId{7});
  EXPECT_FALSE(first.external);
  EXPECT_EQ(first.reception, UnixSeconds(seconds(1'443'574'619)));
  EXPECT_EQ(first.capture, first.reception) << "it does not say";
  EXPECT_EQ(first.severity, 2);
  EXPECT_EQ(first.version, 0) << "nor which format it was";
  EXPECT_EQ(first.classification, "org.clearlinux/hello/world");
  EXPECT_EQ(first.build, "41000");
  EXPECT_EQ(first.machine_id, "m1");
  EXPECT_EQ(first.payload, "hello\n\"you\", all");
  EXPECT_EQ(first.cpu_model, "N/A");
  EXPECT_TRUE(whole.records[1].external);
  for (const size_t piece : {1U, 2U, 3U, 7U, 64U}) {
    EXPECT_EQ(Import(kOldCsv, piece).records, whole.records) << piece;
  }
}

TEST(RecordImport, ATableOfPostgreSqlIsRead) {
  const Outcome outcome = Import(
      "id,severity,machine,machine_id,architecture,kernel_version,os_name,record_format_version,"
      "payload_format_version,payload,tsp,tsp_server,backtrace,processed,external,board_name,"
      "bios_version,cpu_model,classification,build\n"
      "12,3,vendor|product|1,abc,x86_64,4.2.0-1,clear-linux-os,2,5,\\x68c3bc0a,1443573575,"
      "1443574619,other,t,f,,N/A,,org.clearlinux/crash/clr,41000\n"
      "13,1,,,,,,,,text,1443573576,1443574620,,f,t,B,C,D,a/b/c,1\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.tally.errors, IsEmpty());
  ASSERT_EQ(outcome.records.size(), 2U);
  const Record& record = outcome.records[0];
  EXPECT_EQ(record.host_type, "vendor|product|1");
  EXPECT_EQ(record.arch, "x86_64");
  EXPECT_EQ(record.system_name, "clear-linux-os");
  EXPECT_EQ(record.version, 2);
  EXPECT_EQ(record.payload_version, 5);
  EXPECT_EQ(record.payload, "h\xc3\xbc\n") << "bytea, and not the copy in backtrace";
  EXPECT_EQ(record.capture, UnixSeconds(seconds(1'443'573'575)));
  EXPECT_EQ(record.reception, UnixSeconds(seconds(1'443'574'619)));
  EXPECT_EQ(record.bios_version, "N/A");
  EXPECT_EQ(outcome.records[1].payload, "text");
  EXPECT_TRUE(outcome.records[1].external);
}

TEST(RecordImport, OnlyATableOfPostgreSqlHasPayloadsInHexadecimalDigits) {
  const Outcome json =
      Import(R"({"id":1,"ts_reception":"1443574619","classification":"a/b/c","payload":"\\x6869"})"
             "\n");
  ASSERT_EQ(json.records.size(), 1U);
  EXPECT_EQ(json.records[0].payload, "\\x6869");
  const Outcome csv = Import(
      "id,external,server_timestamp,severity,classification,build,machine_id,payload\n"
      "\"7\",\"False\",\"1443574619\",\"2\",\"a/b/c\",\"1\",\"m\",\"\\x6869\"\n");
  ASSERT_EQ(csv.records.size(), 1U);
  EXPECT_EQ(csv.records[0].payload, "\\x6869");
}

TEST(RecordImport, JsonLinesAreRead) {
  const std::string lines =
      R"({"id":3,"machine_id":"m","machine_type":"a|b|c","arch":"x86_64","build":"1","kernel_version":"1.2.3",)"
      R"("ts_capture":"2015-09-30 00:39:35 UTC","ts_reception":"2015-09-30 00:56:59 UTC","severity":1,)"
      R"("classification":"a/b/c","record_version":4,"record_format_version":4,"payload":"x\u0000\n",)"
      R"("board_name":"N/A","bios_version":"N/A","cpu_model":"C","event_id":"e","external":true,)"
      R"("system_name":"s","payload_format_version":-2,"more":[{}]})"
      "\n\n"
      R"({"id":2,"ts_reception":"2015-09-30 00:56:59 UTC","severity":2,"classification":"a/b/d","build":null})";
  const Outcome whole = Import(lines);
  ASSERT_TRUE(whole.status.ok()) << whole.status.message();
  EXPECT_THAT(whole.tally.errors, IsEmpty());
  ASSERT_EQ(whole.records.size(), 2U);
  const Record& record = whole.records[0];
  EXPECT_EQ(record.capture, UnixSeconds(seconds(1'443'573'575)));
  EXPECT_EQ(record.payload, std::string("x\0\n", 3));
  EXPECT_EQ(record.payload_version, -2);
  EXPECT_EQ(record.event_id, "e");
  EXPECT_TRUE(record.external);
  EXPECT_EQ(whole.records[1].build, "");
  for (const size_t piece : {1U, 5U, 100U}) EXPECT_EQ(Import(lines, piece).records, whole.records);
}

TEST(RecordImport, ARowThatIsNoRecordIsLeftOutAndNamed) {
  const std::string header = "id,ts_reception,severity,classification\n";
  const std::string good = "1,1443574619,1,a/b/c\n";
  const auto refusal = [&](const std::string& row) {
    const Outcome outcome = Import(header + row + "\n" + good);
    EXPECT_TRUE(outcome.status.ok());
    EXPECT_EQ(outcome.records.size(), 1U) << "the others are read";
    EXPECT_EQ(outcome.tally.refused, 1U) << row;
    return outcome.tally.errors.empty() ? "" : outcome.tally.errors[0];
  };
  EXPECT_EQ(refusal("2,1443574619,1"), "line 2: 3 cells, not the 4 of the first row");
  EXPECT_EQ(refusal("x,1443574619,1,a/b/c"), "line 2: id: not a value of it");
  EXPECT_EQ(refusal("0,1443574619,1,a/b/c"), "line 2: id: not a value of it");
  EXPECT_EQ(refusal("99999999999999,1443574619,1,a/b/c"), "line 2: id: not a value of it");
  for (const char* time : {"", "-1", "2015-09-30", "2015-13-30 00:39:35 UTC", "253402300800"}) {
    EXPECT_EQ(refusal(std::string("2,") + time + ",1,a/b/c"),
              "line 2: ts_reception: not a value of it");
  }
  EXPECT_EQ(refusal("2,1443574619,5,a/b/c"), "line 2: severity: not a value of it");
  EXPECT_THAT(refusal("2,1443574619,1,"), StartsWith("line 2: classification: "));
  const Outcome without = Import("severity,classification,ts_reception\n1,a/b/c,1443574619\n");
  EXPECT_THAT(without.tally.errors, ElementsAre("line 2: id: it is missing"));
  EXPECT_THAT(Import("{\"id\":1}\n[]\n{\n").tally.errors,
              ElementsAre("line 1: the time of its reception is missing", "line 2: not an object",
                          StartsWith("line 3: byte")));
}

TEST(RecordImport, TheFailureOfWhoTakesThemEndsIt) {
  size_t taken = 0;
  RecordImportReader reader([&](Record&&) {
    ++taken;
    return Status::Unavailable("the disk is full");
  });
  EXPECT_EQ(reader.Feed(kOldCsv).code(), Code::kUnavailable);
  EXPECT_EQ(taken, 1U);
}

TEST(RecordImport, WhatIsNoTableEndsWithItsLine) {
  EXPECT_THAT(Import("a\"b\n").status.message(), HasSubstr("line 1: a quote within a cell"));
  EXPECT_THAT(Import("a\n\"b\"c\n").status.message(), HasSubstr("line 2: text behind"));
  EXPECT_THAT(Import("a\n\"b\n\n").status.message(), HasSubstr("a quote is not closed"));
  EXPECT_THAT(Import("{" + std::string(17 * 1024 * 1024, 'x')).status.message(),
              HasSubstr("too long"));
  EXPECT_THAT(Import("a,b\n\"" + std::string(17 * 1024 * 1024, 'x')).status.message(),
              HasSubstr("too large"));
  EXPECT_TRUE(Import("").status.ok());
}

TEST(RecordImport, RandomBytesAreReadOrRefused) {
  std::mt19937 random(1);
  const std::string csv = kOldCsv;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = csv;
    for (size_t n = random() % 5 + 1; n > 0; --n) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    const Outcome outcome = Import(text, 1 + random() % 50);
    EXPECT_LE(outcome.records.size(), 3U);
  }
}

}  // namespace
}  // namespace rollcall
