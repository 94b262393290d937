// The body of a push: what is taken, and that whatever else comes is refused with its place.
#include "parse/host_samples_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace rollcall {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr HostSamplesBounds kBounds{UnixSeconds(seconds(1'000)), UnixSeconds(seconds(2'000)), 4};

std::string One(const std::string& members) {
  return R"({"host":"a.example","samples":[{)" + members + "}]}";
}
const std::string kGood =
    R"("ts":1500,"requests_sec":120.5,"p99_ms":12.25,"error_rate":0.5,"active_backends":3)";

// The good sample with one of its members written otherwise.
std::string With(const std::string& name, const std::string& value) {
  std::string members;
  for (const std::string member : {R"("ts":1500)", R"("requests_sec":1)", R"("p99_ms":2)",
                                   R"("error_rate":3)", R"("active_backends":4)"}) {
    const bool this_one = member.starts_with("\"" + name + "\"");
    members += (members.empty() ? "" : ",") + (this_one ? "\"" + name + "\":" + value : member);
  }
  return One(members);
}

// "ok", or what is answered.
std::string Answer(const std::string& body) {
  // Exactly as long as it is, so that a step past the end is seen.
  const std::vector<char> exact(body.begin(), body.end());
  const auto read = ParseHostSamplesJson({exact.data(), exact.size()}, kBounds);
  if (read.ok()) return "ok";
  EXPECT_EQ(read.status().code(), Code::kInvalidArgument);
  return read.status().message();
}

TEST(HostSamplesJson, TakesAHostAndItsSamples) {
  const auto read = ParseHostSamplesJson(
      R"( {"samples":[{)" + kGood + R"(}, {"active_backends":0,"error_rate":100,"p99_ms":0,)" +
          R"("requests_sec":1e3,"ts":1000}],"host":"[::1]:8443"} )",
      kBounds);
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().host.text(), "[::1]:8443");
  EXPECT_THAT(read->front().samples,
              ElementsAre(HostSample{UnixSeconds(seconds(1'500)), 120.5, 12.25, 0.5, 3},
                          HostSample{UnixSeconds(seconds(1'000)), 1'000, 0, 100, 0}));
}

TEST(HostSamplesJson, TakesSeveralHostsInAnArray) {
  const auto read = ParseHostSamplesJson(
      R"([{"host":"b","samples":[{)" + kGood +
          R"(}]},{"samples":[],"host":"a"},{"host":"b","samples":[{)" +
          R"("ts":1001,"requests_sec":1,"p99_ms":2,"error_rate":3,"active_backends":4}]}])",
      kBounds);
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].host.text(), "b");
  EXPECT_THAT((*read)[0].samples,
              ElementsAre(HostSample{UnixSeconds(seconds(1'500)), 120.5, 12.25, 0.5, 3}));
  EXPECT_EQ((*read)[1].host.text(), "a");
  EXPECT_TRUE((*read)[1].samples.empty());
  EXPECT_EQ((*read)[2].host.text(), "b");
  EXPECT_THAT((*read)[2].samples, ElementsAre(HostSample{UnixSeconds(seconds(1'001)), 1, 2, 3, 4}));
  const auto none = ParseHostSamplesJson("[]", kBounds);
  ASSERT_TRUE(none.ok()) << none.status().message();
  EXPECT_TRUE(none->empty());
}

TEST(HostSamplesJson, InAnArrayTheFaultIsNamedWithItsHostAndTheBoundIsThatOfTheBody) {
  const std::string good = R"({"host":"a","samples":[{)" + kGood + "}]}";
  EXPECT_EQ(Answer("[" + good + R"(,{"samples":[]}])"), "[1]: host is missing");
  EXPECT_EQ(Answer("[" + good + R"(,{"host":"a"}])"), "[1]: samples is missing");
  EXPECT_EQ(Answer("[" + good + ",7]"), "[1] is not an object");
  EXPECT_EQ(Answer("[" + good + "," + With("error_rate", "101") + "]"),
            "[1]: samples[0]: error_rate 101 is not from 0 to 100");
  const std::string two = R"({"host":"a","samples":[{)" + kGood + "},{" + kGood + "}]}";
  EXPECT_EQ(Answer("[" + two + "," + two + "]"), "ok");
  EXPECT_EQ(Answer("[" + two + "," + good + "," + two + "]"),
            "[2]: samples[1]: at most 4 samples are allowed");
  const std::string empty = R"({"host":"a","samples":[]})";
  EXPECT_EQ(Answer("[" + empty + "," + empty + "," + empty + "," + empty + "," + empty + "]"),
            "[4]: at most 4 hosts are allowed");
  EXPECT_THAT(Answer("[" + good), StartsWith("byte "));
  EXPECT_THAT(Answer("[" + good + "]]"), StartsWith("byte "));
}

TEST(HostSamplesJson, WhatItDoesNotKnowIsPassedOver) {
  EXPECT_EQ(Answer(R"({"v":{"host":[1,{"samples":2}]},"host":"a","samples":[{)" + kGood +
                   R"(,"x":[[{}]],"y":null}],"z":"\u00e9"})"),
            "ok");
}

TEST(HostSamplesJson, NoSamplesAreNoFault) {
  EXPECT_EQ(Answer(R"({"host":"a","samples":[]})"), "ok");
}

TEST(HostSamplesJson, ANameMayBeWrittenWithEscapes) {
  EXPECT_EQ(Answer(R"({"h\u006fst":"\u0061","samples":[]})"), "ok");
}

TEST(HostSamplesJson, WhatIsNotSuchAnObjectIsRefused) {
  EXPECT_THAT(Answer(""), StartsWith("byte 1: "));
  EXPECT_EQ(Answer("12"), "the body is neither an object nor an array");
  EXPECT_EQ(Answer("{}"), "host is missing");
  EXPECT_EQ(Answer(R"({"host":"a"})"), "samples is missing");
  EXPECT_EQ(Answer(R"({"samples":[]})"), "host is missing");
  EXPECT_EQ(Answer(R"({"host":"a","samples":{}})"), "samples is not an array");
  EXPECT_EQ(Answer(R"({"host":"a","samples":null})"), "samples is not an array");
  EXPECT_EQ(Answer(R"({"host":7,"samples":[]})"), "host is not a text");
  EXPECT_EQ(Answer(R"({"host":"a","host":"b","samples":[]})"), "host is there twice");
  EXPECT_EQ(Answer(R"({"host":"a","samples":[],"samples":[]})"), "samples is there twice");
  EXPECT_THAT(Answer(R"({"host":"a","samples":[]}x)"), StartsWith("byte 26: "));
  EXPECT_THAT(Answer(R"({"host":"a","samples":[)"), HasSubstr("ends before its JSON"));
}

TEST(HostSamplesJson, AHostIsANameOfAHost) {
  const auto host = [](const std::string& name) {
    return Answer(R"({"host":")" + name + R"(","samples":[]})");
  };
  EXPECT_EQ(host(std::string(253, 'a')), "ok");
  EXPECT_EQ(host("*.example.com:8443/x~y+z@edge_1"), "ok");
  EXPECT_EQ(host(std::string(254, 'a')), "host has 254 bytes, at most 253 are allowed");
  EXPECT_EQ(host(""), "host is empty");
  EXPECT_THAT(host("a b"), StartsWith("host has 0x20 as byte 2, allowed are A-Z a-z 0-9 and "));
  EXPECT_THAT(host("\\u0000"), StartsWith("host has 0x00 as byte 1"));
  EXPECT_THAT(host("<script>"), StartsWith("host has 0x3c as byte 1"));
  EXPECT_THAT(host("\xc3\xa9"), StartsWith("host has 0xc3 as byte 1"));
}

TEST(HostSamplesJson, ABadSampleIsNamedByItsIndex) {
  const std::string good = "{" + kGood + "}";
  const auto list = [&](const std::string& last) {
    return Answer(R"({"host":"a","samples":[)" + good + "," + good + "," + last + "]}");
  };
  EXPECT_EQ(list(good), "ok");
  EXPECT_EQ(list("{}"), "samples[2]: ts is missing");
  EXPECT_EQ(list("7"), "samples[2]: is not an object");
  EXPECT_EQ(list(R"({"ts":1})"), "samples[2]: ts 1 is not a whole number from 1000 to 2000");
  EXPECT_EQ(list(good + "," + good + "," + good), "samples[4]: at most 4 samples are allowed");
}

TEST(HostSamplesJson, EachNumberHasItsBounds) {
  const std::string whole = "is not a whole number from ";
  for (const char* const good : {"1000", "2000", "1500.0", "1.5e3"}) {
    EXPECT_EQ(Answer(With("ts", good)), "ok") << good;
  }
  for (const std::string bad : {"999", "2001", "1500.5", "-1", "1e300", "1772884800000"}) {
    EXPECT_EQ(Answer(With("ts", bad)), "samples[0]: ts " + bad + " " + whole + "1000 to 2000");
  }
  for (const char* const name : {"requests_sec", "p99_ms"}) {
    for (const char* const good : {"0", "-0", "0.1", "1e300", "1E-400"}) {
      EXPECT_EQ(Answer(With(name, good)), "ok") << good;
    }
    EXPECT_EQ(Answer(With(name, "-0.1")),
              "samples[0]: " + std::string(name) + " -0.1 is not a number from 0 on");
    EXPECT_THAT(Answer(With(name, "1e999")), HasSubstr("a number that is too large"));
  }
  EXPECT_EQ(Answer(With("error_rate", "100")), "ok");
  EXPECT_EQ(Answer(With("error_rate", "100.01")),
            "samples[0]: error_rate 100.01 is not from 0 to 100");
  EXPECT_EQ(Answer(With("error_rate", "-1")), "samples[0]: error_rate -1 is not from 0 to 100");
  EXPECT_EQ(Answer(With("active_backends", "4294967295")), "ok");
  for (const std::string bad : {"4294967296", "-1", "0.5"}) {
    EXPECT_EQ(Answer(With("active_backends", bad)),
              "samples[0]: active_backends " + bad + " " + whole + "0 to 4294967295");
  }
}

TEST(HostSamplesJson, WrongTypesMissingMembersAndMembersTwiceAreRefused) {
  for (const std::string name : {"ts", "requests_sec", "p99_ms", "error_rate", "active_backends"}) {
    for (const char* const value : {"\"1500\"", "null", "true", "[1]", "{}"}) {
      EXPECT_EQ(Answer(With(name, value)), "samples[0]: " + name + " is not a number") << value;
    }
    for (const char* const value :
         {"NaN", "Infinity", "-Infinity", "0x10", "1_0", "01", "+1", ".5", "1.", "'1'"}) {
      EXPECT_THAT(Answer(With(name, value)), HasSubstr("byte ")) << value;
    }
    EXPECT_EQ(Answer(One(kGood + ",\"" + name + "\":1500")),
              "samples[0]: " + name + " is there twice");
  }
  EXPECT_EQ(Answer(One(R"("ts":1500)")), "samples[0]: requests_sec is missing");
}

TEST(HostSamplesJson, DeepNestingAndMuchOfItEndInAnAnswer) {
  for (const char* const open : {"[", "{\"a\":", "[{\"a\":"}) {
    std::string deep;
    while (deep.size() < 1'000'000) deep += open;
    EXPECT_NE(Answer(deep), "ok") << open;
    EXPECT_THAT(Answer(R"({"host":"a","x":)" + deep), HasSubstr("nested deeper than"));
    EXPECT_THAT(Answer(R"({"host":"a","samples":[{"x":)" + deep), HasSubstr("nested deeper than"));
  }
}

TEST(HostSamplesJson, AnyBytesEndInAnAnswer) {
  const std::string good = One(kGood);
  std::mt19937 random(29);
  for (int i = 0; i < 30'000; ++i) {
    std::string body = good;
    for (auto changes = random() % 4 + 1; changes > 0; --changes) {
      const size_t at = random() % body.size();
      switch (random() % 3) {
        case 0:
          body[at] = static_cast<char>(random());
          break;
        case 1:
          body.erase(at, random() % 8);
          break;
        default:
          body.insert(at, body.substr(random() % body.size(), random() % 20));
      }
      if (body.empty()) body = "{";
    }
    Answer(body);
  }
}

}  // namespace
}  // namespace rollcall
