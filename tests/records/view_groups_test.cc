// Groups of declared views that are kept: what a view says with them is what it says without.
#include "records/view_groups.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "metrics/registry.h"
#include "records/declared_view.h"
#include "records/group_keeper.h"
#include "records/record_views.h"
#include "storage/keys.h"
#include "tests/records/record_fleet.h"
#include "tests/support/manual_clock.h"

namespace rollcall::records {
namespace {

using storage::kRecordsOfBlock;
using storage::RecordGroupsKey;
using storage::Table;

PayloadPattern PatternOf(const std::string& text) { return PayloadPattern::Make(text).value(); }

std::vector<ViewDeclaration> Views() {
  ViewDeclaration kernels;
  kernels.name = "kernels";
  kernels.by = Field::kKernelVersion;
  kernels.per = ViewDeclaration::Per::kBuild;
  kernels.counts_machines = true;
  ViewDeclaration units;
  units.name = "units";
  units.capture = PatternOf("unit (\\d+) failed");
  units.filter.not_payload = PatternOf("unit 3 ");
  ViewDeclaration severities;
  severities.name = "severities";
  severities.by = Field::kSeverity;
  severities.per = ViewDeclaration::Per::kWeek;
  severities.filter.payload = PatternOf("unit");
  severities.filter.external = true;
  ViewDeclaration columns;  // which reads no record
  columns.name = "columns";
  columns.by = Field::kClassification;
  std::vector<ViewDeclaration> views{kernels, units, severities, columns};
  for (ViewDeclaration& view : views) view.days = 60;
  return views;
}

class ViewGroupsTest : public ::testing::Test {
 protected:
  ViewGroupsTest() {
    fleet_.Add(RandomRecords(kRecordsOfBlock + 3'000, 4));
    Declare(Views());
    StartKeeper();
  }

  void Declare(std::vector<ViewDeclaration> views) { views_.Declare({std::move(views), {}}); }
  void StartKeeper() {
    keeper_ = std::make_unique<GroupKeeper>(fleet_.stores(), views_, clock_, registry_);
  }
  // Returns how many groups are missing after it.
  int64_t Run(std::chrono::milliseconds budget = std::chrono::hours(1)) {
    const Status status = keeper_->Run(budget, {});
    EXPECT_TRUE(status.ok()) << status.message();
    return registry_.GetGauge("rollcall_record_groups_missing", "").value();
  }
  DeclaredTable Compute(const ViewDeclaration& view) {
    auto table = ComputeView(fleet_.source(), view, kNow, std::chrono::minutes(5));
    EXPECT_TRUE(table.ok()) << table.status().message();
    EXPECT_FALSE(table->read_back_to);
    return std::move(table).value();
  }
  static std::string TextOf(const DeclaredTable& table) {
    std::string text;
    for (const std::string& column : table.columns) text += column + " ";
    const auto add = [&text](const DeclaredRow& row) {
      text += "\n" + row.value + ": " + std::to_string(row.total);
      for (const uint64_t count : row.counts) text += " " + std::to_string(count);
    };
    for (const DeclaredRow& row : table.rows) add(row);
    if (table.other) add(*table.other);
    return text + "\n" + std::to_string(table.groups);
  }
  std::vector<std::string> ComputeAll() {
    std::vector<std::string> texts;
    for (const ViewDeclaration& view : Views()) texts.push_back(TextOf(Compute(view)));
    return texts;
  }
  std::map<RecordGroupsKey, std::string> Rows() {
    std::map<RecordGroupsKey, std::string> rows;
    storage::Scan scan = fleet_.stores().store().NewScan(Table::kRecordGroups, "", "");
    for (; scan.Valid(); scan.Next()) {
      rows.emplace(storage::DecodeRecordGroupsKey(scan.key()).value(), scan.value());
    }
    return rows;
  }
  template <typename Change>
  void Commit(Change change) {
    storage::Transaction transaction(fleet_.stores().store());
    change(transaction);
    EXPECT_TRUE(transaction.Commit().ok());
  }
  void Remove(uint64_t block, size_t slots) {
    Commit([&](storage::Transaction& transaction) {
      const auto bits = storage::BlockBits::FirstOf(slots);
      EXPECT_TRUE(fleet_.stores().records().Remove(block, bits, transaction).ok());
    });
  }

  RecordFleet fleet_;
  test::ManualClock clock_{kNow};
  metrics::Registry registry_;
  RecordViews views_{fleet_.stores(), clock_, {}};
  std::unique_ptr<GroupKeeper> keeper_;
};

TEST_F(ViewGroupsTest, AViewSaysTheSameWithGroupsAndReadsNoRecordOfTheirBlocks) {
  const std::vector<std::string> before = ComputeAll();
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(Rows().size(), 3u) << "of a full block, and of views that read records";
  Commit([](storage::Transaction& transaction) {
    transaction.DeleteRange(Table::kRecords, storage::EncodeKey(storage::IdAt(0, 0)),
                            storage::EncodeKey(storage::IdAt(1, 0)));
  });
  EXPECT_EQ(ComputeAll(), before);
}

TEST_F(ViewGroupsTest, GroupsAreMadeAsTimeAllowsTheNewestBlocksFirst) {
  fleet_.Add(RandomRecords(kRecordsOfBlock, 5));
  EXPECT_EQ(Run(std::chrono::milliseconds(0)), 6);
  EXPECT_TRUE(Rows().empty());
  // A block takes several runs.
  int64_t missing = 6;
  size_t runs = 0;
  for (; missing > 0; ++runs) {
    const int64_t left = Run(std::chrono::milliseconds(20));
    ASSERT_LE(left, missing);
    missing = left;
    if (!Rows().empty() && Rows().size() <= 3) {
      EXPECT_EQ(Rows().begin()->first.block, 1u);
    }
  }
  EXPECT_GT(runs, 6u);
  const std::vector<std::string> said = ComputeAll();
  Commit([](storage::Transaction& transaction) {
    transaction.DeleteRange(Table::kRecordGroups, "", std::string(9, '\xff'));
  });
  EXPECT_EQ(ComputeAll(), said);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(keeper_->Run(std::chrono::hours(1), stop.get_token()).ok());
}

TEST_F(ViewGroupsTest, ARecordThatIsDeletedTakesTheGroupsOfItsBlockWithIt) {
  EXPECT_EQ(Run(), 0);
  const auto before = Rows();
  Remove(0, 10'000);
  EXPECT_TRUE(Rows().empty());
  const std::vector<std::string> by_records = ComputeAll();
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(Rows().size(), 3u);
  EXPECT_NE(Rows(), before);
  EXPECT_EQ(ComputeAll(), by_records);
  Remove(0, kRecordsOfBlock);
  EXPECT_EQ(Run(), 0);
  EXPECT_TRUE(Rows().empty()) << "a block without any record";
}

TEST_F(ViewGroupsTest, GroupsOfABlockThatHasChangedMeanwhileAreNotWritten) {
  const storage::RecordsView view = fleet_.stores().records().View();
  storage::Records& records = fleet_.stores().records();
  const std::string row = storage::EncodeRecordGroups({}, std::vector<uint64_t>(kRecordsOfBlock));
  EXPECT_TRUE(*records.WriteGroups(view.full->at(0), 1, row));
  EXPECT_EQ(Rows().size(), 1u);
  Remove(0, 1);
  EXPECT_FALSE(*records.WriteGroups(view.full->at(0), 1, row));
  EXPECT_TRUE(Rows().empty());
}

TEST_F(ViewGroupsTest, WhatIsNotDeclaredAnyMoreIsDeleted) {
  EXPECT_EQ(Run(), 0);
  std::vector<ViewDeclaration> views = Views();
  views.erase(views.begin());
  views[0].title = "Another title, and the same groups";
  const auto before = Rows();
  Declare(views);
  EXPECT_EQ(Run(), 0);
  const auto after = Rows();
  EXPECT_EQ(after.size(), 2u);
  for (const auto& [key, row] : after) EXPECT_EQ(before.at(key), row);
  EXPECT_FALSE(after.contains({0, GroupsHashOf(Views()[0])}));
}

TEST_F(ViewGroupsTest, AStartFindsWhatThereIsAndMakesWhatIsDamagedAgain) {
  EXPECT_EQ(Run(), 0);
  const auto before = Rows();
  const std::vector<std::string> said = ComputeAll();
  StartKeeper();
  EXPECT_EQ(Run(std::chrono::milliseconds(0)), 0);
  Commit([&](storage::Transaction& transaction) {
    transaction.Put(Table::kRecordGroups, EncodeKey(before.begin()->first), "?");
  });
  EXPECT_EQ(ComputeAll(), said) << "by the records themselves";
  StartKeeper();
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(Rows(), before);
}

TEST_F(ViewGroupsTest, ARecordThatCannotBeReadKeepsItsBlockWithoutGroupsAndNoOther) {
  fleet_.Add(RandomRecords(kRecordsOfBlock, 5));
  const RecordId damaged = storage::IdAt(1, 7);
  Commit([&](storage::Transaction& transaction) {
    transaction.Put(Table::kRecords, storage::EncodeKey(damaged), "?");
  });
  const Status first = keeper_->Run(std::chrono::hours(1), {});
  EXPECT_EQ(first.code(), Code::kDataLoss);
  EXPECT_NE(first.message().find("record " + std::to_string(damaged.value)), std::string::npos)
      << first.message();
  const size_t made = Rows().size();
  EXPECT_GE(made, 3u);
  EXPECT_LT(made, 6u);
  EXPECT_EQ(Run(), static_cast<int64_t>(6 - made)) << "and it is not tried again at once";
}

TEST_F(ViewGroupsTest, TextsThatAreTooManyAreNotKept) {
  ViewDeclaration payloads;
  payloads.name = "payloads";
  payloads.days = 60;
  payloads.capture = PatternOf("(?s)(.*)");
  RecordFleet fleet;
  std::vector<Record> records(kRecordsOfBlock, SomeRecord());
  for (size_t i = 0; i < records.size(); ++i)
    records[i].payload = std::to_string(i) + std::string(90, 'x');
  fleet.Add(std::move(records));
  RecordViews views(fleet.stores(), clock_, {{payloads}, {}});
  GroupKeeper keeper(fleet.stores(), views, clock_, registry_);
  EXPECT_TRUE(keeper.Run(std::chrono::hours(1), {}).ok());
  EXPECT_EQ(registry_.GetGauge("rollcall_record_groups_missing", "").value(), 0);
  EXPECT_FALSE(fleet.stores().store().NewScan(Table::kRecordGroups, "", "").Valid());
}

using ViewGroupsMeanwhileTest = ViewGroupsTest;

TEST_F(ViewGroupsMeanwhileTest, GroupsAreMadeWhileViewsAreAskedForAndRecordsAreDeleted) {
  constexpr size_t kRemovals = 6;
  std::atomic<bool> ended{false};
  std::jthread keeping([&] {
    while (!ended) EXPECT_TRUE(keeper_->Run(std::chrono::milliseconds(50), {}).ok());
  });
  std::jthread asking([&] {
    const ViewDeclaration view = Views()[0];
    while (!ended) {
      // Of one moment: the machines of all builds are no more than the records that there were.
      const Source source = fleet_.source();
      const auto table = ComputeView(source, view, kNow, std::chrono::minutes(5));
      EXPECT_TRUE(table.ok());
      uint64_t most = source.view.filling.head.count;
      for (const storage::BlockHead& head : *source.view.full) most += head.count;
      uint64_t total = 0;
      for (const DeclaredRow& row : table->rows) total += row.total;
      EXPECT_LE(total, most);
    }
  });
  for (size_t i = 1; i <= kRemovals; ++i) {
    while (Rows().empty()) std::this_thread::yield();
    Remove(0, i * 1'000);
    Declare(i % 2 == 0 ? Views() : std::vector<ViewDeclaration>{Views()[0]});
  }
  ended = true;
  keeping.join();
  asking.join();
  Declare(Views());
  EXPECT_EQ(Run(), 0);
  const std::vector<std::string> said = ComputeAll();
  Commit([](storage::Transaction& transaction) {
    transaction.DeleteRange(Table::kRecordGroups, "", std::string(9, '\xff'));
  });
  EXPECT_EQ(ComputeAll(), said);
}

TEST(GroupsHash, IsOfAllThatDecidesAboutAGroup) {
  std::set<uint64_t> hashes;
  ViewDeclaration view;
  const auto add = [&] { EXPECT_TRUE(hashes.insert(GroupsHashOf(view)).second); };
  add();
  view.filter.classification = "a";
  add();
  view.filter.is_exact = true;
  add();
  view.filter.severity = 2;
  add();
  view.filter.build = "a";
  add();
  view.filter.machine_id = "a";
  add();
  view.filter.system_name = "a";
  add();
  view.filter.external = false;
  add();
  view.filter.external = true;
  add();
  view.filter.payload = PatternOf("a");
  add();
  std::swap(view.filter.payload, view.filter.not_payload);
  add();
  view.by = Field::kArch;
  add();
  view.capture = PatternOf("(a)");
  add();
  view.days = 3;
  view.top = 3;
  view.per = ViewDeclaration::Per::kWeek;
  view.counts_machines = true;
  EXPECT_FALSE(hashes.insert(GroupsHashOf(view)).second);
}

}  // namespace
}  // namespace rollcall::records
