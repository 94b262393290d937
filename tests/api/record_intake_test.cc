// Records over HTTP: what is accepted is stored and given back, what is refused says why, and
// reports are reports as before.
#include <gmock/gmock.h>

#include "tests/api/records_fixture.h"
#include "tests/support/gzip.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RecordIntakeTest : public RecordsServerTest {};

TEST_F(RecordIntakeTest, ARecordIsAnswered201WithItselfAsJson) {
  const Reply reply = Post();
  EXPECT_EQ(
      Render(reply),
      R"(201 {"id":1,"machine_id":"66c196ce4222dd761470da5e7e35f6f1","machine_type":"blank|blank|blank",)"
      R"("arch":"x86_64","build":"41000","kernel_version":"4.2.0-120",)"
      R"("ts_capture":"2015-09-30 00:39:35 UTC","ts_reception":"2026-03-15 12:00:00 UTC","severity":2,)"
      R"("classification":"org.clearlinux/hello/world","record_version":4,"record_format_version":4,)"
      R"("payload":"hello\n","board_name":"Board|Maker","bios_version":"1.2.3",)"
      R"("cpu_model":"Intel(R) Core(TM) i7","event_id":"0123456789abcdef0123456789abcdef",)"
      R"("external":false})"
      "\n");
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(Records()[0], Json::parse(reply.body));
  Restart();
  EXPECT_EQ(Records()[0], Json::parse(reply.body)) << "on disk";
}

TEST_F(RecordIntakeTest, AllThreeAddressesTakeTheSameRecord) {
  Json first = Json::parse(Post().body);
  for (const Reply& reply : {Post({}, "hello\n", "/v2/collector"), PostJson(JsonOf().dump())}) {
    EXPECT_EQ(reply.status, 201) << reply.body;
    Json other = Json::parse(reply.body);
    other["id"] = first["id"];
    EXPECT_EQ(other, first);
  }
}

TEST_F(RecordIntakeTest, EveryVersionIsTakenAndLackedFieldsAreNotAvailable) {
  for (int version = 1; version <= 4; ++version) {
    std::string headers;
    for (const auto& [name, value] : FieldsOfVersion(version)) {
      headers += name + ": " + value + "\r\n";
    }
    const Reply reply = public_->PostBare("p", headers, "/");
    ASSERT_EQ(reply.status, 201) << reply.body;
    const Json json = Json::parse(reply.body);
    EXPECT_EQ(json["record_version"], version);
    EXPECT_EQ(json["cpu_model"], version >= 3 ? "Intel(R) Core(TM) i7" : "N/A");
    EXPECT_EQ(json["event_id"], version >= 4 ? "0123456789abcdef0123456789abcdef" : "N/A");
  }
}

TEST_F(RecordIntakeTest, ADashIsAsGoodAsAnUnderscoreAndCaseDoesNotMatter) {
  const auto named = [&](const std::function<char(char)>& change) {
    std::string headers;
    for (auto [name, value] : FieldsOfVersion(4)) {
      std::transform(name.begin(), name.end(), name.begin(), change);
      headers += name + ": " + value + "\r\n";
    }
    return public_->PostBare("p", headers).status;
  };
  EXPECT_EQ(named([](char c) { return c == '_' ? '-' : c; }), 201);
  EXPECT_EQ(named([](char c) { return c == '-' ? '_' : c; }), 201);
  EXPECT_EQ(named([](char c) { return static_cast<char>(std::toupper(c)); }), 201);
  EXPECT_EQ(named([](char c) { return static_cast<char>(std::tolower(c)); }), 201);
}

TEST_F(RecordIntakeTest, ARefusalIs400WithTheFieldAndTheReason) {
  const Reply reply = Post({{"severity", "5"}});
  EXPECT_EQ(Render(reply), "400 {\"message\":\"Severity: \\\"5\\\" is not 1, 2, 3 or 4\"}\n");
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(Render(Post({{"machine_id", std::nullopt}})),
            "400 {\"message\":\"Machine-Id: is missing\"}\n");
  EXPECT_THAT(Render(PostJson("{}")), StartsWith("400 {\"message\":\"Record-Format-Version"));
  EXPECT_THAT(Render(PostJson("[")), StartsWith("400 {\"message\":\""));
  EXPECT_THAT(Render(Post({{"X-Telemetry-TID", "another"}})),
              StartsWith("400 {\"message\":\"X-Telemetry-TID: "));
  EXPECT_EQ(Ids(), "");
  EXPECT_EQ(AwaitMetric("rollcall_records_total{outcome=\"refused\"}", 5), 5);
}

TEST_F(RecordIntakeTest, EachConfiguredIdIsTaken) {
  EXPECT_EQ(Post({{"X-Telemetry-TID", kTelemetryIds[1]}}).status, 201);
}

TEST_F(RecordIntakeTest, AReportStaysAReport) {
  const std::string report = "cozy_cluster_info 1\ncozy_nodes_count 3\n";
  EXPECT_EQ(Report("c1", report), "200");
  // Whatever else its head says.
  EXPECT_EQ(Render(public_->Post("c2", report, Headers())), "200");
  EXPECT_EQ(Ids(), "");
  EXPECT_THAT(Render(public_->PostBare(report)), StartsWith("400 X-Cluster-ID"));
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"clusters\":2"));
  EXPECT_EQ(Post().status, 201);
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"clusters\":2"));
}

TEST_F(RecordIntakeTest, AnUnderscoreIsNoDashInOtherHeaders) {
  EXPECT_THAT(Render(public_->PostBare("cozy_cluster_info 1\n", "X_Cluster_ID: c1\r\n")),
              StartsWith("400 X-Cluster-ID"));
  RawClient raw(server_->public_port());
  const auto reply =
      raw.Ask("POST / HTTP/1.1\r\nHost: h\r\n" + Headers() + "content_length: 2\r\n\r\nhi");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 400);
}

TEST_F(RecordIntakeTest, WithoutTheFlagNothingOfRecordsIsThere) {
  EXPECT_EQ(Post().status, 201);
  options_.records = false;
  Restart();
  EXPECT_THAT(Render(Post()), StartsWith("400 X-Cluster-ID"));
  EXPECT_EQ(Get().status, 404);
  EXPECT_NE(public_->Get("/v2/collector").status, 302);
  options_.records = true;
  Restart();
  EXPECT_EQ(Ids(), "1") << "and nothing is lost";
  EXPECT_EQ(Json::parse(Post().body)["id"], 2);
}

TEST_F(RecordIntakeTest, ThePublicListenerTakesRecordsAndGivesNoneOut) {
  EXPECT_EQ(Post().status, 201);
  EXPECT_EQ(public_->Get("/api/records").status, 404);
  EXPECT_NE(private_->PostBare("p", Headers()).status, 201);
  EXPECT_NE(private_->PostBare("p", Headers(), "/v2/collector").status, 201);
  const Reply page = public_->Get("/v2/collector");
  EXPECT_EQ(page.status, 302);
  EXPECT_EQ(page.Header("location"), "../");
}

TEST_F(RecordIntakeTest, APayloadOfAMebibyteIsTakenAndNoByteMore) {
  const std::string zeros(kMaxRecordPayload, '\0');
  EXPECT_EQ(Post({}, zeros).status, 201);
  EXPECT_EQ(PostJson(JsonOf({}, zeros).dump()).status, 201);
  EXPECT_EQ(Post({}, zeros + '\0').status, 413);
  EXPECT_EQ(Post({}, zeros + '\0', "/v2/collector").status, 413);
  EXPECT_THAT(Render(PostJson(JsonOf({}, zeros + '\0').dump())),
              StartsWith("413 {\"message\":\"the payload has 1048577 bytes"));
  for (const Json& record : Records()) {
    EXPECT_EQ(record["payload"].get<std::string>().size(), kMaxRecordPayload);
    EXPECT_TRUE(record["payload"] == zeros);
  }
}

TEST_F(RecordIntakeTest, AnyBytesAreAPayload) {
  std::string any;
  for (int i = 0; i < 256; ++i) any += static_cast<char>(i);
  const Json taken = Json::parse(Post({}, any).body);
  std::string latin1;
  for (int i = 0; i < 256; ++i) {
    if (i >= 0x80) latin1 += static_cast<char>(i < 0xC0 ? 0xC2 : 0xC3);
    latin1 += static_cast<char>(i < 0x80 ? i : (i & 0x3F) | 0x80);
  }
  EXPECT_TRUE(taken["payload"] == latin1);
  EXPECT_EQ(Json::parse(Post({}, "").body)["payload"], "");
  // In JSON too, a body that is not UTF-8 is Latin-1.
  std::string latin1_json = JsonOf({}, "@").dump();
  latin1_json.replace(latin1_json.find('@'), 1, "\xfc");
  EXPECT_EQ(Json::parse(PostJson(latin1_json).body)["payload"], "\xc3\xbc");
  const Reply packed = public_->PostBare(Gzip("packed"), Headers() + "Content-Encoding: gzip\r\n");
  EXPECT_EQ(Json::parse(packed.body)["payload"], "packed");
}

TEST_F(RecordIntakeTest, InvalidUtf8InEachHeaderIsAnswered) {
  for (const auto& [name, value] : FieldsOfVersion(4)) {
    const Reply reply = Post({{name, value + "\xff\xfe"}});
    EXPECT_TRUE(reply.status == 201 || reply.status == 400) << name << " " << reply.status;
    // What is said of it is JSON all the same.
    EXPECT_TRUE(Json::accept(reply.body)) << reply.body;
  }
  const Json taken = Json::parse(Post({{"host_type", "\xfc|b|c"}}).body);
  EXPECT_EQ(taken["machine_type"], "\xc3\xbc|b|c");
}

TEST_F(RecordIntakeTest, AHundredAndOneHeadersAreTooMany) {
  std::string headers = Headers();
  // With Host and Content-Length.
  int lines = 2 + static_cast<int>(std::count(headers.begin(), headers.end(), '\n'));
  for (; lines < 100; ++lines) headers += "X-More: 1\r\n";
  EXPECT_EQ(public_->PostBare("p", headers).status, 201);
  EXPECT_EQ(public_->PostBare("p", headers + "X-More: 1\r\n").status, 431);
}

TEST_F(RecordIntakeTest, ATimestampBeyondTheYear9999IsRefused) {
  EXPECT_EQ(Json::parse(Post({{"creation_timestamp", "253402300799"}}).body)["ts_capture"],
            "9999-12-31 23:59:59 UTC");
  EXPECT_EQ(Post({{"creation_timestamp", "253402300800"}}).status, 400);
  EXPECT_EQ(Post({{"creation_timestamp", "99999999999999999999999999"}}).status, 400);
}

TEST_F(RecordIntakeTest, WhileTheClockCannotBeBelievedItSays503) {
  SetClock("1970-01-01 00:01:00");
  const Reply reply = Post();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.Header("retry-after"), "60");
  EXPECT_THAT(reply.body, StartsWith("{\"message\":\""));
}

TEST_F(RecordIntakeTest, AClientOfItsOwnConnectionPerRecordIsServed) {
  for (int i = 0; i < 5; ++i) {
    RawClient raw(server_->public_port());
    const auto reply = raw.Ask("POST /v2/collector HTTP/1.1\r\nHost: h\r\n" + Headers() +
                               "Content-Length: 6\r\nConnection: close\r\n\r\nhello\n");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 201);
  }
  EXPECT_EQ(Ids(), "5 4 3 2 1");
  EXPECT_EQ(AwaitMetric("rollcall_records", 5), 5);
}

}  // namespace
}  // namespace rollcall::test
