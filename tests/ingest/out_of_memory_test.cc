// What becomes of a report when memory ends: operator new of this program fails when it is told to.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include "tests/support/intake.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

// Of the thread that sets it: how many allocations work before one fails. Negative: all work.
thread_local int64_t allocations_left = -1;
// Of every thread: the sizes that fail, both inclusive.
std::atomic<size_t> fails_from{std::numeric_limits<size_t>::max()};
std::atomic<size_t> fails_to{0};
std::atomic<size_t> failures{0};

void* Allocate(size_t bytes) {
  bool fails = bytes >= fails_from && bytes <= fails_to;
  if (allocations_left >= 0) fails |= allocations_left-- == 0;
  void* const memory = fails ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) {
    ++failures;
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace
}  // namespace rollcall::test

// GCC sees std::malloc and std::free through these where it has inlined one and not the other.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(size_t bytes) { return rollcall::test::Allocate(bytes); }
void* operator new[](size_t bytes) { return rollcall::test::Allocate(bytes); }
// The library's own call the first; a sanitizer's do not.
void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return rollcall::test::Allocate(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](size_t bytes, const std::nothrow_t& nothrow) noexcept {
  return operator new(bytes, nothrow);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace rollcall::test {
namespace {

std::string ManyLines(int lines, size_t label_bytes) {
  std::string body;
  for (int i = 0; i < lines; ++i) {
    body += "m{n=\"" + std::to_string(i) + std::string(label_bytes, 'x') + "\"} 1\n";
  }
  return body;
}

TEST(OutOfMemory, WhereverAReportIsPreparedItsSenderIsToldToComeAgainAndNothingOfItIsStored) {
  Harness rollcall;
  const std::string body = ManyLines(40, 30);
  int refused = 0;
  bool taken = false;
  for (int64_t works = 0; !taken; ++works) {
    const ingest::Intake& intake = CozystackIntake();
    const std::string id = "c" + std::to_string(works);
    Status status;
    std::string copy = body;
    {
      std::atomic<bool> answered{false};
      Status* const to = &status;
      SourceId source = SourceId::Parse(id).value();
      ingest::Done done = [to, &answered](const Status& how) {
        *to = how;
        answered = true;
        answered.notify_all();
      };
      allocations_left = works;
      rollcall.ingester().Ingest(intake, std::move(source), std::move(copy), std::nullopt,
                                 std::move(done));
      allocations_left = -1;
      answered.wait(false);
    }
    taken = status.ok();
    if (taken) break;
    ++refused;
    ASSERT_EQ(status.code(), Code::kUnavailable) << works << ": " << status.message();
    ASSERT_EQ(rollcall.Stored(id), "");
    ASSERT_LT(works, 10'000);
  }
  EXPECT_GT(refused, 3);
  EXPECT_TRUE(rollcall.Report("other", body).ok());
  EXPECT_EQ(rollcall.Verify(), "");
}

// What a report needs grows with it; what RocksDB takes for itself, a megabyte and more, is there.
TEST(OutOfMemory, WhereOneReportNeedsMoreThanThereIsItIsRefusedAndTheOthersAreTaken) {
  Harness rollcall;
  ASSERT_TRUE(rollcall.Report("small", "a 1\n").ok());
  const std::string large = ManyLines(1500, 200);
  failures = 0;
  fails_to = 900'000;
  fails_from = 400'000;  // more than the body, which the front has taken
  const Status refused = rollcall.Report("large", large);
  const Status taken = rollcall.Report("small", "a 2\n");
  fails_from = std::numeric_limits<size_t>::max();
  EXPECT_EQ(refused.code(), Code::kUnavailable) << refused.message();
  EXPECT_GT(failures, 0u);
  EXPECT_TRUE(taken.ok()) << taken.message();
  EXPECT_EQ(rollcall.Stored("large"), "");
  EXPECT_TRUE(rollcall.Report("large", large).ok());
  EXPECT_EQ(rollcall.Verify(), "");
}

}  // namespace
}  // namespace rollcall::test
