// Pages of records by random filters, and declared views, against plain loops over the same
// records.
#include "records/record_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "records/declared_view.h"
#include "records/week.h"
#include "tests/records/record_fleet.h"
#include "tests/support/rounds.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

const RecordFleet& ListedFleet() {
  static const RecordFleet& fleet = NewRandomFleet(140'000, 5);
  return fleet;
}

PayloadPattern Pattern(const char* text) { return PayloadPattern::Make(text).value(); }

bool Passes(const Record& record, const RecordFilter& filter) {
  const std::string& asked = filter.classification;
  if (asked.ends_with('*')) {
    if (record.classification.compare(0, asked.size() - 1, asked, 0, asked.size() - 1) != 0) {
      return false;
    }
  } else if (!asked.empty() && record.classification != asked) {
    return false;
  }
  const auto found = [&](const PayloadPattern& pattern) {
    return std::regex_search(record.payload, std::regex(pattern.text()));
  };
  return (filter.severity == 0 || record.severity == filter.severity) &&
         (filter.build.empty() || record.build == filter.build) &&
         (filter.machine_id.empty() || record.machine_id == filter.machine_id) &&
         (filter.system_name.empty() || record.system_name == filter.system_name) &&
         (!filter.external || record.external == *filter.external) &&
         (!filter.captured_from || record.capture >= *filter.captured_from) &&
         (!filter.captured_before || record.capture < *filter.captured_before) &&
         (!filter.payload || found(*filter.payload)) &&
         (!filter.not_payload || !found(*filter.not_payload));
}

std::vector<uint64_t> IdsOf(const std::vector<Record>& records) {
  std::vector<uint64_t> ids;
  for (const Record& record : records) ids.push_back(record.id.value);
  return ids;
}

RecordFilter RandomFilter(std::mt19937_64& random) {
  const auto one_in = [&](size_t n) { return random() % n == 0; };
  const std::vector<std::string> classes{"org.clearlinux/kernel/*", "org.clearlinux/crash/clr",
                                         "org.clearlinux/*", "no/such/class", "no/*"};
  const std::vector<std::string> builds{"41000", "41090", "0041090", "1"};
  RecordFilter filter;
  if (one_in(2)) filter.classification = classes[random() % classes.size()];
  if (one_in(3)) filter.severity = static_cast<uint8_t>(random() % 4 + 1);
  if (one_in(4)) filter.build = builds[random() % builds.size()];
  if (one_in(4)) filter.machine_id = "machine" + std::to_string(random() % 400);
  if (one_in(4)) filter.system_name = one_in(5) ? "none" : "debian";
  if (one_in(3)) filter.external = one_in(2);
  if (one_in(3)) filter.captured_from = kNow - days(random() % 50);
  if (one_in(3)) filter.captured_before = kNow - days(random() % 50);
  if (one_in(4)) filter.payload = Pattern(one_in(2) ? "main\\(\\)" : "unit 1[01]? ");
  if (one_in(4)) filter.not_payload = Pattern("abort|failed");
  return filter;
}

TEST(RecordListTest, EveryFilterGivesTheRecordsThatAPlainLoopGives) {
  std::mt19937_64 random(11);
  size_t with_records = 0;
  for (int i = 0; i < test::Rounds(60); ++i) {
    RecordListRequest request{RandomFilter(random)};
    request.limit = random() % 200 + 1;
    request.patience = std::chrono::minutes(5);
    if (random() % 3 == 0) request.filter.below = RecordId{random() % 140'000 + 1};
    std::vector<uint64_t> expected;
    bool has_more = false;
    for (size_t at = ListedFleet().all().size(); at-- > 0 && !has_more;) {
      const Record& record = ListedFleet().all()[at];
      if (request.filter.below && record.id >= *request.filter.below) continue;
      if (!Passes(record, request.filter)) continue;
      has_more = expected.size() == request.limit;
      if (!has_more) expected.push_back(record.id.value);
    }
    const auto page = ListRecords(ListedFleet().source().records, request);
    ASSERT_TRUE(page.ok()) << page.status().message();
    EXPECT_EQ(IdsOf(page->records), expected) << i;
    EXPECT_EQ(page->next.has_value(), has_more) << i;
    with_records += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(with_records, static_cast<size_t>(test::Rounds(20)));
}

TEST(RecordListTest, ABeginningThatManyClassificationsHaveIsFoundToo) {
  RecordFleet fleet;
  std::vector<Record> records;
  for (size_t i = 0; i < 1'000; ++i) {
    records.push_back(SomeRecord());
    records.back().classification = (i % 2 == 0 ? "a/b/" : "x/y/") + std::to_string(i);
  }
  fleet.Add(std::move(records));
  RecordListRequest request;
  request.filter.classification = "a/*";
  request.limit = 1'000;
  const auto page = ListRecords(fleet.source().records, request);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->records.size(), 500u);
  for (const Record& record : page->records) EXPECT_EQ(record.classification.substr(0, 2), "a/");
}

TEST(RecordListTest, PagesGoThroughAllRecordsOnce) {
  RecordListRequest request;
  request.filter.classification = "org.clearlinux/mce/*";
  request.filter.payload = Pattern("STATUS 12");
  request.limit = 100;
  std::vector<uint64_t> ids;
  while (true) {
    const auto page = ListRecords(ListedFleet().source().records, request);
    ASSERT_TRUE(page.ok());
    for (const uint64_t id : IdsOf(page->records)) ids.push_back(id);
    if (!page->next) break;
    request.filter.below = *page->next;
  }
  std::vector<uint64_t> expected;
  for (size_t at = ListedFleet().all().size(); at-- > 0;) {
    if (Passes(ListedFleet().all()[at], request.filter)) {
      expected.push_back(ListedFleet().all()[at].id.value);
    }
  }
  EXPECT_EQ(ids, expected);
}

TEST(RecordListTest, APageIsWholeRecords) {
  const auto page = ListRecords(ListedFleet().source().records, {.filter = {}, .limit = 3});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(page->records[i], ListedFleet().all()[ListedFleet().all().size() - 1 - i]);
  }
}

TEST(RecordListTest, WhenPatienceEndsTheNextPageGoesOnFromThere) {
  RecordListRequest request;
  request.filter.payload = Pattern("nowhere to be found");
  request.patience = std::chrono::milliseconds(0);
  const auto page = ListRecords(ListedFleet().source().records, request);
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->records, IsEmpty());
  EXPECT_TRUE(page->ended_early);
  EXPECT_EQ(page->next, (RecordId{ListedFleet().all().back().id.value + 1}));
}

// What a view must say, counted with sets.
DeclaredTable BruteForce(const ViewDeclaration& view) {
  std::map<std::string, std::map<uint32_t, std::set<std::string>>> machines;
  std::map<std::string, std::map<uint32_t, uint64_t>> records;
  std::set<uint32_t> builds;
  const uint32_t first = Day::Of(kNow - days(view.days - 1)).number;
  const auto group = [&](const Record& record) -> std::optional<std::string> {
    if (view.capture) {
      std::smatch match;
      if (!std::regex_search(record.payload, match, std::regex(view.capture->text()))) return {};
      return match[1];
    }
    switch (view.by) {
      case Field::kClassification:
        return record.classification;
      case Field::kSeverity:
        return std::to_string(record.severity);
      case Field::kBuild:
        return record.build;
      case Field::kMachineId:
        return record.machine_id;
      case Field::kExternal:
        return record.external ? "external" : "internal";
      case Field::kHostType:
        return record.host_type;
      case Field::kKernelVersion:
        return record.kernel_version;
      default:
        return record.system_name;
    }
  };
  for (const Record& record : ListedFleet().all()) {
    if (record.capture > kNow || Day::Of(record.capture).number < first) continue;
    if (!Passes(record, view.filter)) continue;
    const uint32_t day = Day::Of(record.capture).number;
    uint32_t place = view.per == ViewDeclaration::Per::kDay ? day : Week::Of(Day{day}).number;
    if (view.per == ViewDeclaration::Per::kBuild) {
      if (record.build.find('.') != std::string::npos) continue;
      place = static_cast<uint32_t>(std::stoul(record.build));
      if (group(record)) builds.insert(place);
    }
    if (const auto value = group(record)) {
      machines[*value][place].insert(record.machine_id);
      ++records[*value][place];
    }
  }
  DeclaredTable table;
  std::vector<uint32_t> places;
  if (view.per == ViewDeclaration::Per::kBuild) {
    places.assign(builds.begin(), builds.end());
    for (const uint32_t place : places) table.columns.push_back(std::to_string(place));
  } else {
    for (uint32_t day = first; day <= Day::Of(kNow).number; ++day) {
      const bool is_week = view.per == ViewDeclaration::Per::kWeek;
      const uint32_t place = is_week ? Week::Of(Day{day}).number : day;
      if (!places.empty() && places.back() == place) continue;
      places.push_back(place);
      table.columns.push_back(is_week ? Week{place}.ToString() : Day{place}.ToString());
    }
  }
  for (auto& [value, by_place] : records) {
    DeclaredRow row{value, 0, {}};
    std::set<std::string> all;
    for (const uint32_t place : places) {
      const auto& ids = machines[value][place];
      all.insert(ids.begin(), ids.end());
      row.counts.push_back(view.counts_machines ? ids.size() : by_place[place]);
      row.total += row.counts.back();
    }
    if (view.counts_machines && view.per != ViewDeclaration::Per::kBuild) row.total = all.size();
    table.rows.push_back(std::move(row));
  }
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [](const auto& a, const auto& b) { return a.total > b.total; });
  table.groups = table.rows.size();
  for (size_t i = view.top; i < table.rows.size(); ++i) {
    if (!table.other) table.other = DeclaredRow{"", 0, std::vector<uint64_t>(places.size())};
    table.other->total += table.rows[i].total;
    for (size_t c = 0; c < places.size(); ++c) table.other->counts[c] += table.rows[i].counts[c];
  }
  if (table.rows.size() > view.top) table.rows.resize(view.top);
  return table;
}

TEST(DeclaredViewTest, EveryGroupingAndStepCountsWhatAPlainLoopCounts) {
  for (const Field by :
       {Field::kClassification, Field::kSeverity, Field::kBuild, Field::kMachineId,
        Field::kExternal, Field::kHostType, Field::kKernelVersion, Field::kSystemName}) {
    for (const auto per :
         {ViewDeclaration::Per::kDay, ViewDeclaration::Per::kWeek, ViewDeclaration::Per::kBuild}) {
      for (const bool machines : {false, true}) {
        ViewDeclaration view;
        view.by = by;
        view.per = per;
        view.counts_machines = machines;
        view.days = 12;
        view.top = 5;
        // Only some are read as a whole: that is slow.
        if (by == Field::kMachineId || by == Field::kKernelVersion) {
          view.filter.classification = "org.clearlinux/mce/*";
        }
        const auto table = ComputeView(ListedFleet().source(), view, kNow, std::chrono::minutes(5));
        ASSERT_TRUE(table.ok()) << table.status().message();
        const DeclaredTable expected = BruteForce(view);
        EXPECT_EQ(table->columns, expected.columns);
        EXPECT_EQ(table->rows, expected.rows) << static_cast<int>(by) << static_cast<int>(per);
        EXPECT_EQ(table->other, expected.other);
        EXPECT_EQ(table->groups, expected.groups);
        EXPECT_FALSE(table->read_back_to);
      }
    }
  }
}

TEST(DeclaredViewTest, ACaptureOfThePayloadMakesGroupsAndTheRestDoesNotCount) {
  ViewDeclaration view;
  view.capture = Pattern("unit (\\d+) failed");
  view.filter.classification = "org.clearlinux/hello/*";
  view.filter.not_payload = Pattern("unit 3 ");
  view.per = ViewDeclaration::Per::kWeek;
  view.days = 30;
  const auto table = ComputeView(ListedFleet().source(), view, kNow, std::chrono::minutes(5));
  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ(table->rows, BruteForce(view).rows);
  EXPECT_EQ(table->rows.size(), 11u);
  view.capture = Pattern("nowhere (x)");
  EXPECT_THAT(ComputeView(ListedFleet().source(), view, kNow)->rows, IsEmpty());
}

TEST(DeclaredViewTest, WhenPatienceEndsItSaysHowFarItWasRead) {
  ViewDeclaration view;
  view.capture = Pattern("(x)");
  const auto table = ComputeView(ListedFleet().source(), view, kNow, std::chrono::milliseconds(0));
  ASSERT_TRUE(table.ok());
  ASSERT_TRUE(table->read_back_to);
  EXPECT_GT(*table->read_back_to, kNow - days(1));
}

TEST(DeclaredViewTest, OfManyBuildsTheNewestAreColumns) {
  RecordFleet fleet;
  std::vector<Record> records;
  for (size_t i = 0; i < kMostBuildColumns + 5; ++i) {
    records.push_back(SomeRecord());
    records.back().build = std::to_string(100 + i);
  }
  fleet.Add(std::move(records));
  ViewDeclaration view;
  view.per = ViewDeclaration::Per::kBuild;
  const auto table = ComputeView(fleet.source(), view, kNow);
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->columns.size(), kMostBuildColumns);
  EXPECT_EQ(table->columns.front(), "105");
  EXPECT_EQ(table->columns.back(), "124");
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0].total, kMostBuildColumns);
}

}  // namespace
}  // namespace rollcall::records
