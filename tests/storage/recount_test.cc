// Old tallies, whose reports retention has taken, outlive a damage around them.
#include "storage/recount.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>

#include "storage/period_ledger.h"
#include "storage/retention.h"
#include "storage/store_files.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/log_capture.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr uint32_t kFirstDay = 20'000;
constexpr int kDays = 60;

class RecountTest : public rollcall::test::StoreTest {
 protected:
  // Tallies of 60 days, of the first 40 of which the reports are not kept any more.
  RecountTest() {
    for (int i = 0; i < kDays; ++i) {
      const PeriodLedger::Cut cut = stores().periods().Begin(KeyOf(i));
      EXPECT_TRUE(*stores().periods().Finish(cut, PeriodHead(), RowsOf(i)));
    }
    EXPECT_TRUE(DropChunksBefore(store(), DayOf(40)).ok());
    EXPECT_TRUE(store().Compact().ok());
    Close();
  }

  static Day DayOf(int i) { return Day{kFirstDay + static_cast<uint32_t>(i)}; }
  static PeriodKey KeyOf(int i) { return {Period::Of(DayOf(i)), {1}}; }
  // Some KiB that cannot be packed.
  static TallyRows RowsOf(int i) {
    TallyRows rows;
    uint64_t random = static_cast<uint64_t>(i) + 1;
    for (uint32_t metric = 1; metric <= 50; ++metric) {
      std::string row(100, '\0');
      for (char& c : row) {
        c = static_cast<char>((random = random * 6364136223846793005u + 1) >> 56);
      }
      rows[EncodeKey(TallyKey{{metric}, ""})] = row;
    }
    return rows;
  }
  // 'w': all rows of the day are there, '-': none is, '!': anything else.
  std::string Days() {
    std::string days;
    for (int i = 0; i < kDays; ++i) {
      TallyRows rows;
      bool has_head = false;
      const KeyRange range = RangeOf(KeyOf(i));
      Scan scan = store().NewScan(Table::kPeriods, range.begin, range.end);
      for (; scan.Valid(); scan.Next()) {
        has_head |= scan.key() == range.begin;
        if (scan.key() != range.begin) {
          rows[std::string(scan.key().substr(range.begin.size()))] = scan.value();
        }
      }
      EXPECT_TRUE(scan.status().ok());
      days += !has_head && rows.empty() ? '-' : has_head && rows == RowsOf(i) ? 'w' : '!';
    }
    return days;
  }
  std::string FileOfPeriods() const {
    const auto check = CheckFiles(directory());
    for (const auto& [id, family] : check->manifest->families) {
      if (family.name == "periods") {
        EXPECT_EQ(family.files.size(), 1U);
        return PathOf(directory(), TableName(family.files.begin()->first));
      }
    }
    return {};
  }
};

TEST_F(RecountTest, StaysWhereEveryRowOfItCanBeReadAndTheRestIsDropped) {
  const std::string path = FileOfPeriods();
  const auto size = static_cast<std::streamoff>(fs::file_size(path));
  {
    // In a block of one of the first 40 days.
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(size / 4);
    file << "damage";
  }
  const rollcall::test::LogCapture log;
  Open();
  EXPECT_THAT(log.text(), HasSubstr("periods counted anew"));
  const std::string days = Days();
  EXPECT_EQ(days.substr(40), std::string(20, '-'));
  const std::string old = days.substr(0, 40);
  const auto lost = std::count(old.begin(), old.end(), '-');
  EXPECT_GE(lost, 1) << old;
  EXPECT_LE(lost, 8) << old;
  EXPECT_EQ(old.find('!'), std::string::npos) << old;
  EXPECT_EQ(old.find_last_of('-') - old.find_first_of('-') + 1, static_cast<size_t>(lost)) << old;
  Reopen();
  EXPECT_EQ(Days(), days);
  // The file as it was is kept.
  bool is_kept = false;
  for (const auto& entry : fs::recursive_directory_iterator(directory())) {
    is_kept |= entry.path().filename() == fs::path(path).filename() &&
               entry.path().parent_path().filename().string().starts_with("damaged-");
  }
  EXPECT_TRUE(is_kept);
}

}  // namespace
}  // namespace rollcall::storage
