#include "records/spikes.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "records/word_texts.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

class Finder {
 public:
  Finder(const Source& source, UnixSeconds now)
      : source_(source), today_(now - kSpikeDay), now_(now) {}

  Result<Spikes> Find() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    UnixSeconds oldest = now_;
    const UnixSeconds before = today_ - days(kSpikeDaysBefore);
    while (NextBlock(source_, scan, status)) {
      oldest = std::min(oldest, scan.head().first_reception);
      if (scan.head().last_reception <= before) break;  // as are all older ones
      ROLLCALL_RETURN_IF_ERROR(AddBlock(scan, before));
    }
    ROLLCALL_RETURN_IF_ERROR(status);
    Spikes found;
    const auto known = std::max(std::chrono::floor<days>(today_ - oldest), days(0));
    found.days_before = std::min(static_cast<uint64_t>(known.count()), kSpikeDaysBefore);
    if (found.days_before >= kSpikeLeastDays) ROLLCALL_RETURN_IF_ERROR(Name(found));
    return found;
  }

 private:
  struct Class {
    uint64_t records = 0;
    uint64_t before = 0;
    std::unordered_set<uint64_t> machines;  // distinct ids
  };

  Status AddBlock(const storage::RecordScan& scan, UnixSeconds before) {
    ColumnView words;
    ColumnView receptions;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, words));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kReception, receptions));
    BlockBits earlier = scan.present();
    BlockBits recent = scan.present();
    receptions.KeepAbove(SecondsOf(today_), recent);
    receptions.KeepAbove(SecondsOf(before), earlier);
    earlier.RemoveAll(recent);
    ValueCounts counts;
    CountValues(words, earlier, counts);
    for (const auto& [ref, records] : counts) classes_[ref].before += records;
    if (!recent.Any()) return Status::Ok();
    ColumnView machines;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    recent.ForEach([&](size_t slot) {
      if (UnixSeconds(std::chrono::seconds(receptions[slot])) > now_) return;
      Class& one = classes_[words[slot]];
      ++one.records;
      one.machines.insert(machines[slot]);
    });
    return Status::Ok();
  }

  static uint64_t SecondsOf(UnixSeconds time) {
    return static_cast<uint64_t>(std::max<int64_t>(time.time_since_epoch().count(), 0));
  }

  Status Name(Spikes& found) {
    WordTexts texts(source_);
    for (const auto& [ref, one] : classes_) {
      const double usual = static_cast<double>(one.before) / static_cast<double>(found.days_before);
      if (one.records < kSpikeRecords || one.machines.size() < kSpikeMachines ||
          static_cast<double>(one.records) < kSpikeFactor * usual) {
        continue;
      }
      const Result<std::string_view> text = texts.Of(ref);
      if (!text.ok()) return text.status();
      found.spikes.push_back({std::string(*text), one.records, one.machines.size(), one.before});
    }
    std::sort(found.spikes.begin(), found.spikes.end(), [](const Spike& a, const Spike& b) {
      return a.records != b.records ? a.records > b.records : a.classification < b.classification;
    });
    return Status::Ok();
  }

  const Source& source_;
  const UnixSeconds today_;  // when the last 24 hours began
  const UnixSeconds now_;
  std::unordered_map<uint64_t, Class> classes_;
};

}  // namespace

Result<Spikes> FindSpikes(const Source& source, UnixSeconds now) {
  return Finder(source, now).Find();
}

}  // namespace rollcall::records
