// Each view of random records, over several blocks of columns, says what plain loops over the same
// records count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "parse/machine_check.h"
#include "records/machine_checks.h"
#include "records/population.h"
#include "records/spikes.h"
#include "records/word_counts.h"
#include "tests/records/record_fleet.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// More than two blocks of columns.
const RecordFleet& Fleet() {
  static const RecordFleet& fleet = NewRandomFleet(150'000, 1);
  return fleet;
}

bool IsDigits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::vector<WordCount> ByCount(const std::map<std::string, uint64_t>& counts) {
  std::vector<WordCount> words;
  for (const auto& [text, records] : counts) words.push_back({text, records});
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.records > b.records; });
  return words;
}

TEST(ViewsTest, RecordsAreCountedByClassificationPlatformAndBuild) {
  std::map<std::string, uint64_t> classes;
  std::map<std::string, uint64_t> platforms;
  std::map<std::pair<unsigned long, std::string>, uint64_t> builds;
  uint64_t others = 0;
  for (const Record& record : Fleet().all()) {
    ++classes[record.classification];
    ++platforms[record.host_type];
    if (IsDigits(record.build)) {
      ++builds[{std::stoul(record.build), record.build}];
    } else {
      ++others;
    }
  }
  const Source source = Fleet().source();
  const auto by_class = CountByWord(source, storage::RecordColumn::kClassification);
  ASSERT_TRUE(by_class.ok()) << by_class.status().message();
  EXPECT_EQ(*by_class, ByCount(classes));
  const auto by_platform = CountByWord(source, storage::RecordColumn::kHostType);
  ASSERT_TRUE(by_platform.ok());
  EXPECT_EQ(*by_platform, ByCount(platforms));
  const auto by_build = CountByBuild(source);
  ASSERT_TRUE(by_build.ok());
  std::vector<WordCount> expected;
  for (const auto& [build, records] : builds) expected.push_back({build.second, records});
  EXPECT_EQ(by_build->builds, expected);
  EXPECT_EQ(by_build->others, others);
}

TEST(ViewsTest, BuildsAreOrderedAsNumbers) {
  EXPECT_TRUE(IsLowerBuild("9", "10"));
  EXPECT_FALSE(IsLowerBuild("10", "9"));
  EXPECT_TRUE(IsLowerBuild("0009", "10"));
  EXPECT_TRUE(IsLowerBuild("99999999999999999999", "100000000000000000000"));
  EXPECT_FALSE(IsLowerBuild("41000", "41000"));
  EXPECT_TRUE(IsWholeBuild("41000"));
  EXPECT_FALSE(IsWholeBuild(""));
  EXPECT_FALSE(IsWholeBuild("22.04"));
}

TEST(ViewsTest, PopulationCountsDistinctIdsByBuildAndWindow) {
  using Ids = std::set<std::string>;
  struct Sets {
    std::array<Ids, kPopulationCounts> internal;
    std::array<Ids, kPopulationCounts> external;
  };
  std::map<std::string, Sets> builds;
  Sets all;
  std::map<std::pair<std::string, bool>, std::vector<UnixSeconds>> seen;
  for (const Record& record : Fleet().all()) {
    if (record.classification != "org.clearlinux/heartbeat/ping" ||
        record.system_name != "clear-linux-os") {
      continue;
    }
    for (size_t i = 0; i < kPopulationCounts; ++i) {
      const std::array<int, 5> window{1, 3, 7, 14, 0};
      const bool is_in =
          window[i] == 0 || (record.capture > kNow - days(window[i]) && record.capture <= kNow);
      if (!is_in) continue;
      for (Sets* const sets : {&all, &builds[record.build]}) {
        (record.external ? sets->external : sets->internal)[i].insert(record.machine_id);
      }
    }
    if (record.capture > kNow - days(21) && record.capture <= kNow) {
      seen[{record.machine_id, record.external}].push_back(record.capture);
    }
  }
  const auto counted = [](const Sets& sets) {
    IdCounts counts;
    for (size_t i = 0; i < kPopulationCounts; ++i) {
      counts.internal[i] = sets.internal[i].size();
      counts.external[i] = sets.external[i].size();
    }
    return counts;
  };
  const auto population = CountPopulation(Fleet().source(), kNow);
  ASSERT_TRUE(population.ok()) << population.status().message();
  EXPECT_EQ(population->all, counted(all));
  ASSERT_EQ(population->builds.size(), builds.size());
  for (const BuildPopulation& build : population->builds) {
    EXPECT_EQ(build.ids, counted(builds[build.build])) << build.build;
  }
  EXPECT_EQ(population->builds.front().build, "9");
  EXPECT_EQ(population->builds.back().build, "22.04");

  ASSERT_EQ(population->estimates[0].window, days(7));
  std::vector<int64_t> lives;
  std::array<uint64_t, 2> fresh{};
  for (const auto& [id, times] : seen) {
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    if (*first > kNow - days(7)) ++fresh[id.second ? 1 : 0];
    if (*first >= kNow - days(18) && *last <= kNow - days(3))
      lives.push_back((*last - *first).count());
  }
  EXPECT_EQ(population->estimates[0].new_internal, fresh[0]);
  EXPECT_EQ(population->estimates[0].new_external, fresh[1]);
  EXPECT_EQ(population->lives.ids, lives.size());
}

// A fleet that behaves as its clients do: an id lives for 3 days, beginning at a time of its own.
std::vector<Record> Heartbeats(size_t machines, days span, hours interval) {
  std::mt19937_64 random(3);
  std::vector<Record> records;
  for (size_t machine = 0; machine < machines; ++machine) {
    const seconds phase(random() % (3 * 86'400));
    for (seconds at(random() % 3'600); at < span; at += interval) {
      Record record = SomeRecord();
      record.classification = "org.clearlinux/heartbeat/ping";
      record.external = machine % 4 == 0;
      record.machine_id =
          std::to_string(machine) + "-" + std::to_string((at + phase).count() / (3 * 86'400));
      record.capture = record.reception = kNow - span + at;
      records.push_back(std::move(record));
    }
  }
  std::sort(records.begin(), records.end(),
            [](const Record& a, const Record& b) { return a.reception < b.reception; });
  return records;
}

TEST(PopulationTest, TheEstimateFindsTheTrueMachinesWhereDistinctIdsCountThemSeveralTimes) {
  for (const hours interval : {hours(4), hours(24)}) {
    RecordFleet fleet;
    fleet.Add(Heartbeats(2'000, days(20), interval));
    const auto population = CountPopulation(fleet.source(), kNow);
    ASSERT_TRUE(population.ok());
    EXPECT_GT(population->all.internal[2], 1'500u * 5 / 2) << "distinct ids of 7 days";
    for (const PopulationEstimate& estimate : population->estimates) {
      EXPECT_TRUE(estimate.is_known);
      EXPECT_NEAR(static_cast<double>(estimate.internal), 1'500, 45) << interval.count();
      EXPECT_NEAR(static_cast<double>(estimate.external), 500, 25) << interval.count();
    }
    EXPECT_GT(population->lives.ids, 5'000u);
    EXPECT_LE(population->lives.most, days(3));
    EXPECT_GE(population->lives.median, days(3) - 2 * interval);
  }
}

TEST(PopulationTest, WithoutEnoughOfThePastThereIsNoEstimate) {
  RecordFleet fleet;
  fleet.Add(Heartbeats(10, days(12), hours(6)));
  const auto population = CountPopulation(fleet.source(), kNow);
  ASSERT_TRUE(population.ok());
  EXPECT_TRUE(population->estimates[0].is_known);
  EXPECT_FALSE(population->estimates[1].is_known);
  EXPECT_EQ(population->estimates[1].internal, 0u);
}

TEST(ViewsTest, MachineChecksOfThisYearAreCountedByWeekClassBuildMachineAndStatus) {
  const UnixSeconds from = Month::FromYearMonth(2026, 1).Start();
  std::map<std::string, uint64_t> builds;
  std::map<std::string, uint64_t> machines;
  std::map<std::string, uint64_t> statuses;
  std::map<Week, std::array<uint64_t, 4>> weeks;
  std::array<uint64_t, 4> classes{};
  uint64_t records = 0;
  for (const Record& record : Fleet().all()) {
    const auto* const found =
        std::find(kMachineCheckClasses.begin(), kMachineCheckClasses.end(), record.classification);
    if (found == kMachineCheckClasses.end()) continue;
    if (record.capture < from || record.capture > kNow) continue;
    const auto index = static_cast<size_t>(found - kMachineCheckClasses.begin());
    ++records;
    ++classes[index];
    ++weeks[Week::Of(Day::Of(record.capture))][index];
    ++builds[record.build];
    ++machines[record.machine_id];
    ++statuses[MachineCheckStatus(record.payload).value_or("")];
  }
  const uint64_t without = statuses[""];
  statuses.erase("");
  const auto checks = CountMachineChecks(Fleet().source(), from, kNow, 1'000);
  ASSERT_TRUE(checks.ok()) << checks.status().message();
  EXPECT_EQ(checks->records, records);
  EXPECT_EQ(checks->classes, classes);
  EXPECT_EQ(checks->builds, ByCount(builds));
  EXPECT_EQ(checks->machines, ByCount(machines));
  EXPECT_EQ(checks->machine_count, machines.size());
  EXPECT_EQ(checks->statuses, ByCount(statuses));
  EXPECT_EQ(checks->without_status, without);
  EXPECT_GT(without, 0u);
  std::vector<MachineCheckWeek> expected;
  for (Week week = weeks.begin()->first; week <= weeks.rbegin()->first; ++week.number) {
    expected.push_back({week, weeks[week]});
  }
  EXPECT_EQ(checks->weeks, expected);
  const auto top = CountMachineChecks(Fleet().source(), from, kNow, 3);
  ASSERT_TRUE(top.ok());
  EXPECT_EQ(top->machines.size(), 3u);
  EXPECT_EQ(top->machines[0].records, ByCount(machines)[0].records);
  EXPECT_EQ(top->machine_count, machines.size());
}

TEST(ViewsTest, ThermalEventsAreCountedByWeek) {
  const Week last = Week::Of(Day::Of(kNow));
  std::vector<ThermalWeek> expected;
  for (uint32_t week = last.number - 4; week <= last.number; ++week) {
    std::set<std::string> machines;
    ThermalWeek one{{week}};
    for (const Record& record : Fleet().all()) {
      if (record.classification != kThermalClass || record.capture > kNow) continue;
      if (Week::Of(Day::Of(record.capture)).number != week) continue;
      ++one.records;
      machines.insert(record.machine_id);
    }
    one.machines = machines.size();
    expected.push_back(one);
  }
  const auto weeks = CountThermal(Fleet().source(), kNow, 5);
  ASSERT_TRUE(weeks.ok()) << weeks.status().message();
  EXPECT_EQ(*weeks, expected);
  EXPECT_GT(expected[1].records, 0u);
}

// The names, and how many records of today and before.
std::vector<std::string> SpikesOf(const RecordFleet& fleet) {
  const auto found = FindSpikes(fleet.source(), kNow);
  EXPECT_TRUE(found.ok()) << found.status().message();
  std::vector<std::string> lines;
  if (!found.ok()) return lines;
  for (const Spike& spike : found->spikes) {
    lines.push_back(spike.classification + " " + std::to_string(spike.records) + " of " +
                    std::to_string(spike.machines) + ", " + std::to_string(spike.records_before) +
                    " in " + std::to_string(found->days_before));
  }
  return lines;
}

// `today` records of a class within the last 24 hours, and `before` on each of the days before.
std::vector<Record> SpikeRecords(const std::string& classification, size_t today, size_t before,
                                 size_t machines, size_t days_before) {
  std::vector<Record> records;
  for (size_t day = days_before; day <= days_before; --day) {
    for (size_t i = 0; i < (day == 0 ? today : before); ++i) {
      Record record = SomeRecord();
      record.classification = classification;
      record.machine_id = "m" + std::to_string(i % machines);
      record.reception = kNow - days(day + 1) + seconds(1 + i);
      record.capture = UnixSeconds();  // what machines say of the time does not count
      records.push_back(record);
    }
  }
  return records;
}

void AddSorted(RecordFleet& fleet, std::vector<std::vector<Record>> parts) {
  std::vector<Record> all;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(),
                   [](const Record& a, const Record& b) { return a.reception < b.reception; });
  fleet.Add(std::move(all));
}

TEST(SpikesTest, AClassThatWasRareAndIsFrequentIsNamedAndNoOther) {
  RecordFleet fleet;
  AddSorted(fleet,
            {SpikeRecords("a/usual/x", 100, 100, 9, 20), SpikeRecords("a/new/x", 20, 0, 2, 20),
             SpikeRecords("a/few/x", 19, 0, 2, 20), SpikeRecords("a/one/x", 500, 0, 1, 20),
             SpikeRecords("a/ten/x", 40, 4, 5, 20), SpikeRecords("a/nine/x", 39, 4, 5, 20),
             SpikeRecords("a/most/x", 300, 1, 30, 20)});
  EXPECT_THAT(SpikesOf(fleet),
              ElementsAre("a/most/x 300 of 30, 14 in 14", "a/ten/x 40 of 5, 56 in 14",
                          "a/new/x 20 of 2, 0 in 14"));
}

TEST(SpikesTest, AYoungStoreComparesWithTheDaysThatItHasAndWithFewerThanThreeWithNone) {
  RecordFleet young;
  AddSorted(young,
            {SpikeRecords("a/usual/x", 100, 100, 9, 4), SpikeRecords("a/new/x", 50, 1, 2, 4)});
  EXPECT_THAT(SpikesOf(young), ElementsAre("a/new/x 50 of 2, 4 in 3"));
  RecordFleet newborn;
  AddSorted(newborn, {SpikeRecords("a/new/x", 50, 0, 2, 2), SpikeRecords("a/usual/x", 9, 9, 2, 2)});
  EXPECT_THAT(SpikesOf(newborn), IsEmpty());
}

TEST(ViewsTest, AnEmptyStoreHasEmptyViews) {
  const RecordFleet fleet;
  const Source source = fleet.source();
  EXPECT_THAT(CountByBuild(source)->builds, IsEmpty());
  EXPECT_THAT(CountPopulation(source, kNow)->builds, IsEmpty());
  EXPECT_EQ(CountMachineChecks(source, UnixSeconds(), kNow, 10)->records, 0u);
  EXPECT_EQ(CountThermal(source, kNow, 5)->size(), 5u);
  EXPECT_THAT(FindSpikes(source, kNow)->spikes, IsEmpty());
}

TEST(ViewsTest, AStopEndsTheMakingOfAView) {
  std::stop_source stop;
  stop.request_stop();
  Source source = Fleet().source();
  source.stop = stop.get_token();
  EXPECT_EQ(CountByBuild(source).status().code(), Code::kUnavailable);
  EXPECT_EQ(CountPopulation(source, kNow).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::records
