// Any bytes as a report's body. What must hold whatever they are:
//  - there is an answer, and the parser reads past every error to the end;
//  - a report that parses can be written, and parses again to the same report;
//  - lines in another order have the same fingerprint and, where each stands for itself, make the
//  same
//    report.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.h"
#include "parse/fingerprint.h"
#include "parse/report_parser.h"
#include "parse/text_parser.h"
#include "tests/support/text_line.h"

namespace rollcall {
namespace {

constexpr uint64_t kHashSeed = 1;

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_text_parser: does not hold: %s\n", what);
  std::abort();
}

// Label set -> the value's bits.
using Series = std::map<std::string, uint64_t>;

Series SeriesOf(const ParsedReport& report) {
  Series series;
  for (const ParsedReport::Sample& sample : report.samples) {
    const auto bits = std::bit_cast<uint64_t>(sample.value);
    Require(series.emplace(report.LabelSet(sample), bits).second, "a series comes once");
  }
  return series;
}

void CheckReadingPastErrors(std::string_view body, bool parses) {
  TextParser parser(body);
  bool any_error = false;
  size_t line = 0;
  for (;;) {
    const TextParser::Event event = parser.Next();
    if (event == TextParser::Event::kEnd) break;
    Require(parser.line() > line, "every step goes on to a later line");
    line = parser.line();
    if (event != TextParser::Event::kError) continue;
    any_error = true;
    Require(parser.reason().size() <= 200, "a reason is short");
  }
  Require(any_error == !parses, "a report parses exactly when none of its lines is bad");
}

void CheckWriting(const ParsedReport& report, const Series& series) {
  std::string text;
  for (const ParsedReport::Sample& sample : report.samples) {
    test::AppendTextLine(report.LabelSet(sample), sample.value, text);
  }
  ParsedReport again;
  Require(ParseReport(text, "cluster_id", kHashSeed, again).ok(), "what was written parses");
  Require(SeriesOf(again) == series, "what was written parses to the same report");
  Require(!again.has_multiline_value, "what was written has one line for each sample");
}

std::string Shuffled(std::string_view body, uint64_t seed) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    lines.push_back(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  std::shuffle(lines.begin(), lines.end(), std::mt19937_64(seed));
  std::string shuffled;
  for (const std::string_view line : lines) {
    shuffled += line;
    shuffled += '\n';
  }
  return shuffled;
}

void CheckOrderOfLines(std::string_view body, const ParsedReport* report, const Series& series) {
  const uint64_t seed = body.size();
  const std::string shuffled = Shuffled(body, seed);
  Require(FingerprintLines(body, seed) == FingerprintLines(shuffled, seed),
          "a fingerprint does not depend on the order of the lines");
  if (report == nullptr || report->has_multiline_value) return;
  ParsedReport again;
  Require(ParseReport(shuffled, "cluster_id", kHashSeed, again).ok(),
          "lines that parse do so in any order");
  Require(SeriesOf(again) == series, "lines make the same report in any order");
}

void Check(std::string_view body) {
  ParsedReport report;
  const Status status = ParseReport(body, "cluster_id", kHashSeed, report);
  CheckReadingPastErrors(body, status.ok());
  if (!status.ok()) {
    Require(report.samples.empty() && report.arena.empty(), "a bad report leaves nothing");
    CheckOrderOfLines(body, nullptr, {});
    return;
  }
  const Series series = SeriesOf(report);
  CheckWriting(report, series);
  CheckOrderOfLines(body, &report, series);
}

}  // namespace
}  // namespace rollcall

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<char> body(data, data + size);
  rollcall::Check({body.data(), body.size()});
  return 0;
}
