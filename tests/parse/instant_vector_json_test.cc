#include "parse/instant_vector_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace rollcall {
namespace {

// "Tenant=84 =7", or what is wrong.
std::string Samples(const std::string& json, const std::string& label = "kind") {
  const auto samples = ParseInstantVectorJson(json, label);
  if (!samples.ok()) {
    EXPECT_EQ(samples.status().code(), Code::kInvalidArgument);
    return samples.status().message();
  }
  std::string text;
  for (const InstantSample& sample : *samples) {
    char value[64];
    std::snprintf(value, sizeof value, "=%g", sample.value);
    text += (text.empty() ? "" : " ") + sample.label_value + value;
  }
  return text;
}

std::string Vector(const std::string& elements) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + elements + "]}}";
}

std::string Element(const std::string& metric, const std::string& value) {
  return R"({"metric":{)" + metric + R"(},"value":[1774994399,)" + value + "]}";
}

const std::string kRefused = "parse instant vector: ";

TEST(InstantVectorJson, TakesEachSampleWithItsLabel) {
  EXPECT_EQ(
      Samples(R"({"status":"success","isPartial":false,"data":{"resultType":"vector","result":[
      {"metric":{"kind":"Tenant","x":"y"},"value":[1774994399.123,"84"]},
      {"metric":{},"value":[1774994399,"7"]},
      {"metric":{"kind":"A \"b\""},"value":[1774994399,"-1.5e3"],"group":1}]},
      "stats":{"seriesFetched":"3"},"trace":{"children":[[1]]}})"),
      "Tenant=84 =7 A \"b\"=-1500");
  EXPECT_EQ(Samples(Vector("")), "");
  EXPECT_EQ(Samples(Vector(Element(R"("kind":"a")", R"("3")")), "other"), "=3");
}

TEST(InstantVectorJson, TakesInfiniteValuesAndNoNaN) {
  EXPECT_EQ(Samples(Vector(Element("", R"("+Inf")"))), "=inf");
  EXPECT_EQ(Samples(Vector(Element("", R"("-Inf")"))), "=-inf");
  EXPECT_EQ(Samples(Vector(Element("", R"("NaN")"))), kRefused + "sample 1 is not one");
}

TEST(InstantVectorJson, AFailureThatTheServerTellsIsOne) {
  EXPECT_EQ(Samples(R"({"status":"error","errorType":"422","error":"too many \"points\""})"),
            kRefused + R"(status "error": "too many \"points\"")");
  EXPECT_EQ(Samples(R"({"status":"error"})"), kRefused + R"(status "error")");
  EXPECT_EQ(Samples(R"({"data":{}})"), kRefused + "no status");
  EXPECT_EQ(Samples(R"({"status":1})"), kRefused + "no status");
}

TEST(InstantVectorJson, AnAnswerWithoutAPartOfTheClusterIsNone) {
  for (const char* partial : {"true", "1", "\"yes\"", "null"}) {
    EXPECT_EQ(Samples(std::string(R"({"isPartial":)") + partial +
                      R"(,"status":"success","data":{"resultType":"vector","result":[]}})"),
              kRefused + "the answer is partial");
  }
}

TEST(InstantVectorJson, RefusesOtherShapes) {
  for (const char* json : {R"({"status":"success"})", R"({"status":"success","data":[]})",
                           R"({"status":"success","data":{"resultType":"matrix","result":[]}})",
                           R"({"status":"success","data":{"resultType":"vector","result":{}}})",
                           R"({"status":"success","data":{"resultType":"vector"}})",
                           R"({"status":"success","data":{"result":[]}})"}) {
    EXPECT_EQ(Samples(json), kRefused + "no vector in it") << json;
  }
  for (const std::string& element :
       {std::string("7"), std::string("[]"), std::string("{}"), std::string(R"({"metric":{}})"),
        Element("", "5"), Element("", R"("5 apples")"), Element("", R"("")"),
        Element("", R"("1","2")"), Element(R"("kind":7)", R"("1")"),
        std::string(R"({"metric":[],"value":[1,"2"]})"),
        std::string(R"({"metric":{},"value":{"1":"2"}})"), Element("", R"("1e999")")}) {
    EXPECT_EQ(Samples(Vector(Element("", R"("1")") + "," + element)),
              kRefused + "sample 2 is not one")
        << element;
  }
  for (const char* json : {"", " ", "null", "7", "[]", "<html></html>", "\xff", "{}x"}) {
    EXPECT_TRUE(Samples(json).starts_with(kRefused)) << json;
  }
}

TEST(InstantVectorJson, RefusesWhatIsOverABound) {
  const std::string good = Vector("");
  std::string large = good + std::string(kMaxInstantVectorJsonBytes - good.size(), ' ');
  EXPECT_EQ(Samples(large), "");
  large += ' ';
  EXPECT_EQ(Samples(large), kRefused + "1048577 bytes, at most 1048576");
  const std::string deep =
      R"({"status":"success","x":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_EQ(Samples(deep), kRefused + "nested deeper than 16 levels");
  EXPECT_TRUE(Samples(std::string(500'000, '[')).starts_with(kRefused));
}

TEST(InstantVectorJson, NoBeginningOfAnAnswerIsAnAnswer) {
  const std::string good = Vector(Element(R"("kind":"Tenant")", R"("84")"));
  ASSERT_EQ(Samples(good), "Tenant=84");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(Samples(good.substr(0, size)).starts_with(kRefused)) << size;
  }
}

TEST(InstantVectorJson, AnyBytesHaveAnAnswer) {
  std::mt19937 random(4);
  const std::string good =
      Vector(Element(R"("kind":"Tenant")", R"("84")") + "," + Element(R"("kind":"x")", R"("1e3")"));
  const std::string bytes = "{}[]\",:\\0e-\xff\n" + good;
  for (int i = 0; i < 20'000; ++i) {
    std::string json = good;
    for (size_t edits = random() % 4 + 1; edits > 0; --edits) {
      json[random() % json.size()] = bytes[random() % bytes.size()];
    }
    const auto samples = ParseInstantVectorJson(json, "kind");
    if (!samples.ok()) {
      EXPECT_LT(samples.status().message().size(), 300u);
      continue;
    }
    for (const InstantSample& sample : *samples) EXPECT_FALSE(std::isnan(sample.value));
  }
}

}  // namespace
}  // namespace rollcall
