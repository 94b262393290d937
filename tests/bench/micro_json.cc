// A JSON body by a fleet's mapping, beside what the given JSON library does with the same bytes: a
// parse into events that are thrown away, and a parse into a tree. 4 KB as an installation without
// profiles posts, and 2 MB with its profiles in it.
#include <nlohmann/json.hpp>

#include "fleets/built_in.h"
#include "fleets/declaration.h"
#include "fleets/json_mapper.h"
#include "tests/bench/coroot_body.h"
#include "tests/bench/micro_support.h"

namespace rollcall::bench {
namespace {

using Json = nlohmann::json;

const std::string& BodyOf(const benchmark::State& state) {
  static const std::string kSmall = SmallCorootBody("4423595b-9d97-4e01-a19f-8e3d60c83b2a");
  static const std::string kLarge = LargeCorootBody("4423595b-9d97-4e01-a19f-8e3d60c83b2a");
  return state.range(0) == 0 ? kSmall : kLarge;
}

void Report(benchmark::State& state) {
  const auto bytes = static_cast<int64_t>(BodyOf(state).size());
  state.SetLabel(std::to_string(bytes) + " bytes");
  state.SetBytesProcessed(state.iterations() * bytes);
  state.SetItemsProcessed(state.iterations());
}

void Map(benchmark::State& state) {
  const auto declaration =
      fleets::ParseDeclaration("coroot.json", fleets::BuiltInDeclaration("coroot"));
  if (!declaration.ok()) return state.SkipWithError(declaration.status().message().c_str());
  const fleets::JsonMapper mapper = fleets::JsonMapper::Make(declaration->mapping).value();
  fleets::JsonCapture capture;
  fleets::MappedReport mapped;
  ReportBound exceeded{};
  const std::string& body = BodyOf(state);
  for (auto _ : state) {
    if (!mapper.Map(body, 1, {}, capture, mapped, exceeded).ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(mapped.report.samples.data());
  }
  Report(state);
}
BENCHMARK(Map)->Arg(0)->Arg(1)->Name(std::string("json_map_a_coroot_body") + kOnePass);

void ReadTokens(benchmark::State& state) {
  JsonReader reader;
  const std::string& body = BodyOf(state);
  for (auto _ : state) {
    reader.Begin(body);
    JsonReader::Event event{};
    while (event != JsonReader::Event::kEnd) {
      event = reader.Next();
      benchmark::DoNotOptimize(event);
    }
  }
  Report(state);
}
BENCHMARK(ReadTokens)->Arg(0)->Arg(1)->Name(std::string("json_tokens_of_a_coroot_body") + kOnePass);

// Takes all events and keeps none: the least that a mapping on top of them could cost.
struct Nothing final : nlohmann::json_sax<Json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t, const std::string&, const Json::exception&) override { return false; }
};

void ParseIntoEvents(benchmark::State& state) {
  const std::string& body = BodyOf(state);
  for (auto _ : state) {
    Nothing nothing;
    benchmark::DoNotOptimize(Json::sax_parse(body, &nothing));
  }
  Report(state);
}
BENCHMARK(ParseIntoEvents)->Arg(0)->Arg(1)->Name("json_events_of_a_coroot_body, nlohmann");

void ParseIntoATree(benchmark::State& state) {
  const std::string& body = BodyOf(state);
  for (auto _ : state) {
    const Json tree = Json::parse(body);
    benchmark::DoNotOptimize(&tree);
  }
  Report(state);
}
BENCHMARK(ParseIntoATree)->Arg(0)->Arg(1)->Name("json_tree_of_a_coroot_body, nlohmann");

}  // namespace
}  // namespace rollcall::bench
