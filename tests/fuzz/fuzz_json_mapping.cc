// Any bytes as a JSON body, mapped by a declaration that says all that a mapping can. What must
// hold whatever they are:
//  - what is JSON is taken, and what is not is refused, as another reader does;
//  - a refusal is one short line, and leaves nothing;
//  - the series are those that a walk over a tree of the body makes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fleets/json_mapper.h"
#include "fleets/json_mapping.h"
#include "tests/fleets/mapping_oracle.h"

namespace rollcall::fleets {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_json_mapping: does not hold: %s\n", what);
  std::abort();
}

JsonMapping TheMapping() {
  using Kind = JsonReference::Kind;
  const auto at = [](size_t level, std::vector<std::string> steps) {
    return JsonReference{Kind::kPointer, level, std::move(steps)};
  };
  return {
      .id = {"id"},
      .rules = {
          {.metric = "up"},
          {.metric = "n", .value = at(0, {"n"})},
          {.metric = "v",
           .labels =
               {{.name = "v", .at = at(0, {"v"}), .match = "(v\\d+)\\..*", .replace = "\\1"}}},
          {.metric = "r",
           .labels = {{.name = "r", .at = at(0, {"n"}), .ranges = {{"1", 1, 1}, {"2-9", 2, 9}}}}},
          {.metric = "l",
           .each = {{{"l"}}},
           .labels = {{.name = "x", .at = {Kind::kValue, 1, {}}}}},
          {.metric = "o",
           .each = {{{"o"}}, {{}}},
           .labels = {{.name = "a", .at = {Kind::kKey, 1, {}}},
                      {.name = "b", .at = {Kind::kKey, 2, {}}}},
           .value = at(2, {"n"})},
          {.metric = "k",
           .each = {{{"o"}, {"a", "0"}}},
           .labels = {{.name = "v", .at = at(0, {"v"})}},
           .value = JsonReference{Kind::kValue, 1, {}}},
      }};
}

void Check(std::string_view body) {
  static const JsonMapping mapping = TheMapping();
  static const JsonMapper mapper = JsonMapper::Make(mapping).value();
  static JsonCapture capture;
  MappedReport mapped;
  ReportBound exceeded{};
  const Status status = mapper.Map(body, 1, {}, capture, mapped, exceeded);
  Require(mapped.undeclared.names().size() <= UndeclaredFields::kMost, "few fields are told");
  // The other reader takes a NUL for the end.
  const bool is_json = body.find('\0') == std::string_view::npos && nlohmann::json::accept(body);
  if (!status.ok()) {
    Require(mapped.report.samples.empty() && mapped.report.arena.empty() && !mapped.id,
            "a bad report leaves nothing");
    Require(status.message().size() <= 300, "a refusal is short");
    Require(status.message().find('\n') == std::string::npos, "a refusal is one line");
    if (!is_json) return;
    // What is JSON and refused is over a bound, has a name twice, or no id. The other reader takes
    // a byte order mark.
    for (const char* reason : {"nested deeper", "stands in its object already", "/id", "more than",
                               "byte 1: a value is wanted"}) {
      if (status.message().find(reason) != std::string::npos) return;
    }
    Require(false, "what is JSON is taken");
  }
  Require(is_json, "what is not JSON is refused");
  const auto tree = nlohmann::json::parse(body, nullptr, false);
  Require(MappingOracle::IdOf(mapping, tree).has_value(), "a report has an id");
  // A number's text is its own, where the tree has another: 1.0, 1e2.
  if (body.find_first_of(".eE") != std::string_view::npos) return;
  Require(SeriesOf(mapped.report) == MappingOracle::Map(mapping, tree), "the series are the same");
}

}  // namespace
}  // namespace rollcall::fleets

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<char> body(data, data + size);
  rollcall::fleets::Check({body.data(), body.size()});
  return 0;
}
