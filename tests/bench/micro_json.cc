// A JSON body by a fleet's mapping, beside what the given JSON library does with the same bytes: a
// parse into events that are thrown away, and a parse into a tree. 4 KB as an installation without
// profiles posts, and 2 MB with its profiles in it.
#include <nlohmann/json.hpp>

#include "fleets/built_in.h"
#include "fleets/declaration.h"
#include "fleets/json_mapper.h"
#include "tests/bench/micro_support.h"

namespace rollcall::bench {
namespace {

using Json = nlohmann::json;

std::string Base64(size_t bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  uint64_t state = 1;
  while (text.size() < bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += kDigits[state >> 58];
  }
  return text;
}

// As src/fleets/coroot.json maps it. `queries` and `profile_bytes` make it large.
std::string CorootBody(int queries, size_t profile_bytes) {
  Json body = Json::parse(R"({
    "instance": {"uuid": "4423595b-9d97-4e01-a19f-8e3d60c83b2a", "version": "1.9.2", "edition": "Community",
                 "database_type": "postgres", "installation_type": "kubernetes-operator"},
    "integration": {"prometheus": true, "prometheus_refresh_interval": 30, "node_agent": true,
                    "node_agent_versions": ["1.23.4", "1.24.0"], "kube_state_metrics": null,
                    "alerting_integrations": ["slack", "pagerduty"], "clickhouse": true, "tracing": true},
    "stack": {"clouds": ["aws", "hetzner"], "services": ["postgres", "redis", "kafka", "nginx"],
              "instrumented_services": ["postgres", "redis"]},
    "infra": {"projects": 2, "nodes": 10, "cpu_cores": 80, "gpus": 1, "applications": 120, "instances": 412,
              "deployments": 7, "deployment_summaries": {"-CPU": 1, "+Logs": 3},
              "applications_by_kind": {"Deployment": {"applications": 80, "instances": 240},
                                       "StatefulSet": {"applications": 20, "instances": 60},
                                       "DaemonSet": {"applications": 20, "instances": 112}},
              "kernel_versions": ["6.1.0-18-amd64", "6.6.64-talos"]},
    "ux": {"users": ["20174a56-4a1e-41ca-a90d-b657d1fa873e"], "page_views": {"/p/$projectId": 12},
           "world_load_time_avg": 0.053}})");
  for (int i = 0; i < queries; ++i) {
    body["performance"]["constructor"]["queries"]["container_metric_" + std::to_string(i)] = {
        {"failed", false}, {"query_time", 0.012892758 + i}, {"metrics_count", 130 + i}};
  }
  if (profile_bytes > 0) {
    const std::string profile = Base64(profile_bytes / 2);
    body["profile"] = {
        {"from", 1678113877}, {"to", 1678114877}, {"cpu", profile}, {"memory", profile}};
  }
  return body.dump();
}

const std::string& BodyOf(const benchmark::State& state) {
  static const std::string kSmall = CorootBody(30, 0);
  static const std::string kLarge = CorootBody(200, 2'000'000);
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
