// Series as JSON lines, read and written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "model/label_set.h"
#include "parse/series_json_reader.h"
#include "parse/series_json_writer.h"

namespace rollcall {
namespace {

using testing::HasSubstr;
using SeriesEvent = SeriesJsonReader::Event;

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

void Describe(const SeriesJsonReader& reader, SeriesEvent event, std::string& out) {
  if (event == SeriesEvent::kMore) return;
  out += std::to_string(reader.line()) + ":";
  if (event == SeriesEvent::kError) {
    out += " error: " + reader.reason() + "\n";
    return;
  }
  for (const auto& [name, value] : reader.labels()) out += " " + name + "=" + value;
  for (size_t i = 0; i < reader.values().size(); ++i) {
    out += " " + Number(reader.values()[i]) + "@" + std::to_string(reader.timestamps_ms()[i]);
  }
  out += "\n";
}

// A line for each series and error, of pieces of at most so many bytes.
std::string ReadIn(std::string_view text, size_t piece_bytes) {
  SeriesJsonReader reader;
  std::string out;
  while (!text.empty()) {
    // A copy, so that a view of a piece that is gone shows.
    const std::string bytes(text.substr(0, piece_bytes));
    text.remove_prefix(bytes.size());
    for (std::string_view piece = bytes; !piece.empty();) {
      const SeriesEvent event = reader.Next(piece);
      Describe(reader, event, out);
    }
  }
  for (SeriesEvent event = SeriesEvent::kSeries; event != SeriesEvent::kMore;) {
    event = reader.Finish();
    Describe(reader, event, out);
  }
  return out;
}
std::string ReadAnswer(std::string_view text) {
  const std::string whole = ReadIn(text, text.size() + 1);
  EXPECT_EQ(ReadIn(text, 1), whole) << text;
  return whole;
}

TEST(SeriesJsonTest, ASeriesIsItsMetricItsValuesAndItsTimes) {
  EXPECT_EQ(ReadAnswer("{\"metric\":{\"__name__\":\"m\",\"a\":\"b c\"},\"values\":[1,2.5,-3e2],"
                       "\"timestamps\":[1700000000000,1700000000001,5]}\n"),
            "1: __name__=m a=b c 1@1700000000000 2.5@1700000000001 -300@5\n");
}

TEST(SeriesJsonTest, MembersComeInAnyOrderAndOthersArePassedOver) {
  EXPECT_EQ(
      ReadAnswer(" { \"x\" : [ { \"y\" : [ \"]}\" , 1 , true ] } ] , \"timestamps\" : [ 7 ] ,\t"
                 "\"z\":null,\"values\" : [ 1 ] , \"metric\" : { \"__name__\" : \"m\" } } \r\n"),
      "1: __name__=m 1@7\n");
}

TEST(SeriesJsonTest, WhatIsNoNumberIsReadAsVictoriaMetricsWritesIt) {
  EXPECT_EQ(
      ReadAnswer("{\"metric\":{\"__name__\":\"m\"},\"values\":[null,\"Infinity\",\"-Infinity\","
                 "\"NaN\",\"+Inf\"],\"timestamps\":[1,2,3,4,5]}"),
      "1: __name__=m nan@1 inf@2 -inf@3 nan@4 inf@5\n");
}

TEST(SeriesJsonTest, TextsAreUnescaped) {
  EXPECT_EQ(
      ReadAnswer("{\"metric\":{\"__name__\":\"m\",\"a\":\"\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00é\"},"
                 "\"values\":[],\"timestamps\":[]}\n"),
      "1: __name__=m a=\"\\/\né😀é\n");
}

TEST(SeriesJsonTest, ABadLineIsToldAndTheNextOnesAreRead) {
  const std::string good = "{\"metric\":{\"__name__\":\"m\"},\"values\":[1],\"timestamps\":[2]}";
  EXPECT_EQ(ReadAnswer("\n" + good + "\nbad\n\n" + good + " x\n" + good),
            "2: __name__=m 1@2\n"
            "3: error: a line begins with {\n"
            "5: error: nothing is wanted behind the series\n"
            "6: __name__=m 1@2\n");
}

TEST(SeriesJsonTest, WhatBreaksARuleIsRefused) {
  const auto refused = [](const std::string& line) {
    const std::string text = ReadAnswer(line +
                                        "\n{\"metric\":{\"a\":\"b\"},\"values\":[],"
                                        "\"timestamps\":[]}\n");
    EXPECT_THAT(text, testing::StartsWith("1: error: ")) << line;
    EXPECT_THAT(text, testing::EndsWith("\n2: a=b\n")) << line;
  };
  for (const char* line :
       {"{}",
        "{\"metric\":{\"a\":\"b\"}}",
        "{\"metric\":{},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1 2],\"timestamps\":[1,2]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1,],\"timestamps\":[1,2]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[[1]],\"timestamps\":[1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[0x1],\"timestamps\":[1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1e999],\"timestamps\":[1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[\"x\"],\"timestamps\":[1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1],\"timestamps\":[1.5]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1],\"timestamps\":[-1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[1],\"timestamps\":[\"1\"]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":1,\"timestamps\":[1]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[],\"values\":[],\"timestamps\":[]}",
        "{\"metric\":[],\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":1},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"\\x\"},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"\\ud800\"},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"\\u0000\"},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"\xff\"},\"values\":[],\"timestamps\":[]}",
        "{\"metric\":{\"a\":\"b\"},\"values\":[],\"timestamps\":[]},",
        "{\"metric\"",
        "{\"metr",
        "{\"a\":}",
        "{\"a\":]}",
        "{\"a\":,}",
        "\"a\"",
        "[",
        "{{",
        "{,}",
        "1",
        "\\"}) {
    refused(line);
  }
  refused("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}");
}

TEST(SeriesJsonTest, OneLineMayHaveMillionsOfValuesAndNoMore) {
  const auto line = [](size_t count) {
    std::string text = "{\"metric\":{\"__name__\":\"m\"},\"values\":[1";
    for (size_t i = 1; i < count; ++i) text += ",2";
    text += "],\"timestamps\":[1";
    for (size_t i = 1; i < count; ++i) text += ",3";
    return text + "]}\n";
  };
  SeriesJsonReader reader;
  const std::string most = line(SeriesJsonReader::kMaxValues);
  std::string_view piece = most;
  ASSERT_EQ(reader.Next(piece), SeriesEvent::kSeries);
  EXPECT_EQ(reader.values().size(), SeriesJsonReader::kMaxValues);
  EXPECT_THAT(ReadIn(line(SeriesJsonReader::kMaxValues + 1), 1 << 20),
              HasSubstr("1: error: more than 4194304 values"));
}

TEST(SeriesJsonTest, LongTextsAreRefusedInBoundedMemory) {
  const std::string open = "{\"metric\":{\"a\":\"" + std::string(2'000'000, 'x');
  EXPECT_EQ(ReadIn(open + "\"}}\nx\n", 1 << 16),
            "1: error: a text or number is too long\n2: error: a line begins with {\n");
  EXPECT_EQ(ReadIn("{\"a\":" + std::string(5'000, '1'), 7),
            "1: error: a text or number is too long\n");
}

TEST(SeriesJsonTest, TruncatedAndRandomBytesAreAnsweredTheSameInAnyPieces) {
  const std::string whole =
      "{\"metric\":{\"__name__\":\"m\",\"a\":\"\\u00e9\"},\"values\":[1,null,\"Infinity\"],"
      "\"timestamps\":[1,2,3],\"x\":{\"y\":[]}}";
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_THAT(ReadAnswer(whole.substr(0, size)), HasSubstr("error")) << size;
  }
  std::mt19937 random(7);
  constexpr std::string_view kBytes = "{}[]:,\"\\ \nu01ae.-";
  for (int i = 0; i < 3'000; ++i) {
    std::string text = whole + "\n" + whole;
    for (int n = 0; n < 3; ++n) text[random() % text.size()] = kBytes[random() % kBytes.size()];
    ReadAnswer(text);
  }
}

TEST(SeriesJsonTest, WhatIsWrittenIsReadBack) {
  std::mt19937_64 random(3);
  const std::vector<std::string> texts = {"a",  "a b",    "\"\\", "\n\t\x01",
                                          "é😀", "{}[]:,", "-1",   "\x7f"};
  const auto text = [&] { return texts[random() % texts.size()]; };
  for (int i = 0; i < 2'000; ++i) {
    const std::string metric = text();
    const std::string value = text();
    std::vector<Label> labels = {{"l", value}};
    std::string label_set;
    AppendLabelSet(metric, labels, label_set);
    double number = 0;
    const uint64_t bits = random();
    std::memcpy(&number, &bits, sizeof number);
    if (i % 3 == 0) number = static_cast<double>(random() % 1000);
    if (i % 50 == 1) number = std::numeric_limits<double>::infinity();
    if (i % 50 == 2) number = -std::numeric_limits<double>::infinity();
    std::string line = "{\"metric\":";
    AppendMetricJson(label_set, line);
    line += ",\"values\":[";
    AppendJsonValue(number, line);
    line += "],\"timestamps\":[1]}\n";
    SeriesJsonReader reader;
    std::string_view piece = line;
    ASSERT_EQ(reader.Next(piece), SeriesEvent::kSeries) << line << reader.reason();
    EXPECT_EQ(reader.labels()[0], std::pair(std::string("__name__"), metric));
    EXPECT_EQ(reader.labels()[1], std::pair(std::string("l"), value));
    const double read = reader.values()[0];
    EXPECT_TRUE(std::isnan(number) ? std::isnan(read) : read == number) << line;
  }
}

}  // namespace
}  // namespace rollcall
