// What records that come in bring to the views: the writer keeps the stack of a crash and the
// status of a machine check, so that no view reads a payload for them.
#include "records/record_stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "metrics/registry.h"
#include "records/crashes.h"
#include "records/machine_checks.h"
#include "records/record_writer.h"
#include "tests/records/record_fleet.h"
#include "tests/support/manual_clock.h"

namespace rollcall::records {
namespace {

TEST(RecordStackTest, CrashesAndMachineChecksHaveOneAndNothingElse) {
  Record record = SomeRecord();
  record.payload = "#0 f() - [m]\nSTATUS 8c00004000010090 MCGSTATUS 0";
  EXPECT_EQ(StackOf(record), "");
  record.classification = "org.clearlinux/mce/UCNA";
  EXPECT_EQ(StackOf(record), "00010090");
  record.classification = "org.clearlinux/kernel/bug";
  EXPECT_EQ(StackOf(record), "\n\nf()\nm\n");
  record.payload = "no frames";
  EXPECT_EQ(StackOf(record), "");
}

TEST(RecordStackTest, WhatTheWriterStoresIsInTheViews) {
  RecordFleet fleet;
  test::ManualClock clock(kNow);
  metrics::Registry registry;
  {
    RecordWriter writer(fleet.stores(), clock, registry);
    for (const auto& [classification, payload] :
         {std::pair("org.clearlinux/crash/clr", "#0 f() - [m]\n"),
          std::pair("org.clearlinux/mce/SRAO", "STATUS 12345678 MCGSTATUS")}) {
      Record record = SomeRecord();
      record.classification = classification;
      record.payload = payload;
      std::promise<Status> done;
      const Status queued = writer.Submit(
          record, [&done](const Status& status, const Record&) { done.set_value(status); });
      ASSERT_TRUE(queued.ok()) << queued.message();
      const Status stored = done.get_future().get();
      ASSERT_TRUE(stored.ok()) << stored.message();
    }
  }
  GuiltyTable table{FrameFilter()};
  const auto crashes = CountCrashes(fleet.source(), {kNow, 10}, table);
  ASSERT_TRUE(crashes.ok());
  ASSERT_EQ(crashes->guilties.size(), 1u);
  EXPECT_EQ(crashes->guilties[0].frame, (CrashFrameName{"f()", "m"}));
  const auto checks = CountMachineChecks(fleet.source(), UnixSeconds(), kNow, 10);
  ASSERT_TRUE(checks.ok());
  EXPECT_EQ(checks->statuses, (std::vector<WordCount>{{"12345678", 1}}));
}

}  // namespace
}  // namespace rollcall::records
