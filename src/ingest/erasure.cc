#include "ingest/erasure.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "ingest/chunk_merge.h"
#include "ingest/month_replay.h"
#include "ingest/source_rows.h"
#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/purge.h"
#include "storage/retention.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {
namespace {

using storage::Table;

constexpr Day kLastDay{UINT32_MAX - 1};

class Eraser {
 public:
  Eraser(storage::Stores& stores, Ingester* ingester, const ErasureRequest& request)
      : stores_(stores), store_(stores.store()), ingester_(ingester), request_(request) {}

  Result<Erasure> Run() {
    storage::Transaction transaction(store_);
    const auto known = stores_.sources().Find(request_.fleet, request_.id);
    if (!known.ok()) return known.status();
    // One that only forwards has rows in the outbox alone.
    if (known->has_value()) source_ = (*known)->ref;
    ROLLCALL_RETURN_IF_ERROR(ReadBounds());
    ROLLCALL_RETURN_IF_ERROR(request_.report ? EraseReport(transaction) : EraseAll(transaction));
    if (transaction.empty()) return NothingHeld();
    if (ingester_ != nullptr) ingester_->Forget(request_.fleet, request_.id, transaction);
    ROLLCALL_RETURN_IF_ERROR(storage::AddPurge(store_, transaction));
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    return std::move(erasure_);
  }

 private:
  Status NothingHeld() const {
    const std::string& id = request_.id.text();
    if (!request_.report) return Status::NotFound(id + ": nothing is held of it");
    return Status::NotFound(id + ": no report of " + FormatRfc3339(*request_.report) + " is kept" +
                            (first_day_.number == 0
                                 ? ""
                                 : "; reports of before " + first_day_.ToString() + " are not"));
  }

  Status ReadBounds() {
    const Result<Day> day = storage::FirstWholeDay(store_, request_.fleet);
    if (!day.ok()) return day.status();
    first_day_ = *day;
    const Result<Month> month = storage::FirstWholeMonth(store_, request_.fleet);
    if (!month.ok()) return month.status();
    first_month_ = *month;
    return Status::Ok();
  }

  Status EraseAll(storage::Transaction& transaction) {
    if (source_.value != 0) {
      ROLLCALL_RETURN_IF_ERROR(ForEachDay(
          store_, request_.fleet, source_, {}, kLastDay,
          [&](Day day, std::string_view chunk) { return EraseDay(day, chunk, transaction); }));
      ROLLCALL_RETURN_IF_ERROR(
          ForEachMonth(store_, request_.fleet, source_, [&](Month month, std::string_view bytes) {
            return EraseMonth(month, bytes, transaction);
          }));
      stores_.sources().Remove(request_.fleet, request_.id, source_, transaction);
    }
    ROLLCALL_RETURN_IF_ERROR(
        EraseOutbox(UnixMilliseconds::min(), UnixMilliseconds::max(), transaction));
    DropWindows(transaction);
    return Status::Ok();
  }

  Status EraseOutbox(UnixMilliseconds from, UnixMilliseconds to,
                     storage::Transaction& transaction) {
    const auto count = stores_.outbox().CountOf(request_.fleet, request_.id.text());
    if (!count.ok()) return count.status();
    // So that a transaction that erases nothing is empty.
    if (source_.value == 0 && count->live + count->parked == 0) return Status::Ok();
    const auto erased =
        stores_.outbox().Erase(request_.fleet, request_.id.text(), from, to, transaction);
    if (!erased.ok()) return erased.status();
    erasure_.outbox_reports = erased->live;
    erasure_.parked_reports = erased->parked;
    return Status::Ok();
  }

  // What cannot be read of a damaged chunk goes with the rest.
  Status EraseDay(Day day, std::string_view chunk, storage::Transaction& transaction) {
    storage::ChunkReader reader(day, chunk);
    while (reader.Next()) Note(reader.time());
    const std::string key = KeyOf(day);
    AddToHash(key, chunk);
    transaction.Delete(Table::kChunks, key);
    stores_.periods().DropDay(day, request_.fleet, transaction);
    days_.insert(day);
    ++erasure_.days;
    return Status::Ok();
  }

  Status EraseMonth(Month month, std::string_view bytes, storage::Transaction& transaction) {
    uint32_t active_days = 0;
    storage::VisitPeaks(
        bytes, active_days, [](MetricRef, double) {}, [](MetricRef, LabelSetRef, double, bool) {});
    for (; active_days != 0; active_days &= active_days - 1) {
      const Day day{month.FirstDay().number + std::countr_zero(active_days)};
      if (!days_.contains(day)) ++erasure_.kept_days;
    }
    const std::string key = KeyOf(month);
    AddToHash(key, bytes);
    transaction.Delete(Table::kPeaks, key);
    erasure_.months.push_back(month);
    return Status::Ok();
  }

  Status EraseReport(storage::Transaction& transaction) {
    const Day day = Day::Of(*request_.report);
    if (source_.value == 0) return Status::Ok();
    const auto chunk = store_.Get(Table::kChunks, KeyOf(day));
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) return Status::Ok();
    auto reports = ReadInstants(day, **chunk);
    if (!reports.ok()) return reports.status();
    const size_t before = reports->instants.size();
    std::erase_if(reports->instants,
                  [&](const Instant& instant) { return instant.time == *request_.report; });
    if (reports->instants.size() == before) return Status::Ok();
    const Month month = Month::Of(day);
    if (month.FirstDay() < first_day_) {
      return Status::FailedPrecondition(
          "the peaks of " + month.ToString() + " cannot be worked out again: reports of before " +
          first_day_.ToString() +
          " are not kept; 'rollcall forget' without --report erases the "
          "installation as a whole");
    }
    for (size_t i = reports->instants.size(); i < before; ++i) Note(*request_.report);
    AddToHash(KeyOf(day), **chunk);
    if (reports->instants.empty()) {
      transaction.Delete(Table::kChunks, KeyOf(day));
    } else {
      transaction.Put(Table::kChunks, KeyOf(day), WriteInstants(day, reports->instants));
    }
    stores_.periods().DropDay(day, request_.fleet, transaction);
    ++erasure_.days;
    ROLLCALL_RETURN_IF_ERROR(Recount(month, day, *reports, transaction));
    const UnixMilliseconds from = *request_.report;
    ROLLCALL_RETURN_IF_ERROR(EraseOutbox(from, from + std::chrono::seconds(1), transaction));
    DropWindows(transaction);
    return Status::Ok();
  }

  // The peaks of the month, of which one day has other reports now.
  Status Recount(Month month, Day changed, const DayReports& reports,
                 storage::Transaction& transaction) {
    PeaksRow row;
    MonthReplay replay(month, row);
    for (Day day = month.FirstDay(); day <= month.LastDay(); ++day.number) {
      if (day == changed) {
        // A day without any is not one of the month's active days.
        if (!reports.instants.empty()) replay.Add(day, reports.instants);
        continue;
      }
      const auto chunk = store_.Get(Table::kChunks, KeyOf(day));
      if (!chunk.ok()) return chunk.status();
      if (!chunk->has_value()) continue;
      const auto others = ReadInstants(day, **chunk);
      if (!others.ok()) return others.status();
      replay.Add(day, others->instants);
    }
    const auto stored = store_.Get(Table::kPeaks, KeyOf(month));
    if (!stored.ok()) return stored.status();
    const std::string now = row.active_days == 0 ? "" : storage::EncodePeaks(row);
    if (stored->value_or("") == now) return Status::Ok();
    AddToHash(KeyOf(month), stored->value_or(""));
    if (now.empty()) {
      transaction.Delete(Table::kPeaks, KeyOf(month));
    } else {
      transaction.Put(Table::kPeaks, KeyOf(month), now);
    }
    erasure_.months.push_back(month);
    return Status::Ok();
  }

  // What was counted from the months that changed.
  void DropWindows(storage::Transaction& transaction) {
    std::set<Month> kept;
    for (const Month month : erasure_.months) {
      stores_.periods().DropWindows(month, request_.fleet, transaction, first_month_);
      for (int later = 0; later < kMaxWindowMonths; ++later) {
        const storage::WindowKey window{month.Plus(later), request_.fleet};
        if (!stores_.totals().Follows(window)) continue;
        if (Window{window.last, Span::kYear}.first() >= first_month_) {
          stores_.totals().Drop(window, transaction);
        } else {
          kept.insert(window.last);
        }
      }
    }
    erasure_.kept_windows.assign(kept.begin(), kept.end());
  }

  std::string KeyOf(Day day) const {
    return storage::EncodeKey(storage::ChunkKey{day, request_.fleet, source_});
  }
  std::string KeyOf(Month month) const {
    return storage::EncodeKey(storage::PeaksKey{month, request_.fleet, source_});
  }
  void Note(UnixSeconds time) {
    ++erasure_.reports;
    erasure_.first = std::min(erasure_.first.value_or(time), time);
    erasure_.last = std::max(erasure_.last.value_or(time), time);
  }
  void AddToHash(std::string_view key, std::string_view value) {
    std::string text;
    storage::PutBigEndian64(erasure_.hash.high, text);
    storage::PutBigEndian64(erasure_.hash.low, text);
    erasure_.hash = HashBytes(text.append(key).append(value), 0);
  }

  storage::Stores& stores_;
  storage::Store& store_;
  Ingester* const ingester_;
  const ErasureRequest& request_;
  SourceRef source_;  // 0: it has no rows but in the outbox
  Day first_day_;
  Month first_month_;
  std::set<Day> days_;  // whose chunks were erased
  Erasure erasure_;
};

}  // namespace

Result<Erasure> Erase(storage::Stores& stores, Ingester* ingester, const ErasureRequest& request) {
  return Eraser(stores, ingester, request).Run();
}

}  // namespace rollcall::ingest
