// rollcall_bench: measures rollcall beside VictoriaMetrics, prints a table, and writes it beside
// the build as bench.md and bench.json.
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/bench/bench.h"
#include "tests/bench/report.h"

namespace rollcall::bench {
namespace {

constexpr const char* kUsage =
    "usage: rollcall_bench [--quick] [--rounds N] [--connections N] [--beside BINARY] [NAME...]\n"
    "       rollcall_bench --list\n"
    "\n"
    "Without a name all benches run that --list marks with a star.\n"
    "--quick: small and short, to see that it runs; its figures mean nothing.\n"
    "--rounds N: how often each is measured, 1 to 99 (5).\n"
    "--connections N: of the load generator, half on each of its threads: even, 2 to 4096 "
    "(1024).\n"
    "--beside BINARY: another rollcall in VictoriaMetrics' place, with ingest-keepalive, "
    "ingest-connections and import.\n";

struct Arguments {
  bool list = false;
  std::vector<const Bench*> benches;
};

int Refuse(const std::string& why) {
  std::fprintf(stderr, "rollcall_bench: %s\n%s", why.c_str(), kUsage);
  return 2;
}

const Bench* Find(const std::string& name) {
  for (const Bench& bench : AllBenches()) {
    if (bench.name == name) return &bench;
  }
  return nullptr;
}

// 0: go on; else the exit code.
int Read(int argc, char** argv, Context& context, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--list") {
      arguments.list = true;
    } else if (word == "--quick") {
      context.quick = true;
      context.rounds = 1;
      context.round_seconds = 1;
    } else if (word == "--rounds" && i + 1 < argc) {
      context.rounds = std::atoi(argv[++i]);
      if (context.rounds < 1 || context.rounds > 99) return Refuse("--rounds takes 1 to 99");
    } else if (word == "--connections" && i + 1 < argc) {
      context.connections = std::atoi(argv[++i]);
      if (context.connections < 2 || context.connections > 4096 || context.connections % 2 != 0) {
        return Refuse("--connections takes an even number from 2 to 4096");
      }
    } else if (word == "--beside" && i + 1 < argc) {
      context.peer_binary = argv[++i];
    } else if (const Bench* bench = Find(word)) {
      arguments.benches.push_back(bench);
    } else {
      return Refuse("no bench '" + word + "'; see --list");
    }
  }
  if (arguments.benches.empty()) {
    for (const Bench& bench : AllBenches()) {
      if (bench.by_default) arguments.benches.push_back(&bench);
    }
  }
  return 0;
}

void List() {
  for (const Bench& bench : AllBenches()) {
    std::printf("%s %-20s %s\n", bench.by_default ? "*" : " ", bench.name.c_str(),
                bench.what.c_str());
  }
}

// Some benches hold thousands of connections.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Main(int argc, char** argv) {
  Context context;
  Arguments arguments;
  if (const int code = Read(argc, argv, context, arguments); code != 0) return code;
  if (arguments.list) {
    List();
    return 0;
  }
  RaiseFileLimit();
  spdlog::set_level(spdlog::level::err);
  const std::filesystem::path binaries =
      std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::filesystem::path build = binaries.parent_path();
  context.rollcall_binary = (binaries / "rollcall").string();
  const WorkFolder folder(build.string());
  context.folder = folder.path();
  std::string command = "./dev bench";
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  const RunFacts facts = CollectFacts(context, command);

  int code = 0;
  for (const Bench* bench : arguments.benches) {
    context.Say(bench->name + ": " + bench->what);
    const Status status = bench->run(context);
    if (status.ok()) continue;
    std::fprintf(stderr, "rollcall_bench: %s: %s\n", bench->name.c_str(), status.message().c_str());
    code = 1;
  }
  const std::string markdown = RenderMarkdown(facts, context);
  std::fputs(markdown.c_str(), stdout);
  if (context.quick) return code;
  std::ofstream(build / "bench.md") << markdown;
  std::ofstream(build / "bench.json") << RenderJson(facts, context.rows);
  return code;
}

}  // namespace
}  // namespace rollcall::bench

int main(int argc, char** argv) { return rollcall::bench::Main(argc, argv); }
