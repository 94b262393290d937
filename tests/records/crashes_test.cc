// Crashes of random records are counted as plain loops over the same records count them.
#include "records/crashes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "parse/crash_report.h"
#include "parse/function_name.h"
#include "tests/records/record_fleet.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const RecordFleet& CrashFleet() {
  static const RecordFleet& fleet = NewRandomFleet(150'000, 2);
  return fleet;
}

const std::vector<CrashFrameName> kFilter{{"abort()", "libc.so.6"},
                                          {"raise()", "libc.so.6"},
                                          {"app::run(int)", "app"},
                                          {"???", "kernel"}};

// The guilty frame of a record by the contract's words; "" where there is none.
CrashFrameName Guilty(const Record& record, const std::vector<CrashFrameName>& filter) {
  const CrashReport report = ReadCrashReport(record.payload);
  std::vector<FrameKind> kinds;
  for (const CrashFrame& frame : report.frames) {
    const CrashFrameName name{ReadableFunction(frame.function), std::string(frame.module)};
    const bool filtered = std::find(filter.begin(), filter.end(), name) != filter.end();
    kinds.push_back(filtered ? FrameKind::kFiltered : KindOf(frame.function));
  }
  const auto guilty = FindGuilty(kinds);
  if (!guilty) return {};
  return {ReadableFunction(report.frames[*guilty].function),
          std::string(report.frames[*guilty].module)};
}

std::optional<uint32_t> Number(const std::string& build) {
  if (build.empty() || build.find_first_not_of("0123456789") != std::string::npos) return {};
  const unsigned long number = std::stoul(build);
  if (number < 10 || number > 100'000) return {};
  return static_cast<uint32_t>(number);
}

bool IsThisWeek(const Record& record) {
  return record.capture > kNow - days(7) && record.capture <= kNow;
}

// What is said of a frame, in one line.
std::string Line(const GuiltyCrashes& guilty) {
  std::string line = guilty.frame.function + " in " + guilty.frame.module + ": " +
                     std::to_string(guilty.crashes) + " on " + std::to_string(guilty.machines);
  for (const uint64_t crashes : guilty.by_build) line += " " + std::to_string(crashes);
  line += " from " + FormatRfc3339(guilty.first_seen) + " to " + FormatRfc3339(guilty.last_seen);
  if (guilty.new_in) line += " new in " + std::to_string(*guilty.new_in);
  if (guilty.gone_in) line += " gone in " + std::to_string(*guilty.gone_in);
  return line;
}

struct Counted {
  std::vector<CrashBuild> builds;
  std::vector<std::string> lines;
  uint64_t crashes = 0;
  uint64_t without = 0;
};

Counted BruteForce(const std::vector<Record>& all, const std::vector<CrashFrameName>& filter) {
  std::set<uint32_t> of_week;
  for (const Record& record : all) {
    if (IsCrashClass(record.classification) && IsThisWeek(record) && Number(record.build)) {
      of_week.insert(*Number(record.build));
    }
  }
  Counted counted;
  for (auto it = of_week.rbegin(); it != of_week.rend() && counted.builds.size() < 8; ++it) {
    std::set<std::pair<std::string, uint32_t>> machine_days;
    CrashBuild build{*it};
    for (const Record& record : all) {
      if (!IsThisWeek(record) || Number(record.build) != *it) continue;
      machine_days.insert({record.machine_id, Day::Of(record.capture).number});
      if (IsCrashClass(record.classification)) ++build.crashes;
    }
    build.machine_days = machine_days.size();
    counted.builds.push_back(build);
  }
  struct Frame {
    GuiltyCrashes guilty;
    std::set<std::string> machines;
    std::set<uint32_t> ever;
  };
  std::map<CrashFrameName, Frame> frames;
  for (const Record& record : all) {
    if (!IsCrashClass(record.classification) || record.capture > kNow) continue;
    const CrashFrameName name = Guilty(record, filter);
    Frame& frame = frames[name];
    const bool is_first = frame.guilty.first_seen == UnixSeconds() && frame.guilty.frame != name;
    frame.guilty.frame = name;
    if (is_first || record.capture < frame.guilty.first_seen)
      frame.guilty.first_seen = record.capture;
    frame.guilty.last_seen = std::max(frame.guilty.last_seen, record.capture);
    const auto build = Number(record.build);
    if (!build) continue;
    frame.ever.insert(*build);
    for (size_t i = 0; i < counted.builds.size(); ++i) {
      if (!IsThisWeek(record) || counted.builds[i].build != *build) continue;
      ++counted.crashes;
      if (name.function.empty()) ++counted.without;
      frame.guilty.by_build.resize(counted.builds.size());
      ++frame.guilty.by_build[i];
      ++frame.guilty.crashes;
      frame.machines.insert(record.machine_id);
    }
  }
  std::vector<GuiltyCrashes> order;
  for (auto& [name, frame] : frames) {
    if (name.function.empty() || frame.guilty.crashes == 0) continue;
    frame.guilty.machines = frame.machines.size();
    double below = 0;
    double with = 0;
    double above = 0;
    uint32_t next = 0;
    for (const CrashBuild& build : counted.builds) {
      const auto machine_days = static_cast<double>(build.machine_days);
      if (build.build < *frame.ever.begin()) {
        below += machine_days;
      } else if (build.build > *frame.ever.rbegin()) {
        above += machine_days;
        next = build.build;
      } else {
        with += machine_days;
      }
    }
    const double rate = static_cast<double>(frame.guilty.crashes) / with;
    if (rate * below >= 3) frame.guilty.new_in = *frame.ever.begin();
    if (rate * above >= 3) frame.guilty.gone_in = next;
    order.push_back(frame.guilty);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.crashes > b.crashes; });
  for (const GuiltyCrashes& guilty : order) counted.lines.push_back(Line(guilty));
  return counted;
}

TEST(CrashesTest, TheGuiltyOfTheLastWeekAreCountedByBuildWithTheirHistory) {
  for (const std::vector<CrashFrameName>& filter : {kFilter, std::vector<CrashFrameName>()}) {
    GuiltyTable table{FrameFilter(filter)};
    const auto crashes = CountCrashes(CrashFleet().source(), {kNow, 1'000}, table);
    ASSERT_TRUE(crashes.ok()) << crashes.status().message();
    const Counted expected = BruteForce(CrashFleet().all(), filter);
    EXPECT_EQ(crashes->builds, expected.builds);
    EXPECT_EQ(crashes->crashes, expected.crashes);
    EXPECT_EQ(crashes->without_guilty, expected.without);
    std::vector<std::string> lines;
    for (const GuiltyCrashes& guilty : crashes->guilties) lines.push_back(Line(guilty));
    EXPECT_EQ(lines, expected.lines);
    EXPECT_EQ(crashes->builds.size(), 8u);
    EXPECT_GT(expected.without, 0u);
    const auto says = [&](const std::string& words) {
      return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(words) != std::string::npos;
      });
    };
    EXPECT_TRUE(says("start()")) << "the fleet has it on new builds";
    EXPECT_TRUE(says("new in 41070"));
    EXPECT_TRUE(says("gone in 41040"));
  }
}

TEST(CrashesTest, OnlyTheTopIsListedAndHiddenFramesOnRequest) {
  GuiltyTable table{FrameFilter(kFilter)};
  const auto all = CountCrashes(CrashFleet().source(), {kNow, 1'000}, table);
  ASSERT_TRUE(all.ok());
  const GuiltyCrashes& first = all->guilties[0];
  CrashesRequest request{kNow, 2};
  request.notes[first.frame] = {"known, see the tracker", true};
  const auto hidden = CountCrashes(CrashFleet().source(), request, table);
  ASSERT_TRUE(hidden.ok());
  ASSERT_EQ(hidden->guilties.size(), 2u);
  EXPECT_EQ(hidden->guilties[0].frame, all->guilties[1].frame);
  EXPECT_EQ(hidden->hidden, first.crashes);
  EXPECT_EQ(hidden->crashes, all->crashes);
  request.with_hidden = true;
  const auto shown = CountCrashes(CrashFleet().source(), request, table);
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->guilties[0].frame, first.frame);
  EXPECT_EQ(shown->guilties[0].note.comment, "known, see the tracker");
  EXPECT_TRUE(shown->guilties[0].note.hidden);
}

TEST(CrashesTest, TheStacksOfAFrameAreListedWithTheNewestRecordOfEach) {
  GuiltyTable table{FrameFilter(kFilter)};
  const CrashFrameName frame{"main()", "app"};
  for (const std::optional<uint32_t> build : {std::optional<uint32_t>(), std::optional(41090u)}) {
    struct Stack {
      uint64_t crashes = 0;
      std::set<std::string> machines;
      UnixSeconds first = UnixSeconds::max();
      UnixSeconds last = UnixSeconds::min();
      RecordId newest;
    };
    std::map<std::string, Stack> expected;
    for (const Record& record : CrashFleet().all()) {
      if (!IsCrashClass(record.classification) || Guilty(record, kFilter) != frame) continue;
      const bool is_of_build = record.build == "41090" || record.build == "0041090";
      if (build && !is_of_build) continue;
      Stack& stack = expected[PackCrashStack(ReadCrashReport(record.payload))];
      ++stack.crashes;
      stack.machines.insert(record.machine_id);
      stack.first = std::min(stack.first, record.capture);
      stack.last = std::max(stack.last, record.capture);
      stack.newest = record.id;
    }
    const auto listed = ListBacktraces(CrashFleet().source(), frame, build, 100'000, table);
    ASSERT_TRUE(listed.ok()) << listed.status().message();
    EXPECT_EQ(listed->others, 0u);
    ASSERT_EQ(listed->backtraces.size(), expected.size());
    ASSERT_GT(expected.size(), 20u);
    for (const Backtrace& backtrace : listed->backtraces) {
      const Stack& stack = expected[*backtrace.bytes];
      EXPECT_EQ(backtrace.crashes, stack.crashes);
      EXPECT_EQ(backtrace.machines, stack.machines.size());
      EXPECT_EQ(backtrace.first_seen, stack.first);
      EXPECT_EQ(backtrace.last_seen, stack.last);
      EXPECT_EQ(backtrace.newest, stack.newest);
      ASSERT_TRUE(backtrace.guilty);
      EXPECT_EQ(ReadableFunction(backtrace.stack.frames[*backtrace.guilty].function),
                frame.function);
    }
    const auto few = ListBacktraces(CrashFleet().source(), frame, build, 7, table);
    ASSERT_TRUE(few.ok());
    EXPECT_EQ(few->others, expected.size() - 7);
    ASSERT_EQ(few->backtraces.size(), 7u);
    EXPECT_GE(few->backtraces[0].crashes, few->backtraces[6].crashes);
  }
}

TEST(CrashesTest, APreviewSaysWhatAnotherListChanges) {
  GuiltyTable before{FrameFilter()};
  GuiltyTable after{FrameFilter(kFilter)};
  std::map<std::pair<CrashFrameName, CrashFrameName>, uint64_t> expected;
  uint64_t crashes = 0;
  uint64_t changed = 0;
  for (const Record& record : CrashFleet().all()) {
    if (!IsCrashClass(record.classification) || !IsThisWeek(record)) continue;
    ++crashes;
    const CrashFrameName one = Guilty(record, {});
    const CrashFrameName other = Guilty(record, kFilter);
    if (one == other) continue;
    ++changed;
    ++expected[{one, other}];
  }
  const auto preview = PreviewFilter(CrashFleet().source(), kNow, 1'000, before, after);
  ASSERT_TRUE(preview.ok()) << preview.status().message();
  EXPECT_EQ(preview->crashes, crashes);
  EXPECT_EQ(preview->changed, changed);
  ASSERT_EQ(preview->changes.size(), expected.size());
  for (const GuiltyChange& change : preview->changes) {
    EXPECT_EQ(change.crashes, (expected[{change.before, change.after}]));
  }
  EXPECT_GE(preview->changes[0].crashes, preview->changes[1].crashes);
  const auto few = PreviewFilter(CrashFleet().source(), kNow, 1, before, after);
  ASSERT_TRUE(few.ok());
  EXPECT_EQ(few->changes.size(), 1u);
  EXPECT_EQ(few->changed, changed);
  const auto same = PreviewFilter(CrashFleet().source(), kNow, 10, after, after);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->changed, 0u);
}

TEST(GuiltyTableTest, AFrameIsFilteredUnderItsNameAsSentOrAsRead) {
  const CrashReport report =
      ReadCrashReport("#0 _ZN3app3runEi() - [app]\n#1 main() - [app]\n#2 main() - [lib]\n");
  const auto guilty = [&](std::vector<CrashFrameName> frames) {
    return GuiltyOf(report, FrameFilter(frames)).function;
  };
  EXPECT_EQ(guilty({}), "app::run(int)");
  EXPECT_EQ(guilty({{"app::run(int)", "app"}}), "main()");
  EXPECT_EQ(guilty({{"_ZN3app3runEi()", "app"}}), "main()");
  EXPECT_EQ(guilty({{"app::run(int)", "lib"}}), "app::run(int)");
}

TEST(GuiltyTableTest, SomebodyWhoMakesUpFramesGetsAllOfThemAsOne) {
  RecordFleet fleet;
  std::vector<Record> records;
  for (size_t i = 0; i < GuiltyTable::kMostGuilties + 100; ++i) {
    Record record = SomeRecord();
    record.classification = "org.clearlinux/crash/clr";
    record.payload = "#0 made_up_" + std::to_string(i) + "() - [x]\n";
    records.push_back(std::move(record));
  }
  fleet.Add(std::move(records));
  GuiltyTable table{FrameFilter()};
  const auto crashes = CountCrashes(fleet.source(), {kNow, 10}, table);
  ASSERT_TRUE(crashes.ok()) << crashes.status().message();
  EXPECT_EQ(crashes->guilties[0].frame, GuiltyTable::kOtherFrames);
  EXPECT_EQ(crashes->guilties[0].crashes, 100u);
  EXPECT_EQ(crashes->guilties[1].crashes, 1u);
}

}  // namespace
}  // namespace rollcall::records
