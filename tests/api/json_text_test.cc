#include "api/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace rollcall::api {
namespace {

using Json = nlohmann::json;

std::string JsonOf(std::string_view text) {
  std::string json = "before ";
  AppendJsonString(text, json);
  EXPECT_TRUE(json.starts_with("before \"")) << json;
  return json.substr(7);
}

std::string WithoutReplacements(std::string text) {
  for (size_t at; (at = text.find("\uFFFD")) != std::string::npos;) text.erase(at, 3);
  return text;
}

TEST(JsonTextTest, EveryByteIsReadBackAsItWas) {
  std::string all;
  for (int byte = 0; byte < 0x80; ++byte) all += static_cast<char>(byte);
  all += "é € 😀 \xC2\x80 \xF4\x8F\xBF\xBF";
  EXPECT_EQ(Json::parse(JsonOf(all)).get<std::string>(), all);
  EXPECT_EQ(JsonOf(""), "\"\"");
  EXPECT_EQ(JsonOf("\x7f\n\t"), "\"\x7f\\n\\t\"");
  EXPECT_EQ(JsonOf("cozy_nodes_count"), "\"cozy_nodes_count\"");
}

TEST(JsonTextTest, AByteThatIsNotUtf8IsReplacedAndTheOthersStay) {
  EXPECT_EQ(JsonOf("a\xFFz"), "\"a\uFFFDz\"");
  EXPECT_EQ(JsonOf("a\xC0\xAFz"), "\"a\uFFFD\uFFFDz\"");        // overlong
  EXPECT_EQ(JsonOf("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
  EXPECT_EQ(JsonOf("cut \xE2\x82"), "\"cut \uFFFD\uFFFD\"");
}

TEST(JsonTextTest, RandomBytesAreAlwaysOneStringOfJson) {
  std::mt19937 random(20'261'127);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 24, '\0');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 128);
    const Json parsed = Json::parse(JsonOf(text), nullptr, false);
    ASSERT_TRUE(parsed.is_string())
        << Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
    // The library puts another number of U+FFFD for the same damage.
    ASSERT_EQ(WithoutReplacements(parsed.get<std::string>()),
              WithoutReplacements(
                  Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))));
  }
}

}  // namespace
}  // namespace rollcall::api
