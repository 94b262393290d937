// The endpoints of views of records: what each says of a few records, as JSON and as CSV, and what
// it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/record_view_routes.h"
#include "http/server/front.h"
#include "tests/records/record_fleet.h"
#include "tests/support/http_client.h"
#include "tests/support/manual_clock.h"

namespace rollcall::test {
namespace {

using records::kNow;
using records::RecordFleet;
using records::SomeRecord;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* kBacktrace =
    "Process: app\nPID: 1\nSignal: 11\n\nBacktrace (TID 1):\n"
    "#0 abort() - [libc.so.6] - abort.c:9\n#1 _ZN3app3runEi() - [app]\n";

class RecordViewsTest : public ::testing::Test {
 protected:
  RecordViewsTest() {
    fleet_.Add(Records());
    records::ViewDeclaration view =
        records::ParseViewDeclaration(
            "a.json",
            R"json({"name": "kernels", "title": "Kernels", "about": "Which.",
            "by": "kernel_version", "per": "build", "count": "machines", "days": 14})json")
            .value();
    views_ = std::make_unique<records::RecordViews>(
        fleet_.stores(), clock_,
        records::DeclaredViews{{std::move(view)}, {"bad.json: /per is missing"}});
    api::AddRecordViewRoutes(*views_, routes_);
    http::FrontOptions options;
    options.public_address = "127.0.0.1:0";
    options.private_address = "127.0.0.1:0";
    auto front = http::HttpFront::Start(
        options, [this](const http::HttpRequest& head) { return routes_.Judge(head); }, registry_);
    EXPECT_TRUE(front.ok()) << front.status().message();
    front_ = std::move(front).value();
    private_ = std::make_unique<HttpClient>(front_->private_port());
    public_ = std::make_unique<HttpClient>(front_->public_port());
  }

  static std::vector<Record> Records() {
    std::vector<Record> records;
    const auto add = [&](const std::string& classification, const std::string& build,
                         const std::string& machine, const std::string& payload) -> Record& {
      Record record = SomeRecord();
      record.classification = classification;
      record.build = build;
      record.machine_id = machine;
      record.payload = payload;
      records.push_back(record);
      return records.back();
    };
    add("org.clearlinux/heartbeat/ping", "41000", "m1", "hello\n");
    add("org.clearlinux/heartbeat/ping", "41010", "m2", "hello\n").external = true;
    add("org.clearlinux/crash/clr", "41010", "m2", kBacktrace).severity = 3;
    add("org.clearlinux/crash/clr", "41000", "m1", kBacktrace);
    add("org.clearlinux/crash/clr", "41010", "m3", "Process: app\n");
    add("org.clearlinux/mce/SRAO", "41010", "m2", "STATUS 8c00004000010090 MCGSTATUS 0");
    add("org.clearlinux/mce/thermal", "16.04", "m4", "say \"hot\",\n=now").host_type = "a|b|c";
    return records;
  }

  HttpClient::Reply Get(const std::string& target) {
    return private_->Get("/api/v1/records/" + target);
  }
  Json GetJson(const std::string& target) {
    const HttpClient::Reply reply = Get(target);
    EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
    EXPECT_EQ(reply.Header("content-type"), "application/json");
    return Json::parse(reply.body, nullptr, false);
  }
  std::string GetCsv(const std::string& target) {
    const std::string query = target + (target.find('?') == std::string::npos ? "?" : "&");
    const HttpClient::Reply reply = Get(query + "format=csv");
    EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
    EXPECT_EQ(reply.Header("content-type"), "text/csv; charset=utf-8");
    EXPECT_THAT(reply.Header("content-disposition"),
                StartsWith("attachment; filename=\"rollcall-"));
    return reply.body;
  }
  HttpClient::Reply Post(const std::string& target, const std::string& form) {
    return private_->PostBare(form, "Content-Type: application/x-www-form-urlencoded\r\n",
                              "/api/v1/records/" + target);
  }
  std::string Refusal(const std::string& target) {
    const HttpClient::Reply reply = Get(target);
    EXPECT_EQ(reply.status, 400) << target;
    return Json::parse(reply.body).value("error", "");
  }
  std::vector<uint64_t> Ids(const std::string& query) {
    std::vector<uint64_t> ids;
    const Json page = GetJson("list?" + query);
    for (const Json& record : page["records"]) ids.push_back(record["id"]);
    return ids;
  }

  ManualClock clock_{kNow};
  RecordFleet fleet_;
  metrics::Registry registry_;
  std::unique_ptr<records::RecordViews> views_;
  http::RouteTable routes_{registry_};
  std::unique_ptr<http::HttpFront> front_;
  std::unique_ptr<HttpClient> private_;
  std::unique_ptr<HttpClient> public_;
};

TEST_F(RecordViewsTest, BuildsAndStatsCountAllRecords) {
  EXPECT_EQ(GetJson("builds"), Json::parse(R"json({"as_of": "2026-03-10T12:00:00Z", "others": 1,
      "builds": [{"build": "41000", "records": 2}, {"build": "41010", "records": 4}]})json"));
  EXPECT_EQ(GetCsv("builds"), "\"build\",\"records\"\r\n\"41000\",\"2\"\r\n\"41010\",\"4\"\r\n");
  const Json stats = GetJson("stats");
  EXPECT_EQ(stats["records"], 7);
  EXPECT_EQ(stats["classifications"][0],
            Json::parse(R"json({"classification": "org.clearlinux/crash/clr", "records": 3})json"));
  EXPECT_EQ(stats["platforms"], Json::parse(R"json([{"platform": "blank|blank|blank", "records": 6},
                                                {"platform": "a|b|c", "records": 1}])json"));
  EXPECT_THAT(GetCsv("stats"), HasSubstr("\"classification\",\"org.clearlinux/crash/clr\",\"3\","));
}

TEST_F(RecordViewsTest, MachineChecksAndThermalEventsAreCountedByWeek) {
  const Json checks = GetJson("machine-checks?top=5");
  EXPECT_EQ(checks["records"], 1);
  EXPECT_EQ(checks["weeks"], Json::parse(R"json([{"week": "2026-W11", "from": "2026-03-09",
                                              "records": [0, 1, 0, 0]}])json"));
  EXPECT_EQ(checks["classifications"][1],
            Json::parse(R"json({"classification": "org.clearlinux/mce/SRAO", "records": 1})json"));
  EXPECT_EQ(checks["machines"], Json::parse(R"json([{"machine_id": "m2", "records": 1}])json"));
  EXPECT_EQ(checks["statuses"], Json::parse(R"json([{"status": "00010090", "records": 1}])json"));
  EXPECT_THAT(GetCsv("machine-checks"), HasSubstr("\"status\",\"00010090\",\"\",\"1\"\r\n"));
  const Json thermal = GetJson("thermal?weeks=2");
  EXPECT_EQ(thermal["weeks"],
            Json::parse(
                R"json([{"week": "2026-W10", "from": "2026-03-02", "records": 0, "machine_ids": 0},
                            {"week": "2026-W11", "from": "2026-03-09", "records": 1, "machine_ids": 1}])json"));
  EXPECT_THAT(GetCsv("thermal?weeks=1"), HasSubstr("\"2026-W11\",\"2026-03-09\",\"1\",\"1\"\r\n"));
}

TEST_F(RecordViewsTest, PopulationSaysIdsAndHowMachinesAreEstimated) {
  const Json population = GetJson("population");
  EXPECT_EQ(population["windows"], Json::parse(R"json(["1d", "3d", "7d", "14d", "all"])json"));
  EXPECT_EQ(
      population["builds"][0],
      Json::parse(
          R"json({"build": "41000", "internal": [1, 1, 1, 1, 1], "external": [0, 0, 0, 0, 0]})json"));
  EXPECT_EQ(population["ids"]["external"], Json::parse("[1, 1, 1, 1, 1]"));
  EXPECT_EQ(population["estimates"][0], Json::parse(R"json({"days": 7, "known": false})json"));
  EXPECT_THAT(population["method"].get<std::string>(), HasSubstr("times 3 days"));
  EXPECT_THAT(GetCsv("population"),
              HasSubstr("\"41010\",\"external\",\"1\",\"1\",\"1\",\"1\",\"1\"\r\n"));
}

TEST_F(RecordViewsTest, CrashesAreCountedByGuiltyFrameAndBuild) {
  const Json crashes = GetJson("crashes");
  EXPECT_EQ(crashes["crashes"], 3);
  EXPECT_EQ(crashes["without_backtrace"], 1);
  EXPECT_EQ(crashes["builds"],
            Json::parse(R"json([{"build": 41010, "crashes": 2, "machine_days": 2},
                            {"build": 41000, "crashes": 1, "machine_days": 1}])json"));
  ASSERT_EQ(crashes["guilties"].size(), 1u);
  EXPECT_EQ(crashes["guilties"][0],
            Json::parse(R"json({"function": "abort()", "module": "libc.so.6", "crashes": 2,
                "machine_ids": 2, "by_build": [1, 1], "per_1000_machine_days": [500.0, 1000.0],
                "first_seen": "2026-03-10T11:00:00Z", "last_seen": "2026-03-10T11:00:00Z",
                "new_in": null, "gone_in": null, "comment": "", "hidden": false
})json"));
  EXPECT_THAT(GetCsv("crashes"),
              HasSubstr("\"abort()\",\"libc.so.6\",\"41010\",\"1\",\"2\",\"500\",\"2\","));
}

TEST_F(RecordViewsTest, TheStacksOfAFrameAreReadableAndTheBuildChosen) {
  const Json all = GetJson("backtraces?function=abort()&module=libc.so.6");
  ASSERT_EQ(all["backtraces"].size(), 1u);
  const Json& one = all["backtraces"][0];
  EXPECT_EQ(one["crashes"], 2);
  EXPECT_EQ(one["newest_record"], 4);
  EXPECT_EQ(one["process"], "app");
  EXPECT_EQ(one["signal"], "11");
  EXPECT_EQ(one["guilty"], 0);
  EXPECT_EQ(one["frames"],
            Json::parse(R"json([{"function": "abort()", "module": "libc.so.6", "kind": "symbol"
},
                            {"function": "app::run(int)", "module": "app", "kind": "symbol"}])json"));
  EXPECT_EQ(
      GetJson(
          "backtraces?function=abort()&module=libc.so.6&build=41010")["backtraces"][0]["crashes"],
      1);
  EXPECT_EQ(GetJson("backtraces?function=unknown()").at("backtraces").size(), 0u);
  EXPECT_THAT(GetCsv("backtraces?function=abort()&module=libc.so.6"),
              HasSubstr("\"1\",\"app::run(int)\",\"app\",\"symbol\"\r\n"));
}

TEST_F(RecordViewsTest, AListOfFilteredFramesIsPreviewedThenAppliedToThePast) {
  EXPECT_EQ(GetJson("filter")["frames"], Json::array());
  const std::string form = "function=abort%28%29&module=libc.so.6";
  const Json preview = Json::parse(Post("filter", form + "&preview=yes").body);
  EXPECT_EQ(preview, Json::parse(R"json({"crashes": 3, "changed": 2, "changes": [
      {"before": {"function": "abort()", "module": "libc.so.6"
}
, "after" : {"function" : "app::run(int)", "module" : "app"}, "crashes" : 2
}]
})json"));
  EXPECT_EQ(GetJson("crashes")["guilties"][0]["function"], "abort()")
      << "a preview changes nothing";
  const HttpClient::Reply set = Post("filter", form);
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(GetJson("filter")["frames"],
            Json::parse(R"json([{"function": "abort()", "module": "libc.so.6"
  }])json"));
  EXPECT_EQ(GetCsv("filter"), "\"function\",\"module\"\r\n\"abort()\",\"libc.so.6\"\r\n");
  EXPECT_EQ(GetJson("crashes")["guilties"][0]["function"], "app::run(int)");
  for (const char* const type : {"Content-Type: application/json\r\n", ""}) {
    const HttpClient::Reply no_form =
        private_->PostBare(R"({"frames":[]})", type, "/api/v1/records/filter");
    EXPECT_EQ(no_form.status, 400) << type << no_form.body;
  }
  EXPECT_EQ(GetJson("filter")["frames"].size(), 1u) << "what was not read clears nothing";
  EXPECT_EQ(Post("filter", "").status, 200);
  EXPECT_EQ(GetJson("crashes")["guilties"][0]["function"], "abort()");
  EXPECT_EQ(Post("filter", "function=a").status, 400);
  EXPECT_EQ(Post("filter", "function=&module=a").status, 400);
  EXPECT_EQ(Post("filter", "function=a&module=b&preview=maybe").status, 400);
}

TEST_F(RecordViewsTest, ANotedFrameIsCommentedAndHidden) {
  const std::string frame = "function=abort%28%29&module=libc.so.6";
  EXPECT_EQ(Post("note", frame + "&comment=see+tracker").status, 200);
  EXPECT_EQ(GetJson("crashes")["guilties"][0]["comment"], "see tracker");
  EXPECT_EQ(Post("note", frame + "&comment=x&hidden=yes").status, 200);
  const Json hidden = GetJson("crashes");
  EXPECT_EQ(hidden["guilties"], Json::array());
  EXPECT_EQ(hidden["hidden"], 2);
  EXPECT_EQ(GetJson("crashes?hidden=yes")["guilties"][0]["hidden"], true);
  EXPECT_EQ(Post("note", "comment=x").status, 400);
}

TEST_F(RecordViewsTest, RecordsAreListedByEveryFilterAndPaged) {
  EXPECT_THAT(Ids("limit=2"), ElementsAre(7, 6));
  EXPECT_EQ(GetJson("list?limit=2")["next"], 6);
  EXPECT_THAT(Ids("limit=2&from_id=6"), ElementsAre(5, 4));
  EXPECT_THAT(Ids("from_id=2"), ElementsAre(1));
  EXPECT_EQ(GetJson("list?from_id=2")["next"], nullptr);
  EXPECT_THAT(Ids("classification=org.clearlinux/mce/*"), ElementsAre(7, 6));
  EXPECT_THAT(Ids("classification=org.clearlinux/crash/clr&build=41000"), ElementsAre(4));
  EXPECT_THAT(Ids("severity=3"), ElementsAre(3));
  EXPECT_THAT(Ids("machine_id=m2"), ElementsAre(6, 3, 2));
  EXPECT_THAT(Ids("external=yes"), ElementsAre(2));
  EXPECT_THAT(Ids("external=no&machine_id=m2"), ElementsAre(6, 3));
  EXPECT_THAT(Ids("payload=%5EProcess&not_payload=abort"), ElementsAre(5));
  EXPECT_THAT(Ids("captured_from=2026-03-11"), ElementsAre());
  EXPECT_THAT(Ids("captured_from=2026-03-10&captured_to=2026-03-10&severity=3"), ElementsAre(3));
  EXPECT_THAT(Ids("system_name=debian"), ElementsAre());
  const Json record = GetJson("record?id=7");
  EXPECT_EQ(record["machine_id"], "m4");
  EXPECT_EQ(record["payload"], "say \"hot\",\n=now");
  EXPECT_EQ(record["ts_capture"], "2026-03-10 11:00:00 UTC");
  EXPECT_EQ(Get("record?id=8").status, 404);
}

TEST_F(RecordViewsTest, TheListAsCsvIsTheOldServersExport) {
  EXPECT_EQ(GetCsv("list?classification=org.clearlinux/mce/thermal"),
            "\"id\",\"external\",\"server_timestamp\",\"severity\",\"classification\",\"build\","
            "\"machine_id\",\"payload\"\r\n"
            "\"7\",\"False\",\"1773140400\",\"1\",\"org.clearlinux/mce/thermal\",\"16.04\",\"m4\","
            "\"say \"\"hot\"\",\n=now\"\r\n");
  const HttpClient::Reply page = Get("list?format=csv&limit=3&classification=org.clearlinux/*");
  EXPECT_EQ(page.Header("link"),
            "<?from_id=5&classification=org.clearlinux%2F%2A&limit=3&format=csv>; rel=\"next\"");
  EXPECT_EQ(Get("list?format=csv&limit=3&from_id=3").Header("link"), "");
}

TEST_F(RecordViewsTest, ADeclaredViewIsInTheMenuAndHasItsTable) {
  const Json menu = GetJson("views");
  EXPECT_EQ(menu["views"],
            Json::parse(R"json([{"name": "kernels", "title": "Kernels", "about": "Which.",
      "by": "kernel_version", "per": "build", "count": "machines", "days": 14, "show": "table"}])json"));
  EXPECT_EQ(menu["faults"], Json::parse(R"json(["bad.json: /per is missing"])json"));
  const Json view = GetJson("view?name=kernels");
  EXPECT_EQ(view["columns"], Json::parse(R"json(["41000", "41010"])json"));
  EXPECT_EQ(view["rows"],
            Json::parse(R"json([{"value": "6.1.0", "total": 3, "counts": [1, 2]}])json"));
  EXPECT_EQ(view["other"], nullptr);
  EXPECT_EQ(view["read_back_to"], nullptr);
  EXPECT_EQ(GetCsv("view?name=kernels"),
            "\"value\",\"total\",\"41000\",\"41010\"\r\n\"6.1.0\",\"3\",\"1\",\"2\"\r\n");
  EXPECT_EQ(Get("view?name=none").status, 404);
}

TEST_F(RecordViewsTest, SpikesAreNamedWithTheirRule) {
  const Json none = GetJson("spikes");
  EXPECT_EQ(none["days_before"], 0);
  EXPECT_EQ(none["spikes"], Json::array());
  EXPECT_THAT(none["rule"].get<std::string>(), HasSubstr("at least 20 records"));
  EXPECT_EQ(GetCsv("spikes"),
            "\"classification\",\"records\",\"machine_ids\",\"before_per_day\"\r\n");
}

TEST_F(RecordViewsTest, WhatIsWrongWithAParameterIsSaid) {
  EXPECT_THAT(Refusal("crashes?top=0"), HasSubstr("top: want a whole number from 1 to 1000"));
  EXPECT_THAT(Refusal("crashes?hidden=perhaps"), HasSubstr("hidden"));
  EXPECT_THAT(Refusal("thermal?weeks=54"), HasSubstr("weeks"));
  EXPECT_THAT(Refusal("list?limit=1e9"), HasSubstr("limit"));
  EXPECT_THAT(Refusal("list?limit=1001"), HasSubstr("limit"));
  EXPECT_THAT(Refusal("list?format=xml"), HasSubstr("format"));
  EXPECT_THAT(Refusal("list?severity=5"), HasSubstr("severity"));
  EXPECT_THAT(Refusal("list?captured_from=yesterday"), HasSubstr("captured_from"));
  EXPECT_THAT(Refusal("list?captured_to=9999-13-01"), HasSubstr("captured_to"));
  EXPECT_THAT(Refusal("list?payload=%28"), HasSubstr("payload: the pattern \"(\": missing )"));
  EXPECT_THAT(Refusal("list?payload=" + std::string(1'001, 'a')), HasSubstr("at most 1000"));
  EXPECT_THAT(Refusal("list?from_id=-1"), HasSubstr("from_id"));
  EXPECT_THAT(Refusal("list?classification=%ff"), HasSubstr("classification"));
  EXPECT_THAT(Refusal("record"), HasSubstr("id: want a record's number"));
  EXPECT_THAT(Refusal("backtraces"), HasSubstr("function"));
}

TEST_F(RecordViewsTest, NothingOfItIsAtThePublicListener) {
  for (const char* const name :
       {"list", "record?id=1", "builds", "stats", "crashes", "backtraces?function=a", "filter",
        "machine-checks", "thermal", "population", "spikes", "views", "view?name=kernels"}) {
    EXPECT_EQ(public_->Get(std::string("/api/v1/records/") + name).status, 404) << name;
  }
  EXPECT_EQ(public_->PostBare("", "", "/api/v1/records/filter").status, 404);
}

TEST_F(RecordViewsTest, ASlashBehindThePageLeadsToIt) {
  const HttpClient::Reply reply = private_->Get("/records/");
  EXPECT_EQ(reply.status, 301);
  EXPECT_EQ(reply.Header("location"), "../records");
}

TEST_F(RecordViewsTest, WhatHasNotChangedIsNotSentAgain) {
  const HttpClient::Reply first = Get("builds");
  EXPECT_EQ(
      private_->Get("/api/v1/records/builds", "If-None-Match: " + first.Header("etag") + "\r\n")
          .status,
      304);
}

}  // namespace
}  // namespace rollcall::test
