// Series of JSON bodies, by a mapping; bad bodies; and random ones against a walk over a tree.
#include "fleets/json_mapper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fleets/declaration.h"
#include "tests/fleets/mapping_oracle.h"
#include "tests/fleets/random_json.h"

namespace rollcall::fleets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr uint64_t kSeed = 7;

// Maps bodies as a declaration with these metrics' `from` says.
class Mapping {
 public:
  // `from`: of a metric m with the labels a, b and c.
  explicit Mapping(const std::string& from) {
    nlohmann::json labels;
    for (const char* name : {"a", "b", "c"}) {
      if (from.find("\"" + std::string(name) + "\":") != std::string::npos) labels[name] = "Text.";
    }
    const std::string text =
        R"({"name": "x", "about": "X.", "reports": {"format": "json", "path": "/x", "id": "/id"},
            "counted": {"metric": "m", "name": "xs"},
            "metrics": {"m": {"description": "M.", "labels": )" +
        (labels.is_null() ? "{}" : labels.dump()) + R"(, "from": )" + from + "}}}";
    const auto declaration = ParseDeclaration("x.json", text);
    EXPECT_TRUE(declaration.ok()) << declaration.status().message() << text;
    if (!declaration.ok()) return;
    mapper_.emplace(JsonMapper::Make(declaration->mapping).value());
  }

  Status Map(const std::string& body) {
    // Exactly as long as it is, so that a step past the end is seen.
    const std::vector<char> exact(body.begin(), body.end());
    return mapper_->Map({exact.data(), exact.size()}, kSeed, bounds, capture_, mapped, exceeded);
  }

  // The series of a body that is good, as lines without the id; else the error.
  std::string Series(const std::string& body) {
    const Status status = Map(body);
    if (!status.ok()) return status.message();
    std::string lines;
    for (const auto& [series, value] : SeriesOf(mapped.report)) {
      lines += series + " " + nlohmann::json(value).dump() + "\n";
    }
    return lines;
  }

  ReportBounds bounds;
  MappedReport mapped;
  ReportBound exceeded{};

 private:
  std::optional<JsonMapper> mapper_;
  JsonCapture capture_;
};

std::string SeriesBy(const std::string& from, const std::string& members) {
  return Mapping(from).Series("{\"id\": \"i\"" + (members.empty() ? "" : ", " + members) + "}");
}

TEST(JsonMapperTest, AValueIsANumberABooleanOrOne) {
  EXPECT_EQ(SeriesBy("{}", ""), "m 1.0\n");
  EXPECT_EQ(SeriesBy("\"/n\"", R"("n": 12.5)"), "m 12.5\n");
  EXPECT_EQ(SeriesBy("\"/n\"", R"("n": -3e2)"), "m -300.0\n");
  EXPECT_EQ(SeriesBy("\"/n\"", R"("n": true)"), "m 1.0\n");
  EXPECT_EQ(SeriesBy("\"/n\"", R"("n": false)"), "m 0.0\n");
  EXPECT_EQ(SeriesBy("\"/a/1/b~1c\"", R"("a": [0, {"b/c": 4}])"), "m 4.0\n");
}

TEST(JsonMapperTest, WhatIsMissingOrOfAnotherTypeMakesNoSeries) {
  for (const char* members : {"", R"("n": null)", R"("n": "5")", R"("n": {})", R"("n": [5])",
                              R"("m": 5)", R"("x": {"n": 5})"}) {
    EXPECT_EQ(SeriesBy("\"/n\"", members), "") << members;
  }
  EXPECT_EQ(SeriesBy(R"({"labels": {"a": "/v"}, "value": "/n"})", R"("n": 5)"), "");
  EXPECT_EQ(SeriesBy(R"({"labels": {"a": "/v/w"}})", R"("v": "w")"), "");
  // The rest counts.
  EXPECT_EQ(SeriesBy(R"([{"value": "/n"}, {"labels": {"a": "/v"}}])", R"("n": null, "v": "x")"),
            "m{a=\"x\"} 1.0\n");
}

TEST(JsonMapperTest, ALabelIsTextANumberAsItIsWrittenOrABoolean) {
  const std::string from = R"({"labels": {"a": "/v"}})";
  EXPECT_EQ(SeriesBy(from, R"("v": "x\u00e9\ud83d\ude00\/\"")"),
            "m{a=\"x\u00e9\U0001F600/\\\"\"} 1.0\n");
  EXPECT_EQ(SeriesBy(from, R"("v": 1.10)"), "m{a=\"1.10\"} 1.0\n");
  EXPECT_EQ(SeriesBy(from, R"("v": true)"), "m{a=\"true\"} 1.0\n");
  EXPECT_EQ(SeriesBy(from, R"("v": "")"), "m 1.0\n");
  EXPECT_EQ(SeriesBy(from, R"("v": "a\u0000b")"), "");
}

TEST(JsonMapperTest, ATextGoesThroughAPatternThatMatchesTheWhole) {
  const std::string from =
      R"({"labels": {"a": {"at": "/v", "match": "(v\\d+\\.\\d+).*", "replace": "\\1"}}})";
  EXPECT_EQ(SeriesBy(from, R"("v": "v1.19.2-ds1")"), "m{a=\"v1.19\"} 1.0\n");
  EXPECT_EQ(SeriesBy(from, R"("v": "xv1.19.2")"), "");
  const std::string only = R"({"labels": {"a": {"at": "/v", "match": "aws|gcp"}}})";
  EXPECT_EQ(SeriesBy(only, R"("v": "gcp")"), "m{a=\"gcp\"} 1.0\n");
  EXPECT_EQ(SeriesBy(only, R"("v": "gcp2")"), "");
}

TEST(JsonMapperTest, ANumberGoesIntoARangeWithItsBounds) {
  const std::string from =
      R"({"labels": {"a": {"at": "/n", "ranges": ["1", "2-3", "4-10.5", "11-"]}}})";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"0", ""},        {"1", "1"},  {"2", "2-3"},    {"2.5", "2-3"},
      {"3", "2-3"},     {"3.5", ""}, {"4", "4-10.5"}, {"10.5", "4-10.5"},
      {"1e300", "11-"}, {"-1", ""},  {"\"2\"", ""},   {"true", ""}};
  for (const auto& [number, range] : cases) {
    EXPECT_EQ(SeriesBy(from, "\"n\": " + number),
              range.empty() ? "" : "m{a=\"" + range + "\"} 1.0\n")
        << number;
  }
}

TEST(JsonMapperTest, EachGoesThroughArraysAndObjectsAndNests) {
  EXPECT_EQ(SeriesBy(R"({"each": "/l", "labels": {"a": "@value", "b": "@key"}})",
                     R"("l": ["x", null, "y"])"),
            "m{a=\"x\",b=\"0\"} 1.0\nm{a=\"y\",b=\"2\"} 1.0\n");
  EXPECT_EQ(SeriesBy(R"({"each": "/o", "labels": {"a": "@key"}, "value": "/n"})",
                     R"("o": {"x": {"n": 1}, "y\n": {"n": 2}, "z": 3})"),
            "m{a=\"x\"} 1.0\nm{a=\"y\\n\"} 2.0\n");
  EXPECT_EQ(
      SeriesBy(
          R"({"each": {"in": "/o", "keys": ["x", "z"]}, "labels": {"a": "@key"}, "value": "@value"})",
          R"("o": {"x": true, "y": true, "z": 3})"),
      "m{a=\"x\"} 1.0\nm{a=\"z\"} 3.0\n");
  // What a label needs may come after what it is for.
  EXPECT_EQ(
      SeriesBy(
          R"({"each": ["/o", "/p"], "labels": {"a": "@1.key", "b": "@key", "c": "@0/v"}, "value": "@value"})",
          R"("o": {"x": {"p": {"q": 1, "r": 2}}, "y": {"p": [3]}}, "v": "w")"),
      "m{a=\"x\",b=\"q\",c=\"w\"} 1.0\nm{a=\"x\",b=\"r\",c=\"w\"} 2.0\nm{a=\"y\",b=\"0\",c=\"w\"} "
      "3.0\n");
  EXPECT_EQ(SeriesBy(R"({"each": ["/o", ""], "labels": {"a": "@1/n"}, "value": "@value"})",
                     R"("o": [{"n": 5}, {"n": 6}])"),
            "m{a=\"5\"} 5.0\nm{a=\"6\"} 6.0\n");
}

TEST(JsonMapperTest, OfASeriesThatIsMadeTwiceTheLargestValueCounts) {
  EXPECT_EQ(SeriesBy(R"({"each": "/l", "value": "@value"})", R"("l": [1, 7, 3])"), "m 7.0\n");
  EXPECT_EQ(SeriesBy(R"([{"value": "/x"}, {"value": "/y"}])", R"("x": 2, "y": 1)"), "m 2.0\n");
}

TEST(JsonMapperTest, WhatIsUndeclaredIsDroppedAndToldByItsPointer) {
  Mapping mapping(R"([{"each": "/o", "labels": {"a": "@key"}, "value": "/n"}, {"value": "/p/q"}])");
  EXPECT_EQ(
      mapping.Series(
          R"({"id": "i", "o": {"x": {"n": 1, "secret": 2, "deep": {"er": 1}}, "y": {"secret": 1}},
                               "p": {"q": 1, "r/~": [1, 2]}, "users": ["u1"], "p2": "x", "\u0000\u00e9": 1})"),
      "m 1.0\nm{a=\"x\"} 1.0\n");
  EXPECT_THAT(
      mapping.mapped.undeclared.names(),
      ElementsAre("/\\u0000\\u00e9", "/o/*/deep", "/o/*/secret", "/p/r~1~0", "/p2", "/users"));
  EXPECT_EQ(mapping.mapped.report.arena.find("secret"), std::string::npos);
}

TEST(JsonMapperTest, UndeclaredFieldsAreToldUpToABound) {
  Mapping mapping("{}");
  std::string body = "{\"id\": \"i\"";
  for (int i = 0; i < 5'000; ++i)
    body += ",\"" + std::string(400, 'x') + std::to_string(i) + "\":1";
  for (int i = 0; i < 5'000; ++i) body += ",\"x" + std::to_string(i) + "\":1";
  ASSERT_TRUE(mapping.Map(body + "}").ok());
  EXPECT_EQ(mapping.mapped.undeclared.names().size(), UndeclaredFields::kMost);
  EXPECT_EQ(mapping.mapped.undeclared.left_out(), 4'001u);
  for (const std::string& name : mapping.mapped.undeclared.names()) EXPECT_LE(name.size(), 256u);
}

TEST(JsonMapperTest, ABodyWithoutAnIdIsRefusedWithTheReason) {
  Mapping mapping("{}");
  const auto refused = [&](const std::string& body, const std::string& message) {
    const Status status = mapping.Map(body);
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_EQ(status.message(), message) << body;
    EXPECT_FALSE(mapping.mapped.id.has_value());
    EXPECT_THAT(mapping.mapped.report.samples, IsEmpty());
  };
  refused("{}", "there is no /id");
  refused("[]", "there is no /id");
  refused("7", "there is no /id");
  refused(R"({"id": 7})", "byte 8: /id is a number, text is wanted");
  refused(R"({"id": null})", "byte 8: /id is null, text is wanted");
  refused(R"({"id": {}})", "byte 8: /id is an object, text is wanted");
  refused(R"({"id": ["a"]})", "byte 8: /id is an array, text is wanted");
  refused(R"({"id": true})", "byte 8: /id is a boolean, text is wanted");
  refused(R"({"id": ""})", "byte 8: /id: the id is empty");
  refused(R"({"id": "a b"})",
          "byte 8: /id: byte 2 of the id is 0x20, only A-Z a-z 0-9 . _ - are allowed");
  refused("{\"id\": \"" + std::string(254, 'a') + "\"}",
          "byte 8: /id: the id has 254 bytes, at most 253 are allowed");
}

TEST(JsonMapperTest, BadJsonIsRefusedWhereverItStands) {
  Mapping mapping("\"/n\"");
  const auto refused = [&](const std::string& body, const std::string& message) {
    const Status status = mapping.Map(body);
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << body.substr(0, 60);
    EXPECT_EQ(status.message(), message) << body.substr(0, 60);
    EXPECT_THAT(mapping.mapped.report.samples, IsEmpty());
  };
  refused("", "byte 1: the body ends before its JSON");
  refused(R"({"id": "i", "users": [1,, 2]})", "byte 25: a value is wanted");
  refused(R"({"id": "i", "users": {"a": 01}})", "byte 28: a value is wanted");
  refused(R"({"id": "i", "n": 1e999})", "byte 18: a number that is too large");
  refused(R"({"id": "i", "n": 1)", "byte 19: the body ends before its JSON");
  refused(R"({"id": "i", "n": 1, "n": 2})", "byte 21: a name that stands in its object already");
  refused(R"({"id": "i", "n": 1, "\u006e": 2})",
          "byte 21: a name that stands in its object already");
  refused(R"({"id": "i", "id": "j"})", "byte 13: a name that stands in its object already");
  refused("{\"id\": \"i\", \"x\": \"\xff\"}", "byte 19: not UTF-8");
  refused(std::string(100'000, '['), "byte 513: nested deeper than 512 levels");
  refused(std::string(10 * 1024 * 1024, '['), "byte 513: nested deeper than 512 levels");
  refused("{\"id\": \"i\", \"x\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}",
          "byte 529: nested deeper than 512 levels");
}

TEST(JsonMapperTest, AMappingThatMakesTooManySeriesIsRefusedInBoundedMemory) {
  Mapping mapping(R"({"each": "/l", "labels": {"a": "@value"}})");
  const auto body = [](size_t n) {
    std::string text = "{\"id\": \"i\", \"l\": [0";
    for (size_t i = 1; i < n; ++i) text += "," + std::to_string(i);
    return text + "]}";
  };
  EXPECT_TRUE(mapping.Map(body(2'000)).ok());
  EXPECT_EQ(mapping.mapped.report.samples.size(), 2'000u);
  Status status = mapping.Map(body(2'001));
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(status.message(), "m: more than 2000 series (--max-report-series)");
  EXPECT_EQ(mapping.exceeded, ReportBound::kSeries);
  EXPECT_THAT(mapping.mapped.report.samples, IsEmpty());
  status = mapping.Map(body(100'000));
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr(": more than 20000 items to make series of"));
  EXPECT_EQ(mapping.exceeded, ReportBound::kSeries);
}

TEST(JsonMapperTest, ALabelThatIsTooLongIsRefusedBeforeAPatternLooksAtIt) {
  Mapping mapping(R"({"labels": {"a": {"at": "/v", "match": "(x).*", "replace": "\\1"}}})");
  mapping.bounds.label_value_bytes = 10;
  EXPECT_EQ(mapping.Series(R"({"id": "i", "v": "xxxxxxxxxx"})"), "m{a=\"x\"} 1.0\n");
  EXPECT_EQ(mapping.Map(R"({"id": "i", "v": "xxxxxxxxxxx"})").code(), Code::kFailedPrecondition);
  EXPECT_EQ(mapping.exceeded, ReportBound::kLabelValueBytes);
}

TEST(JsonMapperTest, ARandomMappingOfARandomBodyIsWhatAWalkOverTheTreeSays) {
  size_t series = 0;
  JsonCapture capture;
  for (uint64_t seed = 0; seed < 4'000; ++seed) {
    RandomJson random(seed);
    const JsonMapping mapping = random.Mapping();
    const auto mapper = JsonMapper::Make(mapping);
    ASSERT_TRUE(mapper.ok()) << mapper.status().message();
    for (int i = 0; i < 5; ++i) {
      nlohmann::json body = nlohmann::json::object();
      for (int n = 0; n < 8; ++n) body[random.Name()] = random.Value(4);
      body["id"] = "i";
      const std::string text = body.dump(i % 2 == 0 ? -1 : 1, '\t', i % 3 == 0);
      MappedReport mapped;
      ReportBound exceeded{};
      const Status status = mapper->Map(text, seed, {}, capture, mapped, exceeded);
      ASSERT_TRUE(status.ok()) << seed << " " << status.message() << "\n" << text;
      ASSERT_EQ(SeriesOf(mapped.report), MappingOracle::Map(mapping, body)) << seed << "\n" << text;
      series += mapped.report.samples.size();
    }
  }
  EXPECT_GT(series, 5'000u);
}

}  // namespace
}  // namespace rollcall::fleets
