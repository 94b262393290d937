// The table of tests/testdata/text_format_cases.txt: what the text parser takes, what it refuses
// and why.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "parse/text_parser.h"

namespace rollcall {
namespace {

struct TextCase {
  int file_line = 0;
  std::string body;
  std::string expected;
};

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// Turns the file's signs into the bytes that they stand for.
std::string Decode(std::string text) {
  ReplaceAll(text, "⏎", "\n");
  ReplaceAll(text, "⇥", "\t");
  ReplaceAll(text, "␍", "\r");
  ReplaceAll(text, "␠", " ");
  ReplaceAll(text, "␀", std::string(1, '\0'));
  const std::string open = "⟨";
  const std::string close = "⟩";
  for (size_t at = 0; (at = text.find(open, at)) != std::string::npos; ++at) {
    const std::string hex = text.substr(at + open.size(), 2);
    const auto byte = static_cast<char>(std::stoi(hex, nullptr, 16));
    text.replace(at, open.size() + 2 + close.size(), 1, byte);
  }
  return text;
}

std::vector<TextCase> ReadCases() {
  std::vector<TextCase> cases;
  std::ifstream file(std::string(ROLLCALL_TESTDATA) + "/text_format_cases.txt");
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("in ")) {
      cases.push_back({number, Decode(line.substr(3)), ""});
    } else if (line.starts_with("ok ") || line.starts_with("bad ")) {
      std::string& expected = cases.back().expected;
      if (!expected.empty()) expected += " | ";
      expected += Decode(line);
    }
  }
  return cases;
}

std::string RenderValue(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string RenderSample(TextParser& parser) {
  std::string out = "ok ";
  out += parser.metric();
  for (const Label& label : parser.labels()) {
    out += &label == parser.labels().data() ? '{' : ',';
    out += label.name;
    out += '=';
    out += label.value;
  }
  if (!parser.labels().empty()) out += '}';
  out += ' ' + RenderValue(parser.value());
  if (parser.timestamp_ms()) out += " @" + std::to_string(*parser.timestamp_ms());
  if (parser.spans_lines()) out += " spans";
  return out;
}

// What the parser makes of the body, in the form of the file: all samples, or the first error.
std::string Parse(const std::string& body) {
  TextParser parser(body);
  std::string samples;
  for (;;) {
    switch (parser.Next()) {
      case TextParser::Event::kSample:
        if (!samples.empty()) samples += " | ";
        samples += RenderSample(parser);
        break;
      case TextParser::Event::kError:
        return "bad " + std::to_string(parser.line()) + " " + parser.reason();
      case TextParser::Event::kEnd:
        return samples.empty() ? "ok none" : samples;
    }
  }
}

TEST(TextCases, TheParserTakesAndRefusesWhatTheTableSays) {
  const std::vector<TextCase> cases = ReadCases();
  ASSERT_GE(cases.size(), 370U);
  for (const TextCase& c : cases) {
    EXPECT_EQ(Parse(c.body), c.expected) << "text_format_cases.txt:" << c.file_line;
  }
}

TEST(TextCases, ALineThatIsTakenIsTakenBetweenOtherLinesToo) {
  for (const TextCase& c : ReadCases()) {
    const bool none = c.expected == "ok none";
    if (c.expected.starts_with("bad ")) continue;
    const std::string middle = none ? "" : " | " + c.expected;
    EXPECT_EQ(Parse("before 1\n" + c.body + "\nafter 2"), "ok before 1" + middle + " | ok after 2")
        << "text_format_cases.txt:" << c.file_line;
  }
}

TEST(TextCases, AnErrorIsFollowedByTheLineAfterTheOneItNames) {
  for (const TextCase& c : ReadCases()) {
    if (!c.expected.starts_with("bad 1 ")) continue;
    if (c.body.find('\n') != std::string::npos) continue;
    TextParser parser(c.body);
    EXPECT_EQ(parser.Next(), TextParser::Event::kError);
    EXPECT_EQ(parser.Next(), TextParser::Event::kEnd);
    // A quote that stays open would run on into the next line.
    if (c.expected.find("closing quote") != std::string::npos || c.body.ends_with('\\')) continue;
    const std::string body = c.body + "\nafter 2";
    TextParser two_lines(body);
    EXPECT_EQ(two_lines.Next(), TextParser::Event::kError);
    EXPECT_EQ(two_lines.line(), 1U);
    ASSERT_EQ(two_lines.Next(), TextParser::Event::kSample)
        << "text_format_cases.txt:" << c.file_line;
    EXPECT_EQ(two_lines.line(), 2U);
    EXPECT_EQ(RenderSample(two_lines), "ok after 2");
    EXPECT_EQ(two_lines.Next(), TextParser::Event::kEnd);
  }
}

}  // namespace
}  // namespace rollcall
