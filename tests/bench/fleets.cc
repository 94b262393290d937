// Other products than the built-in default: JSON that is mapped, small and large, beside parsing
// all of it with nlohmann/json; a declared product that posts text beside the default one; and the
// overview where 50 products are served beside where one is.
#include <array>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <tuple>

#include "demo/source.h"
#include "fleets/built_in.h"
#include "fleets/declaration.h"
#include "fleets/json_mapper.h"
#include "tests/bench/bench.h"
#include "tests/bench/coroot_body.h"
#include "tests/bench/load.h"
#include "tests/bench/overview.h"
#include "tests/bench/poster.h"
#include "tests/bench/requests.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

using Json = nlohmann::json;

constexpr double kMiB = 1024 * 1024;
constexpr double kMostMiB = 512;
constexpr double kTimesTheTree = 3;
constexpr double kAsFastAsCozystack = 0.95;
constexpr double kAsFastAsAlone = 1.1;
constexpr size_t kFleets = 50;

// One of the two bodies of Coroot.
struct CorootCase {
  const char* what;
  std::string (*body)(const std::string& uuid);
  size_t instances;
  int most_connections;  // so many large ones may wait
};
constexpr CorootCase kCorootCases[] = {{"4 KB", SmallCorootBody, 512, 64},
                                       {"2 MB", LargeCorootBody, 8, 8}};

std::string UuidOf(size_t number) {
  std::string id;
  demo::AppendDemoUuid(demo::SeedOf(3, number), id);
  return id;
}

// Requests in the form that load.cc reads: in each, the number of nodes changes.
Status WriteCorootRequests(const CorootCase& of, size_t instances, const std::string& path) {
  constexpr std::string_view kBefore = "\"nodes\":";
  constexpr std::string_view kOld = "10";
  constexpr size_t kNewDigits = 4;
  std::ofstream file(path, std::ios::binary);
  file << instances << " 1\n";
  for (size_t i = 0; i < instances; ++i) {
    const std::string body = of.body(UuidOf(i));
    const size_t cut = body.find(kBefore) + kBefore.size();
    std::string first =
        "POST /ce/usage-statistics HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
        std::to_string(body.size() - kOld.size() + kNewDigits) + "\r\n\r\n" + body.substr(0, cut);
    const std::string second = body.substr(cut + kOld.size());
    file << "2 " << first.size() << " " << second.size() << "\n" << first << second;
  }
  file.close();
  return file.fail() ? Status::Unavailable("write " + path) : Status::Ok();
}

// How often a function runs in a second, one thread.
double RunsPerSecond(const Context& context, const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  const auto time = context.quick ? std::chrono::milliseconds(100) : std::chrono::seconds(2);
  run();
  const auto begin = Clock::now();
  uint64_t runs = 0;
  while (Clock::now() - begin < time) {
    run();
    ++runs;
  }
  return static_cast<double>(runs) / std::chrono::duration<double>(Clock::now() - begin).count();
}

// A body mapped, and all of it parsed into a tree, in turns.
Status MeasureMapping(Context& context, const CorootCase& of) {
  const auto declaration =
      fleets::ParseDeclaration("coroot.json", fleets::BuiltInDeclaration("coroot"));
  if (!declaration.ok()) return declaration.status();
  const auto mapper = fleets::JsonMapper::Make(declaration->mapping);
  if (!mapper.ok()) return mapper.status();
  const std::string body = of.body(UuidOf(0));
  const double megabytes = static_cast<double>(body.size()) / 1e6;
  Row row{.bench = "fleets", .unit = "MB/s"};
  row.what = std::string("a Coroot body of ") + of.what +
             " mapped, one thread; beside it nlohmann/json makes a tree of it";
  row.bar = Bar{Bar::Kind::kRatioAtLeast, kTimesTheTree};
  fleets::JsonCapture capture;
  fleets::MappedReport mapped;
  ReportBound exceeded{};
  Status status;
  for (int round = 0; round < context.rounds; ++round) {
    row.rollcall.push_back(megabytes * RunsPerSecond(context, [&] {
                             const Status read =
                                 mapper->Map(body, 1, {}, capture, mapped, exceeded);
                             if (!read.ok()) status = read;
                           }));
    row.victoria.push_back(megabytes * RunsPerSecond(context, [&] {
                             if (!Json::parse(body).is_object())
                               status = Status::Internal("no tree");
                           }));
  }
  if (status.ok()) context.Add(std::move(row));
  return status;
}

// The whole way of a report, with new content each time: over one connection each has a sync of its
// own, over many they share them.
Status MeasurePosting(Context& context, const CorootCase& of) {
  const std::string body = of.body(UuidOf(0));
  const size_t instances = context.quick ? std::min<size_t>(of.instances, 16) : of.instances;
  LoadOptions load;
  load.requests_path = context.NewPath("requests");
  load.changed_percent = 100;
  load.seconds = context.round_seconds;
  ROLLCALL_RETURN_IF_ERROR(WriteCorootRequests(of, instances, load.requests_path));
  const auto server = context.StartRollcall(context.NewPath("coroot"), {"--fleets", "coroot"});
  if (!server.ok()) return server.status();
  load.port = (*server)->port();
  for (const int connections : {1, of.most_connections}) {
    load.connections = connections;
    const std::string what = std::string("Coroot bodies of ") + of.what + ", " +
                             std::to_string(connections) +
                             (connections == 1 ? " connection" : " connections");
    Row reports{.bench = "fleets", .what = what + ": reports/s, each synced", .unit = "1/s"};
    reports.note = "beside it how often a second nlohmann/json makes a tree of one";
    if (connections > 1 && of.body == LargeCorootBody) {
      reports.bar = Bar{Bar::Kind::kRatioAtLeast, kTimesTheTree};
    }
    Row bytes{.bench = "fleets", .what = what + ": taken in", .unit = "MB/s"};
    for (int round = 0; round < context.rounds; ++round) {
      (*server)->child().Continue();
      const auto result = RunLoad(context, load);
      (*server)->child().Pause();
      if (!result.ok()) return result.status();
      reports.rollcall.push_back(result->per_second);
      bytes.rollcall.push_back(result->per_second * static_cast<double>(body.size()) / 1e6);
      reports.victoria.push_back(RunsPerSecond(context, [&] {
        if (!Json::parse(body).is_object()) std::abort();
      }));
    }
    context.Add(std::move(reports));
    context.Add(std::move(bytes));
  }
  Row memory{.bench = "fleets", .unit = "MiB"};
  memory.what = std::string("memory: the most while Coroot bodies of ") + of.what + " came";
  memory.bar = Bar{Bar::Kind::kAtMost, kMostMiB};
  memory.rollcall = {static_cast<double>((*server)->child().PeakResidentBytes()) / kMiB};
  context.Add(std::move(memory));
  (*server)->child().Continue();
  return Status::Ok();
}

// Cozystack under another name, path and header, and with what is undeclared dropped.
Status WriteDeclaredText(const std::string& path) {
  Json tree = Json::parse(fleets::BuiltInDeclaration("cozystack"), nullptr, true, true);
  tree["name"] = "declared";
  tree["reports"]["path"] = "/declared";
  tree["reports"]["id_header"] = "X-Install-ID";
  tree["reports"]["undeclared"] = "drop";
  std::ofstream file(path);
  file << tree.dump(1);
  file.close();
  return file.fail() ? Status::Unavailable("write " + path) : Status::Ok();
}

// The same reports to a declared fleet and to the built-in one, in turns.
Status MeasureDeclaredText(Context& context) {
  struct Side {
    std::unique_ptr<Server> server;
    LoadOptions load;
  };
  const std::string file = context.NewPath("declared.json");
  ROLLCALL_RETURN_IF_ERROR(WriteDeclaredText(file));
  const std::vector<StreamReport> reports = ClusterReports(context.quick ? 64 : 2'048);
  for (const auto& [what, changing, percent] :
       {std::tuple("the same content as before", Changing::kOneLine, 0),
        std::tuple("all values new", Changing::kAllCounts, 100)}) {
    Row row{.bench = "fleets", .unit = "1/s"};
    row.what = std::string("reports/s of a declared product that posts text, ") + what +
               "; beside it cozystack";
    row.bar = Bar{Bar::Kind::kRatioAtLeast, kAsFastAsCozystack};
    std::array<Side, 2> sides;  // declared, built-in
    for (Side& side : sides) {
      const bool is_declared = &side == sides.data();
      auto server = context.StartRollcall(context.NewPath("text"),
                                          {"--fleets", is_declared ? file : "cozystack"});
      if (!server.ok()) return server.status();
      side.server = std::move(server).value();
      RequestsOptions requests{.product = Product::kRollcall, .changing = changing};
      if (is_declared) {
        requests.path = "/declared";
        requests.id_header = "X-Install-ID";
      }
      side.load.port = side.server->port();
      side.load.requests_path = context.NewPath("requests");
      side.load.changed_percent = percent;
      side.load.seconds = context.round_seconds;
      side.load.connections = context.connections;
      ROLLCALL_RETURN_IF_ERROR(WriteRequests(reports, requests, side.load.requests_path));
      side.server->child().Pause();
    }
    // The first round is the one in which all is new to the store.
    for (int round = -1; round < context.rounds; ++round) {
      for (Side& side : sides) {
        side.server->child().Continue();
        const auto result = RunLoad(context, side.load);
        side.server->child().Pause();
        if (!result.ok()) return result.status();
        if (round < 0) continue;
        (&side == sides.data() ? row.rollcall : row.victoria).push_back(result->per_second);
      }
    }
    for (Side& side : sides) side.server->child().Continue();
    context.Add(std::move(row));
  }
  return Status::Ok();
}

// A small product of its own path.
Status WriteSmallFleet(const std::string& name, const std::string& path) {
  const Json tree = {
      {"name", name},
      {"about", "One of many."},
      {"reports", {{"format", "prometheus"}, {"path", "/" + name}, {"id_header", "X-Install-ID"}}},
      {"counted", {{"metric", "app_info"}, {"name", "installations"}}},
      {"metrics",
       {{"app_info", {{"description", "It."}, {"labels", {{"version", "Its version."}}}}},
        {"app_users", {{"description", "Its users."}}}}},
      {"figures", Json::array({{{"name", "users"}, {"metric", "app_users"}}})},
      {"breakdowns",
       Json::array({{{"name", "versions"}, {"metric", "app_info"}, {"by", "version"}}})}};
  std::ofstream file(path);
  file << tree.dump(1);
  file.close();
  return file.fail() ? Status::Unavailable("write " + path) : Status::Ok();
}

Status FillSmallFleet(int port, const std::string& name, int sources) {
  test::HttpClient client(port);
  for (int i = 0; i < sources; ++i) {
    const std::string body = "app_info{version=\"1." + std::to_string(i % 20) +
                             ".0\"} 1\napp_users " + std::to_string(i + 1) + "\n";
    const std::string header = "X-Install-ID: " + name + "-" + std::to_string(i) + "\r\n";
    const int status = client.PostBare(body, header, "/" + name).status;
    if (status != 200) return Status::Internal("post to " + name + ": " + std::to_string(status));
  }
  return Status::Ok();
}

// The overview of the default fleet beside 49 others, and beside none, in turns; while nothing
// comes in and so each may be given again within its second, as anywhere.
Status MeasureManyFleets(Context& context) {
  const size_t sources = context.quick ? 64 : 5'000;
  const std::vector<StreamReport> reports = ClusterReports(64);
  std::string list = "cozystack";
  std::vector<std::string> names;
  for (size_t i = 1; i < kFleets; ++i) {
    names.push_back("app" + std::to_string(i));
    const std::string path = context.NewPath(names.back() + ".json");
    ROLLCALL_RETURN_IF_ERROR(WriteSmallFleet(names.back(), path));
    list += "," + path;
  }
  struct Side {
    std::unique_ptr<Server> server;
    LoadOptions load;
  };
  std::array<Side, 2> sides;  // many, one
  for (Side& side : sides) {
    const bool is_many = &side == sides.data();
    auto server = context.StartRollcall(context.NewPath("fleets"),
                                        {"--fleets", is_many ? list : "cozystack"});
    if (!server.ok()) return server.status();
    side.server = std::move(server).value();
    side.load.port = side.server->port();
    side.load.connections = 8;
    side.load.seconds = context.quick ? 1 : 3;
    ROLLCALL_RETURN_IF_ERROR(PostAll(side.load.port, sources * 2, [&](uint64_t i) {
      return Post{UuidOf(i / 2), reports[i % reports.size()].Body()};
    }));
    if (!is_many) continue;
    for (const std::string& name : names) {
      ROLLCALL_RETURN_IF_ERROR(FillSmallFleet(side.load.port, name, context.quick ? 3 : 100));
    }
  }
  const std::string month = Month::Of(SystemClock().Now()).ToString();
  const std::pair<const char*, std::string> asked[] = {
      {"overview of the first of 50 fleets", OverviewTarget(Month::Of(SystemClock().Now()))},
      {"the same as /api/v1/overview", "/api/v1/overview?month=" + month}};
  for (const auto& [what, target] : asked) {
    Row p50{.bench = "fleets", .what = std::string(what) + "; beside it where it is alone: p50"};
    Row p99{.bench = "fleets", .what = std::string(what) + "; beside it where it is alone: p99"};
    for (Row* const row : {&p50, &p99}) {
      row->unit = "ms";
      row->bar = Bar{Bar::Kind::kRatioAtMost, kAsFastAsAlone};
    }
    for (int round = 0; round < context.rounds; ++round) {
      for (Side& side : sides) {
        const bool is_many = &side == sides.data();
        side.load.target = target;
        const auto result = RunLoad(context, side.load);
        if (!result.ok()) return result.status();
        (is_many ? p50.rollcall : p50.victoria).push_back(result->p50_ms);
        (is_many ? p99.rollcall : p99.victoria).push_back(result->p99_ms);
      }
    }
    context.Add(std::move(p50));
    context.Add(std::move(p99));
  }
  return Status::Ok();
}

}  // namespace

Status BenchFleets(Context& context) {
  for (const CorootCase& of : kCorootCases) {
    ROLLCALL_RETURN_IF_ERROR(MeasureMapping(context, of));
    ROLLCALL_RETURN_IF_ERROR(MeasurePosting(context, of));
  }
  ROLLCALL_RETURN_IF_ERROR(MeasureDeclaredText(context));
  return MeasureManyFleets(context);
}

}  // namespace rollcall::bench
