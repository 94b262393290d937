// Records beside PostgreSQL: how many are taken in; and of 10 million, how long the first page of
// every filter takes, the views, the disk, the memory and the pruning of half of them.
#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <thread>

#include "demo/random.h"
#include "records/record_stack.h"
#include "storage/records.h"
#include "storage/stores.h"
#include "storage/transaction.h"
#include "tests/bench/bench.h"
#include "tests/bench/history.h"
#include "tests/bench/load.h"
#include "tests/bench/postgres.h"
#include "tests/bench/record_maker.h"
#include "tests/bench/record_questions.h"
#include "tests/bench/stores.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

constexpr int kConnections = 256;
constexpr int kPostgresConnections = 16;
constexpr size_t kPayloadBytes = 1024;
constexpr size_t kRowsOfACopy = 10'000;
constexpr size_t kPairs = 20;
constexpr size_t kValuesOfAFilter = 60;
constexpr size_t kWarmingAsks = 100;
constexpr size_t kAsksAgain = 50;
constexpr double kMostPageMs = 20;
constexpr double kMostColdMs = 300;
constexpr double kMostAgainMs = 20;
constexpr double kMostMiB = 512;
constexpr double kMostPruneSeconds = 60;
constexpr double kMostIngestMs = 50;
constexpr int kPruneRecordsPerSecond = 1'000;
constexpr int kPosters = 8;
constexpr days kKeptDays{14};

double MillisecondsSince(Steady::time_point start) {
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

RecordFleet FleetOf(const Context& context) {
  RecordFleet fleet;
  // All of it within the window of 30 days that a page has by itself.
  fleet.span = 2 * kKeptDays;
  fleet.begin = SystemClock().Now() - fleet.span;
  fleet.records = context.quick ? 70'000 : 10'000'000;
  fleet.machines = context.quick ? 700 : 100'000;
  return fleet;
}

std::string PayloadOf(uint64_t number) {
  std::string payload;
  for (demo::DemoRandom random(number); payload.size() < kPayloadBytes;) {
    payload += "frame " + std::to_string(random.Below(1'000'000)) + " of it\n";
  }
  payload.resize(kPayloadBytes);
  return payload;
}

// Into the store and the table that have all the records already.
Status MeasureIntake(Context& context, const RecordFleet& fleet, const std::string& directory,
                     Postgres& postgres) {
  const std::string requests = context.NewPath("requests");
  constexpr size_t kRequests = 20'000;
  std::ofstream file(requests, std::ios::binary);
  file << kRequests << " 1\n";
  for (uint64_t i = 0; i < kRequests; ++i) {
    Record record = MakeRecord(fleet, i * (fleet.records / kRequests));
    record.payload = PayloadOf(i);
    const std::string request = RecordRequest(record);
    file << "1 " << request.size() << "\n" << request;
  }
  file.close();
  if (file.fail()) return Status::Unavailable("write " + requests);

  const std::string script =
      "\\set m random(1, 1000000)\n\\set b random(1, 40)\n\\set s random(1, 4)\n\\set c random(1, "
      "12)\n\\set t random(1700000000, 1702000000)\n"
      "INSERT INTO records (machine_id, machine, architecture, build, kernel_version, os_name, "
      "tsp, tsp_server, severity, classification, record_format_version, payload_format_version, "
      "board_name, bios_version, cpu_model, event_id, external, backtrace) VALUES (md5(:m::text), "
      "'Vendor|Model|1.0', 'x86_64', (41000 + :b)::text, '6.1.0-1380.native', 'clear-linux-os', "
      ":t, extract(epoch from now())::bigint, :s, 'org.clearlinux/class/' || :c, 4, 1, "
      "'Board|Vendor', '1.0', 'CPU @ 2.40GHz', md5(:t::text), true, :m || :payload);\n";
  Row row{.bench = "records",
          .what =
              "records/s over HTTP, 1 KiB of payload, 256 connections, each synced; beside it "
              "pgbench's prepared inserts over 16",
          .unit = "1/s",
          .bar = Bar{Bar::Kind::kRatioAtLeast, 5}};
  Row rate{.bench = "records",
           .what = "the same, as a rate",
           .unit = "1/s",
           .bar = Bar{Bar::Kind::kAtLeast, 20'000}};
  for (int round = 0; round < context.rounds; ++round) {
    const auto server = context.StartRollcall(directory, {"--records"});
    if (!server.ok()) return server.status();
    LoadOptions load;
    load.port = (*server)->port();
    load.requests_path = requests;
    load.connections = kConnections;
    load.seconds = context.round_seconds;
    const auto result = RunLoad(context, load);
    if (!result.ok()) return result.status();
    row.rollcall.push_back(result->per_second);
    rate.rollcall.push_back(result->per_second);
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
    const auto inserts = postgres.PerSecond(script, {"payload=" + PayloadOf(1)},
                                            kPostgresConnections, context.round_seconds);
    if (!inserts.ok()) return inserts.status();
    row.victoria.push_back(*inserts);
  }
  context.Add(std::move(row));
  context.Add(std::move(rate));
  return Status::Ok();
}

// The same records into a store and a table.
Status FillBoth(const RecordFleet& fleet, const std::string& directory, Postgres& postgres) {
  storage::StoreOptions options;
  options.directory = directory;
  const auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return stores.status();
  (*stores)->records().SetStackOf(records::StackOf);
  const auto created = postgres.Run(kCreateRecords);
  if (!created.ok()) return created.status();
  Postgres::Copy copy(postgres, "records");
  std::string rows;
  for (uint64_t number = 0; number < fleet.records;) {
    storage::Transaction transaction((*stores)->store());
    rows.clear();
    for (size_t i = 0; i < kRowsOfACopy && number < fleet.records; ++i, ++number) {
      Record record = MakeRecord(fleet, number);
      AppendCopyRow(record, rows);
      ROLLCALL_RETURN_IF_ERROR((*stores)->records().Append(record, transaction));
    }
    ROLLCALL_RETURN_IF_ERROR(transaction.CommitUnsynced());
    ROLLCALL_RETURN_IF_ERROR(copy.Write(rows));
  }
  ROLLCALL_RETURN_IF_ERROR((*stores)->store().Sync());
  ROLLCALL_RETURN_IF_ERROR(copy.Finish());
  for (const std::string& sql :
       {std::string(kIndexRecords), std::string("VACUUM ANALYZE records"),
        std::string("SELECT setval('records_id_seq', max(id)) FROM records"),
        std::string("CHECKPOINT")}) {
    const auto done = postgres.Run(sql);
    if (!done.ok()) return done.status();
  }
  return Status::Ok();
}

Result<std::vector<double>> TimesOf(int port, const std::vector<Question>& questions, size_t asks) {
  test::HttpClient client(port);
  demo::DemoRandom random(3);
  std::vector<double> times;
  for (size_t i = 0; i < asks; ++i) {
    const std::string& target =
        questions[random.Below(static_cast<uint32_t>(questions.size()))].target;
    const auto start = Steady::now();
    const auto reply = client.Get(target);
    times.push_back(MillisecondsSince(start));
    if (reply.status != 200) {
      return Status::Unavailable(target + ": " + std::to_string(reply.status));
    }
  }
  return times;
}

Status MeasurePage(Context& context, const std::string& what,
                   const std::vector<Question>& questions, int port, Postgres& postgres) {
  const size_t asks = context.quick ? 20 : 300;
  Row p50{.bench = "records",
          .what = "first page of 1,000, " + what + ": p50; beside it PostgreSQL",
          .unit = "ms",
          .bar = Bar{Bar::Kind::kRatioAtMost, 1}};
  Row p99{.bench = "records",
          .what = "first page of 1,000, " + what + ": p99; beside it PostgreSQL",
          .unit = "ms",
          .bar = Bar{Bar::Kind::kAtMost, kMostPageMs}};
  for (int round = 0; round < context.rounds; ++round) {
    auto ours = TimesOf(port, questions, asks);
    if (!ours.ok()) return ours.status();
    p50.rollcall.push_back(PercentileOf(*ours, 50));
    p99.rollcall.push_back(PercentileOf(*ours, 99));
    std::vector<std::string> queries;
    for (const Question& question : questions) queries.push_back(question.sql);
    auto theirs = postgres.Times(queries, asks);
    if (!theirs.ok()) return theirs.status();
    p50.victoria.push_back(PercentileOf(*theirs, 50));
    p99.victoria.push_back(PercentileOf(*theirs, 99));
  }
  context.Add(std::move(p50));
  context.Add(std::move(p99));
  return Status::Ok();
}

Status MeasurePages(Context& context, const RecordFleet& fleet, int port, Postgres& postgres) {
  demo::DemoRandom random(5);
  const auto some = [&] {
    return MakeRecord(fleet, random.Below(static_cast<uint32_t>(fleet.records)));
  };
  std::vector<Question> warming;
  std::vector<std::pair<std::string, std::vector<Question>>> kinds;
  for (const Filter& filter : Filters()) {
    auto& kind = kinds.emplace_back(filter.name, std::vector<Question>());
    for (size_t i = 0; i < kValuesOfAFilter; ++i) {
      kind.second.push_back(Ask({filter.make(some(), fleet)}, fleet));
    }
    warming.insert(warming.end(), kind.second.begin(), kind.second.end());
  }
  // Values of two different records: many a pair has few records or none, and is looked for far
  // back.
  auto& pairs = kinds.emplace_back("20 random pairs", std::vector<Question>());
  const auto count = static_cast<uint32_t>(Filters().size());
  for (size_t i = 0; i < kPairs; ++i) {
    const uint32_t one = random.Between(1, count - 1);
    const uint32_t other = 1 + (one - 1 + random.Between(1, count - 2)) % (count - 1);
    pairs.second.push_back(
        Ask({Filters()[one].make(some(), fleet), Filters()[other].make(some(), fleet)}, fleet));
  }
  for (const auto& [what, questions] : kinds) {
    const auto warmed = TimesOf(port, questions, context.quick ? 5 : kWarmingAsks);
    if (!warmed.ok()) return warmed.status();
    ROLLCALL_RETURN_IF_ERROR(MeasurePage(context, what, questions, port, postgres));
  }
  return Status::Ok();
}

// Each view from a server that was just started, and again.
Status MeasureViews(Context& context, const std::string& directory) {
  const std::array<const char*, 11> kViews = {"list",
                                              "builds",
                                              "stats",
                                              "crashes?top=10",
                                              "machine-checks?top=10",
                                              "thermal?weeks=5",
                                              "population",
                                              "spikes",
                                              "list?severity=4&brief=yes",
                                              "view?name=kernels",
                                              "view?name=failed-units"};
  const auto start = [&] {
    return context.StartRollcall(
        directory,
        {"--records", "--views-dir", std::string(ROLLCALL_SOURCE_DIR) + "/packaging/views"});
  };
  {
    // As on a server to which the views were declared a while ago.
    const auto server = start();
    if (!server.ok()) return server.status();
    while ((*server)->Metric("rollcall_record_groups_missing") != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  }
  for (const char* const view : kViews) {
    const std::string target = std::string("/api/v1/records/") + view;
    Row cold{.bench = "records",
             .what = std::string(view) + ": from a server just started, the slowest",
             .unit = "ms",
             .bar = Bar{Bar::Kind::kAtMost, kMostColdMs}};
    Row again{.bench = "records",
              .what = std::string(view) + ": again, p99",
              .unit = "ms",
              .bar = Bar{Bar::Kind::kAtMost, kMostAgainMs}};
    std::vector<double> colds;
    for (int round = 0; round < context.rounds; ++round) {
      const auto server = start();
      if (!server.ok()) return server.status();
      const Question question{target, ""};
      const auto first = TimesOf((*server)->private_port(), {question}, 1);
      if (!first.ok()) return first.status();
      colds.push_back(first->front());
      auto more = TimesOf((*server)->private_port(), {question}, kAsksAgain);
      if (!more.ok()) return more.status();
      again.rollcall.push_back(PercentileOf(*more, 99));
      ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
    }
    cold.rollcall = {*std::max_element(colds.begin(), colds.end())};
    context.Add(std::move(cold));
    context.Add(std::move(again));
  }
  return Status::Ok();
}

// The newest of them, out of the table by COPY and into a store of its own; both then give the same
// pages.
Status MeasureMove(Context& context, const std::string& directory, const Postgres& postgres) {
  const uint64_t count = context.quick ? 10'000 : 1'000'000;
  const std::string file = context.NewPath("records.csv");
  const std::string moved = context.NewPath("moved");
  const auto copied = postgres.Run("\\copy (SELECT * FROM records ORDER BY id DESC LIMIT " +
                                   std::to_string(count) + ") TO '" + file + "' CSV HEADER");
  if (!copied.ok()) return copied.status();
  const auto start = Steady::now();
  const auto import =
      Child::Start({{context.rollcall_binary, "import", "--records", file, "--data-dir", moved},
                    {},
                    file + ".log"});
  if (!import.ok()) return import.status();
  uint64_t most = 0;
  while ((*import)->Running()) {
    most = std::max(most, (*import)->PeakResidentBytes());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const double took = MillisecondsSince(start) / 1000;
  if ((*import)->Wait() != 0) return Status::Unavailable("import of " + file + " failed");
  const auto before = context.StartRollcall(directory, {"--records"});
  if (!before.ok()) return before.status();
  const auto after = context.StartRollcall(moved, {"--records"});
  if (!after.ok()) return after.status();
  for (const char* const page : {"limit=10000", "severity=4", "limit=5000&severity=3",
                                 "classification=org.clearlinux/mce/corrected"}) {
    const std::string target = std::string("/api/records?") + page;
    const HttpReply here = Fetch((*before)->private_port(), target);
    if (here.status == 200 && here.body == Fetch((*after)->private_port(), target).body) continue;
    return Status::Internal(target + " of the moved records is another one");
  }
  const std::string what = WithCommas(count) + " records moved out of PostgreSQL";
  context.Add({.bench = "records", .what = what, .unit = "s", .rollcall = {took}});
  context.Add({.bench = "records",
               .what = what + ": memory, the most",
               .unit = "MiB",
               .rollcall = {static_cast<double>(most) / (1024 * 1024)},
               .bar = Bar{Bar::Kind::kAtMost, kMostMiB}});
  return Status::Ok();
}

// Records that come evenly while half of all are deleted.
Status MeasurePrune(Context& context, const RecordFleet& fleet, const std::string& directory) {
  const std::string rules = context.NewPath("keep.json");
  std::ofstream(rules) << "{\"keep_days\": " << kKeptDays.count() << "}\n";
  // Else nothing is deleted in a store's first day.
  const auto accepted =
      RunProgram({context.rollcall_binary, "clock", "accept", "--data-dir", directory},
                 context.folder + "/clock.log");
  if (!accepted.ok()) return accepted.status();
  const auto server = context.StartRollcall(directory, {"--records", "--records-retention", rules});
  if (!server.ok()) return server.status();
  const int port = (*server)->port();
  std::atomic<bool> is_over{false};
  std::atomic<int> failed{0};
  std::array<std::vector<double>, kPosters> times;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      test::RawClient client(port);
      const auto pause = std::chrono::nanoseconds(seconds(1)) * kPosters / kPruneRecordsPerSecond;
      auto due = Steady::now() + pause * poster / kPosters;
      for (uint64_t i = static_cast<uint64_t>(poster); !is_over; i += kPosters, due += pause) {
        std::this_thread::sleep_until(due);
        Record record = MakeRecord(fleet, i % fleet.records);
        record.payload = PayloadOf(i);
        const auto start = Steady::now();
        client.Send(RecordRequest(record));
        const auto reply = client.Read(false);
        times[static_cast<size_t>(poster)].push_back(MillisecondsSince(start));
        if (!reply || reply->status != 201) ++failed;
      }
    });
  }
  const double before = (*server)->Metric("rollcall_records");
  const auto start = Steady::now();
  const auto pruned = RunProgram({context.rollcall_binary, "records", "prune", "--server",
                                  "http://127.0.0.1:" + std::to_string((*server)->private_port())},
                                 context.folder + "/prune.log");
  const double took = MillisecondsSince(start) / 1000;
  is_over = true;
  for (std::thread& poster : posters) poster.join();
  if (!pruned.ok()) return pruned.status();
  if (failed > 0) return Status::Unavailable(std::to_string(failed) + " records were refused");
  std::vector<double> all;
  for (const auto& one : times) all.insert(all.end(), one.begin(), one.end());
  const double gone =
      before + static_cast<double>(all.size()) - (*server)->Metric("rollcall_records");
  if (gone < 0.4 * static_cast<double>(fleet.records)) {
    return Status::Unavailable("nothing much was pruned: " + *pruned);
  }
  context.Add({.bench = "records",
               .what = "half of them pruned, while 1,000 a second come in",
               .unit = "s",
               .rollcall = {took},
               .bar = Bar{Bar::Kind::kAtMost, kMostPruneSeconds},
               .note = std::to_string(static_cast<uint64_t>(gone)) + " records"});
  context.Add({.bench = "records",
               .what = "a record that comes in meanwhile: p99",
               .unit = "ms",
               .rollcall = {PercentileOf(all, 99)},
               .bar = Bar{Bar::Kind::kAtMost, kMostIngestMs}});
  return (*server)->Stop();
}

}  // namespace

Status BenchRecords(Context& context) {
  auto postgres = Postgres::Start(context);
  if (!postgres.ok()) return postgres.status();
  const RecordFleet fleet = FleetOf(context);
  const std::string directory = context.NewPath("records");
  ROLLCALL_RETURN_IF_ERROR(FillBoth(fleet, directory, **postgres));
  Row memory{.bench = "records",
             .what = "memory: the most after all these pages",
             .unit = "MiB",
             .bar = Bar{Bar::Kind::kAtMost, kMostMiB}};
  {
    const auto server = context.StartRollcall(directory, {"--records"});
    if (!server.ok()) return server.status();
    ROLLCALL_RETURN_IF_ERROR(MeasurePages(context, fleet, (*server)->private_port(), **postgres));
    memory.rollcall.push_back(static_cast<double>((*server)->child().PeakResidentBytes()) /
                              (1024 * 1024));
    context.Add(std::move(memory));
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  }
  const auto bytes = (*postgres)->Run("SELECT pg_total_relation_size('records')");
  if (!bytes.ok()) return bytes.status();
  const auto records = static_cast<double>(fleet.records);
  context.Add({.bench = "records",
               .what = "a record on the disk; beside it PostgreSQL, table and indexes",
               .unit = "bytes",
               .rollcall = {static_cast<double>(BytesBelow(directory)) / records},
               .victoria = {std::stod(*bytes) / records},
               .bar = Bar{Bar::Kind::kRatioAtMost, 0.25}});
  ROLLCALL_RETURN_IF_ERROR(MeasureMove(context, directory, **postgres));
  ROLLCALL_RETURN_IF_ERROR(MeasureViews(context, directory));
  ROLLCALL_RETURN_IF_ERROR(MeasureIntake(context, fleet, directory, **postgres));
  postgres->reset();
  return MeasurePrune(context, fleet, directory);
}

}  // namespace rollcall::bench
