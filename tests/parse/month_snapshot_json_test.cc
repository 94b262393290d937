#include "parse/month_snapshot_json.h"
#include "tests/support/cozystack.h"
#include "tests/support/instant.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rollcall {
namespace {

MonthSnapshot Example() {
  MonthSnapshot snapshot;
  snapshot.month = *Month::Parse("2026-03");
  snapshot.collected_at = test::InstantAt("2026-04-01T07:01:00Z");
  snapshot.counts.sources = 42;
  snapshot.counts.figures = {{.total = 210, .average = 0, .report_total = {}},
                             {.total = 84, .average = 0, .report_total = {}}};
  snapshot.breakdowns = {{{"kubernetes", 30}, {"Neu \"x\"\n", -1}}};
  return snapshot;
}

// One line, or what is wrong.
std::string Parsed(const std::string& json) {
  const auto snapshot = ParseMonthSnapshotJson(CozystackFleet(), json);
  if (!snapshot.ok()) {
    EXPECT_EQ(snapshot.status().code(), Code::kInvalidArgument);
    return snapshot.status().message();
  }
  std::string text = snapshot->month.ToString() + " " + FormatRfc3339(snapshot->collected_at) +
                     " " + std::to_string(snapshot->counts.sources);
  for (const FigureCount& figure : snapshot->counts.figures) {
    text += " " + std::to_string(figure.total);
  }
  for (const auto& [name, total] : snapshot->breakdowns.at(0)) {
    text += " " + name + "=" + std::to_string(total);
  }
  return text;
}

// The example with one field's value replaced.
std::string SnapshotWith(const std::string& field, const std::string& value) {
  std::string json = R"({"month":"2026-03","collected_at":"2026-04-01T07:01:00Z","clusters":42,)"
                     R"("total_nodes":210,"total_tenants":84,"apps":{"a":1}})";
  const size_t begin = json.find("\"" + field + "\":") + field.size() + 3;
  const size_t end = field == "apps" ? json.size() - 1 : json.find(",\"", begin);
  return json.replace(begin, end - begin, value);
}

const std::string kSnapshotRefused = "parse month snapshot: ";

TEST(MonthSnapshotJson, IsWrittenInTheContractsFields) {
  EXPECT_EQ(MonthSnapshotJson(CozystackFleet(), Example()),
            "{\n"
            "  \"month\": \"2026-03\",\n"
            "  \"collected_at\": \"2026-04-01T07:01:00Z\",\n"
            "  \"clusters\": 42,\n"
            "  \"total_nodes\": 210,\n"
            "  \"total_tenants\": 84,\n"
            "  \"apps\": {\n"
            "    \"Neu \\\"x\\\"\\n\": -1,\n"
            "    \"kubernetes\": 30\n"
            "  }\n"
            "}\n");
}

TEST(MonthSnapshotJson, WhatIsWrittenIsRead) {
  EXPECT_EQ(Parsed(MonthSnapshotJson(CozystackFleet(), Example())),
            "2026-03 2026-04-01T07:01:00Z 42 210 84 Neu \"x\"\n=-1 kubernetes=30");
}

TEST(MonthSnapshotJson, FilesOfOtherServersAreRead) {
  EXPECT_EQ(
      Parsed(R"({"apps":{},"new":[1,{"a":null}],"total_tenants":0,"total_nodes":-5,"clusters":0,
                       "collected_at":"2026-04-01T00:01:00.123456789-07:00","month":"2026-03"})"),
      "2026-03 2026-04-01T07:01:00Z 0 -5 0");
  EXPECT_EQ(Parsed(SnapshotWith("apps", "null")), "2026-03 2026-04-01T07:01:00Z 42 210 84");
  EXPECT_EQ(Parsed(SnapshotWith("total_nodes", "9223372036854775807")),
            "2026-03 2026-04-01T07:01:00Z 42 9223372036854775807 84 a=1");
}

TEST(MonthSnapshotJson, AFieldThatIsNotWhatItShouldBeIsNamed) {
  const struct {
    std::string field;
    std::vector<std::string> values;
    std::string message;
  } cases[] = {
      {"month", {"\"2026-13\"", "\"March\"", "3", "null"}, "month is not one"},
      {"collected_at", {"\"\"", "\"2026-04-01\"", "7", "null"}, "collected_at is not a time"},
      {"clusters",
       {"-1", "\"42\"", "4.5", "null", "[]", "9223372036854775808"},
       "clusters is not a count"},
      {"total_nodes",
       {"1e3", "\"x\"", "null", "-9223372036854775809"},
       "total_nodes is not a whole number"},
      {"apps",
       {"[]", "7", "\"\"", "{\"a\":\"b\"}", "{\"a\":1.5}", "{\"a\":{}}"},
       "apps is not a map of whole numbers"}};
  for (const auto& c : cases) {
    for (const std::string& value : c.values) {
      EXPECT_EQ(Parsed(SnapshotWith(c.field, value)), kSnapshotRefused + c.message) << value;
    }
    std::string without = SnapshotWith(c.field, "0");
    without.replace(without.find(c.field), c.field.size(), "x");
    EXPECT_EQ(Parsed(without), kSnapshotRefused + c.message);
  }
}

TEST(MonthSnapshotJson, RefusesWhatIsOverABoundOrNoJson) {
  EXPECT_EQ(Parsed(std::string(kMaxMonthSnapshotJsonBytes + 1, ' ')),
            kSnapshotRefused + "1048577 bytes, at most 1048576");
  EXPECT_EQ(Parsed(SnapshotWith("apps", "{\"a\":[[[[1]]]]}")),
            kSnapshotRefused + "nested deeper than 4 levels");
  for (const char* json : {"", "\n", "{", "[]", "null", "\xff\xfe"}) {
    EXPECT_TRUE(Parsed(json).starts_with(kSnapshotRefused)) << json;
  }
  const std::string good = SnapshotWith("clusters", "42");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(Parsed(good.substr(0, size)).starts_with(kSnapshotRefused)) << size;
  }
}

TEST(MonthSnapshotJson, WhateverIsReadIsWrittenAndReadTheSame) {
  std::mt19937 random(5);
  const std::string good = SnapshotWith("clusters", "42");
  const std::string bytes = "0123456789-{}[]\",:\\ue.\xff\n";
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string json = good;
    for (size_t edits = random() % 3 + 1; edits > 0; --edits) {
      json[random() % json.size()] = bytes[random() % bytes.size()];
    }
    const auto snapshot = ParseMonthSnapshotJson(CozystackFleet(), json);
    if (!snapshot.ok()) continue;
    ++read;
    EXPECT_EQ(Parsed(MonthSnapshotJson(CozystackFleet(), *snapshot)), Parsed(json));
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace rollcall
