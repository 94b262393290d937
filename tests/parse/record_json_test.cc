#include "parse/record_json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tests/parse/record_examples.h"

namespace rollcall {
namespace {

using test::FieldsOfVersion;
using test::kTelemetryIds;
using ::testing::HasSubstr;

nlohmann::json ExampleRecord() {
  nlohmann::json json;
  for (const auto& [name, value] : FieldsOfVersion(4)) {
    if (name != "X-Telemetry-TID") json[name] = value;
  }
  json["payload"] = "hello\n";
  return json;
}

Result<Record> ReadRecord(const std::string& body) {
  RecordFields fields;
  fields.Add(RecordField::kTelemetryId, kTelemetryIds[0]);
  std::string payload;
  ROLLCALL_RETURN_IF_ERROR(ParseRecordJson(body, fields, payload));
  return fields.Read(payload, kTelemetryIds);
}
std::string RecordRefusal(const std::string& body) { return ReadRecord(body).status().message(); }

TEST(RecordJson, IsTheSameRecordAsTheOneInHeaders) {
  RecordFields headers;
  for (const auto& [name, value] : FieldsOfVersion(4)) headers.Add(*RecordFieldNamed(name), value);
  const Result<Record> record = ReadRecord(ExampleRecord().dump());
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(*record, *headers.Read("hello\n", kTelemetryIds));
}

TEST(RecordJson, APayloadOfAnyBytesIsReadAndNoneIsEmpty) {
  nlohmann::json json = ExampleRecord();
  std::string any;
  for (int i = 0; i < 0x80; ++i) any += static_cast<char>(i);
  any += "\xc3\xbc\xf0\x9f\x98\x80";
  json["payload"] = any;
  EXPECT_EQ(ReadRecord(json.dump())->payload, any);
  EXPECT_EQ(ReadRecord(json.dump(-1, ' ', true))->payload, any) << "escaped";
  json.erase("payload");
  EXPECT_EQ(ReadRecord(json.dump())->payload, "");
}

TEST(RecordJson, WhatIsNoFieldIsIgnoredAndANumberIsATextToo) {
  nlohmann::json json = ExampleRecord();
  json["more"] = {{"a", {1, 2, nullptr}}};
  json["severity"] = 3;
  json["x_clr_external"] = "true";
  const Result<Record> record = ReadRecord(json.dump());
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(record->severity, 3);
  EXPECT_TRUE(record->external);
}

TEST(RecordJson, AnotherShapeIsRefusedWithItsPlace) {
  EXPECT_THAT(RecordRefusal(""), HasSubstr("byte"));
  EXPECT_EQ(RecordRefusal("[]"), "the body is not an object");
  EXPECT_THAT(RecordRefusal("{} {}"), HasSubstr("byte 4"));
  EXPECT_THAT(RecordRefusal(R"({"severity":true})"), HasSubstr("\"severity\": is not a text"));
  EXPECT_THAT(RecordRefusal(R"({"severity":["1"]})"), HasSubstr("\"severity\": is not a text"));
  EXPECT_THAT(RecordRefusal(R"({"payload":1})"), HasSubstr("\"payload\": is not a text"));
  EXPECT_THAT(RecordRefusal(R"({"payload":"a","payload":"b"})"), HasSubstr("is there twice"));
  EXPECT_THAT(RecordRefusal(R"({"arch":")" + std::string(32 * 1024 + 1, 'a') + "\"}"),
              HasSubstr("\"arch\": is too long"));
  EXPECT_THAT(RecordRefusal("{\"payload\":\"\xff\"}"), HasSubstr("byte"));
  EXPECT_THAT(RecordRefusal("{}"), HasSubstr("Record-Format-Version: is missing"));
}

TEST(RecordJson, RandomChangesOfItsBytesAreReadOrRefusedInOneLine) {
  std::mt19937 random(3);
  const std::string good = ExampleRecord().dump();
  for (int i = 0; i < 20'000; ++i) {
    std::string body = good;
    for (size_t n = random() % 4 + 1; n > 0; --n) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    const std::string refusal = RecordRefusal(body);
    for (const char c : refusal) ASSERT_TRUE(c >= ' ' && c <= '~') << refusal;
    ASSERT_LT(refusal.size(), 400U);
  }
}

}  // namespace
}  // namespace rollcall
