// GET /api/records, parameter by parameter.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/api/records_fixture.h"
#include "tests/support/records.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::StartsWith;

class RecordsEndpointTest : public RecordsServerTest {
 protected:
  // Stores a record with this reception; times ascend.
  RecordId Add(UnixSeconds reception, const std::function<void(Record&)>& change = nullptr) {
    Record record = Heartbeat();
    record.reception = reception;
    if (change) change(record);
    return Store(*stores_, std::move(record)).id;
  }
  UnixSeconds Ago(seconds ago) { return clock_.Now() - ago; }
};

TEST_F(RecordsEndpointTest, NoRecordsAreAnEmptyList) {
  const Reply reply = Get();
  EXPECT_EQ(Render(reply), "200 {\"records\":[]}\n");
  EXPECT_EQ(reply.Header("content-type"), "application/json");
}

TEST_F(RecordsEndpointTest, TheNewestComeFirstAndThoseOfThirtyDays) {
  Add(Ago(hours(24 * 30)));
  Add(Ago(hours(24 * 30) - seconds(1)));
  Add(Ago(seconds(0)));
  EXPECT_EQ(Ids(), "3 2");
}

TEST_F(RecordsEndpointTest, EachFilterAloneAndTwoTogether) {
  Add(Ago(seconds(50)), [](Record& r) { r.classification = "org.clearlinux/crash/clr"; });
  Add(Ago(seconds(40)), [](Record& r) { r.severity = 4; });
  Add(Ago(seconds(30)), [](Record& r) { r.machine_id = "m"; });
  Add(Ago(seconds(20)), [](Record& r) { r.build = "16.04"; });
  Add(Ago(seconds(10)), [](Record& r) { r.capture = kRecordNoon + seconds(7); });
  EXPECT_EQ(Ids("classification=org.clearlinux%2Fcrash%2Fclr"), "1");
  EXPECT_EQ(Ids("classification=org.clearlinux%2Fcrash"), "") << "exactly";
  EXPECT_EQ(Ids("severity=4"), "2");
  EXPECT_EQ(Ids("machine_id=m"), "3");
  EXPECT_EQ(Ids("build=16.04"), "4");
  EXPECT_EQ(Ids("build=%2216.04%22"), "4") << "quotes stripped";
  const auto capture = std::to_string((kRecordNoon + seconds(6)).time_since_epoch().count());
  EXPECT_EQ(Ids("ts_capture=" + capture), "5");
  const auto same = std::to_string((kRecordNoon + seconds(7)).time_since_epoch().count());
  EXPECT_EQ(Ids("ts_capture=" + same), "") << "after it";
  EXPECT_EQ(Ids("created_in_sec=30"), "5 4");
  EXPECT_EQ(Ids("created_in_sec=31"), "5 4 3");
  EXPECT_EQ(Ids("from_id=3"), "2 1");
  EXPECT_EQ(Ids("limit=2"), "5 4");
  EXPECT_EQ(Ids("severity=1&build=41000&from_id=5&limit=1"), "3");
  EXPECT_EQ(Ids("severity=4&machine_id=m"), "");
}

TEST_F(RecordsEndpointTest, DaysWinOverSecondsAndBothAreCutTo30Days) {
  Add(Ago(hours(24 * 31)));
  Add(Ago(hours(24 * 29)));
  Add(Ago(hours(36)));
  Add(Ago(hours(12)));
  EXPECT_EQ(Ids("created_in_days=1"), "4");
  EXPECT_EQ(Ids("created_in_days=2&created_in_sec=1"), "4 3");
  EXPECT_EQ(Ids("created_in_days=0"), "");
  EXPECT_EQ(Ids("created_in_days=31"), "4 3 2");
  EXPECT_EQ(Ids("created_in_days=99999999999999999999999"), "4 3 2");
  EXPECT_EQ(Ids("created_in_sec=99999999999999999999999"), "4 3 2");
  EXPECT_EQ(Ids("created_in_sec=2592000"), "4 3 2");
}

TEST_F(RecordsEndpointTest, AThousandAreTheDefaultAndTenThousandTheMost) {
  std::vector<Record> many(10'005, Heartbeat());
  for (Record& record : many) record.reception = Ago(seconds(1));
  Store(*stores_, std::move(many));
  EXPECT_EQ(Records().size(), 1'000U);
  EXPECT_EQ(Records("limit=10000").size(), 10'000U);
  EXPECT_EQ(Records("limit=0").size(), 0U);
  EXPECT_EQ(Records("limit=0010").size(), 10U);
  EXPECT_EQ(Refusal("limit=10001"), "400 limit: \"10001\" is more than 10000");
  EXPECT_EQ(Refusal("limit=1000000000000000000000"),
            "400 limit: \"18446744073709551615\" is more than 10000");
  EXPECT_EQ(Refusal("limit=1e9"), "400 limit: \"1e9\" is not a number");
}

TEST_F(RecordsEndpointTest, ABadValueIs400AndSaysWhy) {
  for (const char* name :
       {"severity", "created_in_days", "created_in_sec", "ts_capture", "from_id", "limit"}) {
    for (const char* value : {"", "-1", "+1", "a", "1.5", "1%20", "%D9%A1", "0x1"}) {
      EXPECT_THAT(Refusal(std::string(name) + "=" + value),
                  StartsWith("400 " + std::string(name) + ": "))
          << value;
    }
  }
  for (const char* name : {"classification", "machine_id", "build"}) {
    EXPECT_EQ(Refusal(std::string(name) + "="), "400 " + std::string(name) + ": \"\" is empty");
    EXPECT_EQ(Refusal(name), "400 " + std::string(name) + ": \"\" is empty");
  }
  EXPECT_THAT(Refusal("severity=0"), StartsWith("400 severity: "));
  EXPECT_THAT(Refusal("severity=5"), StartsWith("400 severity: "));
  EXPECT_EQ(Ids("classification=" + std::string(140, 'c')), "");
  EXPECT_THAT(Refusal("classification=" + std::string(141, 'c')),
              StartsWith("400 classification: "));
  EXPECT_EQ(Ids("machine_id=" + std::string(32, 'm')), "");
  EXPECT_THAT(Refusal("machine_id=" + std::string(33, 'm')), StartsWith("400 machine_id: "));
  EXPECT_THAT(Refusal("build=%22%22"), StartsWith("400 build: "));
  EXPECT_THAT(Refusal("build=" + std::string(257, '1')), StartsWith("400 build: "));
}

TEST_F(RecordsEndpointTest, AnUnknownParameterIsIgnoredAndTheFirstOfARepeatedOneCounts) {
  Add(Ago(seconds(2)));
  Add(Ago(seconds(1)), [](Record& r) { r.severity = 4; });
  EXPECT_EQ(Ids("what=&sev=1"), "2 1");
  EXPECT_EQ(Ids("severity=4&severity=1&severity=x"), "2");
}

TEST_F(RecordsEndpointTest, PagesByFromIdAreAllRecordsOnce) {
  std::vector<Record> many(2'500, Heartbeat());
  for (Record& record : many) record.reception = Ago(seconds(1));
  Store(*stores_, std::move(many));
  uint64_t next = 2'501;
  size_t pages = 0;
  for (std::string from; next > 1; ++pages) {
    const Json page = Records(from);
    ASSERT_FALSE(page.empty());
    for (const Json& record : page) ASSERT_EQ(record["id"], --next);
    from = "from_id=" + std::to_string(next);
  }
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(Ids("from_id=1"), "");
  EXPECT_EQ(Ids("from_id=0"), "");
  EXPECT_EQ(Ids("from_id=99999999999999999999&limit=1"), "2500");
}

TEST_F(RecordsEndpointTest, LinesAreTheSameRecordsOneByOne) {
  for (int i = 0; i < 3; ++i) {
    Add(Ago(seconds(3 - i)), [&](Record& r) { r.payload = "a\nb " + std::to_string(i); });
  }
  const Reply reply = Get("", "Accept: text/html;q=0.5, Application/X-NDJSON\r\n");
  EXPECT_EQ(reply.Header("content-type"), "application/x-ndjson");
  Json list = Json::array();
  std::istringstream lines(reply.body);
  for (std::string line; std::getline(lines, line);) list.push_back(Json::parse(line));
  EXPECT_EQ(list, Records());
  EXPECT_EQ(Get("severity=4", "Accept: application/x-ndjson\r\n").body, "");
}

TEST_F(RecordsEndpointTest, AnAnswerOfManyMebibytesIsWhole) {
  std::vector<Record> large(static_cast<size_t>(Rounds(40)), Heartbeat());
  std::mt19937 random(5);
  for (Record& record : large) {
    record.reception = Ago(seconds(1));
    record.payload.assign(kMaxRecordPayload, 'x');
    for (size_t i = 0; i < record.payload.size(); i += 7) {
      record.payload[i] = "\"\\\n\0a"[random() % 5];
    }
  }
  const std::vector<Record> stored = Store(*stores_, std::move(large));
  const Json records = Records();
  ASSERT_EQ(records.size(), stored.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_TRUE(records[i]["payload"] == stored[stored.size() - 1 - i].payload);
  }
  EXPECT_EQ(Get("limit=20").Header("transfer-encoding"), "chunked");
}

TEST_F(RecordsEndpointTest, WhatCannotBeReadIs503) {
  const RecordId id = Add(Ago(seconds(1)));
  {
    storage::Transaction transaction(stores_->store());
    transaction.Put(storage::Table::kRecords, storage::EncodeKey(id), "?");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(Render(Get()), "503 {\"message\":\"the store cannot be read\"}\n");
}

}  // namespace
}  // namespace rollcall::test
