// What is JSON and what is not, and where it stops being so. The other reader is nlohmann/json.
#include "parse/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fleets/random_json.h"

namespace rollcall {
namespace {

using fleets::RandomJson;
using Event = JsonReader::Event;

// The events of a text, a character each with the token behind it; at the end the error, if any.
std::string EventsOf(const std::string& text) {
  constexpr std::string_view kShown = "{}[]:\"#tfn";
  // Exactly as long as it is, so that a step past the end is seen.
  const std::vector<char> exact(text.begin(), text.end());
  JsonReader reader;
  reader.Begin({exact.data(), exact.size()});
  std::string events;
  for (;;) {
    const Event event = reader.Next();
    if (event == Event::kEnd) return events;
    if (event == Event::kError) return events + " " + reader.status().message();
    events += kShown[static_cast<size_t>(event)];
    if (event == Event::kName || event == Event::kText || event == Event::kNumber) {
      events += reader.token();
    }
  }
}

bool Accepts(const std::string& text) {
  JsonReader reader;
  reader.Begin(text);
  for (;;) {
    const Event event = reader.Next();
    if (event == Event::kEnd || event == Event::kError) return event == Event::kEnd;
  }
}

TEST(JsonReaderTest, ATextIsItsTokens) {
  EXPECT_EQ(
      EventsOf(R"({"a": [1, -2.5e+3 ,true], "b": {"c":"x\"y"},"":null,"d":false , "e":[],"f":{}})"),
      R"({:a[#1#-2.5e+3t]:b{:c"x\"y}:n:df:e[]:f{}})");
  EXPECT_EQ(EventsOf(" \r\n\t7 "), "#7");
  EXPECT_EQ(EventsOf("\"a b\""), "\"a b");
}

TEST(JsonReaderTest, WhatIsNoJsonIsToldWithItsByte) {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "byte 1: the body ends before its JSON"},
           {"  ", "byte 3: the body ends before its JSON"},
           {"{\"a\":1", "byte 7: the body ends before its JSON"},
           {"{\"a\":\"bc", "byte 9: the body ends within quotes"},
           {"{\"a\":1]", "byte 7: a comma or } is wanted"},
           {"[1}", "byte 3: a comma or ] is wanted"},
           {"[1,]", "byte 4: a value is wanted"},
           {"{\"a\":1,}", "byte 8: a name in quotes is wanted"},
           {"{a:1}", "byte 2: a name in quotes is wanted"},
           {"{\"a\" 1}", "byte 6: a colon is wanted"},
           {"{\"a\":}", "byte 6: a value is wanted"},
           {"[1 2]", "byte 4: a comma or ] is wanted"},
           {"1 2", "byte 3: something stands behind the JSON"},
           {"{}}", "byte 3: something stands behind the JSON"},
           {"[nul]", "byte 2: a value is wanted"},
           {"[01]", "byte 2: a value is wanted"},
           {"[1.]", "byte 2: a value is wanted"},
           {"[+1]", "byte 2: a value is wanted"},
           {"[NaN]", "byte 2: a value is wanted"},
           {"[1e999]", "byte 2: a number that is too large"},
           {"[" + std::string(400, '9') + "]", "byte 2: a number that is too large"},
           {"[\"\\q\"]", "byte 3: an escape that is none"},
           {"[\"ab\\ud800\"]", "byte 5: an escape that is none"},
           {"[\"a\nb\"]", "byte 4: a control character within quotes"},
           {"[\"a\xff\"]", "byte 4: not UTF-8"},
           {"[\xc0\xaf]", "byte 2: not UTF-8"},
           {std::string(100'000, '['), "byte 513: nested deeper than 512 levels"},
           {std::string(10 * 1024 * 1024, '['), "byte 513: nested deeper than 512 levels"}}) {
    EXPECT_THAT(EventsOf(text), testing::EndsWith(" " + message)) << text.substr(0, 40);
    EXPECT_FALSE(nlohmann::json::accept(text.substr(0, 200'000))) << text.substr(0, 40);
  }
}

// The other reader takes one for the end.
TEST(JsonReaderTest, ANulByteIsNoJson) {
  EXPECT_EQ(EventsOf(std::string("1\0", 2)), " byte 1: a value is wanted");
  EXPECT_EQ(EventsOf(std::string("{}\0", 3)), "{} byte 3: something stands behind the JSON");
}

TEST(JsonReaderTest, AsManyLevelsAsAreAllowedAreRead) {
  const size_t most = JsonReader::kMostLevels;
  EXPECT_TRUE(Accepts(std::string(most, '[') + std::string(most, ']')));
}

TEST(JsonReaderTest, ASecondTextIsReadAsIfItWereTheFirst) {
  JsonReader reader;
  for (const char* text : {"[1,2", "[\"", "[3]"}) {
    reader.Begin(text);
    while (reader.Next() != Event::kError && reader.Next() != Event::kEnd) {
    }
  }
  reader.Begin("[3]");
  EXPECT_EQ(reader.Next(), Event::kBeginArray);
  EXPECT_EQ(reader.Next(), Event::kNumber);
  EXPECT_EQ(reader.token(), "3");
  EXPECT_EQ(reader.byte(), 2u);
  EXPECT_EQ(reader.Next(), Event::kEndArray);
  EXPECT_EQ(reader.Next(), Event::kEnd);
}

TEST(JsonReaderTest, ItTakesWhatAnotherReaderTakes) {
  constexpr std::string_view kBytes = "{}[]\",:\\ 0123.eE+-tfnu\n\x01\x80\xc3";
  RandomJson random(1);
  size_t good = 0;
  size_t bad = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text =
        random.Value(4).dump(random.Below(2) == 0 ? -1 : 2, ' ', random.Below(2) == 0);
    for (size_t n = random.Below(3); n > 0 && !text.empty(); --n) {
      const size_t at = random.Below(text.size());
      switch (random.Below(3)) {
        case 0:
          text.erase(at, 1);
          break;
        case 1:
          text.insert(at, 1, kBytes[random.Below(kBytes.size())]);
          break;
        default:
          text[at] = kBytes[random.Below(kBytes.size())];
      }
    }
    const bool accepted = nlohmann::json::accept(text);
    (accepted ? good : bad) += 1;
    ASSERT_EQ(Accepts(text), accepted) << text << EventsOf(text);
  }
  EXPECT_GT(good, 10'000u);
  EXPECT_GT(bad, 5'000u);
}

}  // namespace
}  // namespace rollcall
