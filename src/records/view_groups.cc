#include "records/view_groups.h"

#include <iterator>

#include "base/background.h"
#include "base/hash.h"
#include "parse/utf8.h"
#include "storage/record_groups.h"

namespace rollcall::records {
namespace {

using storage::RecordColumn;

// Part of the hash: another rule is another number.
constexpr int kRule = 1;
constexpr size_t kMostTextBytes = size_t{1} << 20;  // of a block

// Where the values of a field are. A row each, in the order of Field.
struct FieldPlace {
  std::string Record::*text;  // null: the field is a number
  std::optional<RecordColumn> column;
};
constexpr FieldPlace kFieldPlaces[] = {{&Record::classification, RecordColumn::kClassification},
                                       {nullptr, RecordColumn::kSeverity},
                                       {&Record::build, RecordColumn::kBuild},
                                       {&Record::machine_id, std::nullopt},
                                       {nullptr, RecordColumn::kExternal},
                                       {&Record::arch, std::nullopt},
                                       {&Record::host_type, RecordColumn::kHostType},
                                       {&Record::kernel_version, std::nullopt},
                                       {&Record::system_name, RecordColumn::kSystem},
                                       {&Record::board_name, std::nullopt},
                                       {&Record::cpu_model, std::nullopt},
                                       {&Record::bios_version, std::nullopt}};
static_assert(std::size(kFieldPlaces) == std::size(kFieldNames));

const FieldPlace& PlaceOf(Field field) { return kFieldPlaces[static_cast<size_t>(field)]; }

const char* ExternalText(bool is_external) { return is_external ? "external" : "internal"; }

// Of a field that is a number.
std::string TextOfNumber(Field field, uint64_t value) {
  return field == Field::kExternal ? ExternalText(value != 0) : std::to_string(value);
}

std::string Cut(std::string_view text) { return std::string(CutUtf8(text, kMostGroupBytes)); }

}  // namespace

std::optional<RecordColumn> GroupColumnOf(const ViewDeclaration& view) {
  return view.capture ? std::nullopt : PlaceOf(view.by).column;
}

bool ReadsRecords(const ViewDeclaration& view) {
  return !GroupColumnOf(view) || view.filter.NeedsPayload() || !view.filter.machine_id.empty();
}

uint64_t GroupsHashOf(const ViewDeclaration& view) {
  const RecordFilter& filter = view.filter;
  const auto text = [](const std::optional<PayloadPattern>& pattern) {
    return pattern ? "/" + pattern->text() : "";
  };
  std::string all;
  for (const std::string& part :
       {std::to_string(kRule), filter.classification, std::to_string(filter.is_exact),
        std::to_string(filter.severity), filter.build, filter.machine_id, filter.system_name,
        filter.external ? std::string(ExternalText(*filter.external)) : "", text(filter.payload),
        text(filter.not_payload), std::string(kFieldNames[static_cast<size_t>(view.by)]),
        text(view.capture)}) {
    all += std::to_string(part.size()) + ' ' + part;
  }
  return HashBytes(all, 0).low;
}

Result<std::string> ViewGroups::TextOf(uint64_t value) {
  if (PlaceOf(view_.by).text == nullptr) return TextOfNumber(view_.by, value);
  const Result<std::string_view> word = texts_.Of(value);
  if (!word.ok()) return word.status();
  return Cut(*word);
}

Result<std::optional<std::string>> ViewGroups::GroupOf(const storage::RecordScan& scan,
                                                       size_t slot) {
  const Result<Record> record = scan.Read(scan.IdOf(slot));
  if (!record.ok()) return record.status();
  if (filter_.NeedsRecord() && !filter_.Passes(*record)) return std::optional<std::string>();
  if (view_.capture) {
    const auto captured = view_.capture->Capture(record->payload);
    return captured ? std::optional(Cut(*captured)) : std::nullopt;
  }
  if (const auto text = PlaceOf(view_.by).text) return std::optional(Cut((*record).*text));
  const uint64_t number = view_.by == Field::kExternal ? record->external : record->severity;
  return std::optional(TextOfNumber(view_.by, number));
}

Result<bool> GroupMaker::Continue(const Source& source, const storage::RecordScan& scan,
                                  std::chrono::steady_clock::time_point end) {
  Result<SlotFilter> filter = SlotFilter::Make(source, view_.filter);
  if (!filter.ok()) return filter.status();
  storage::BlockBits slots = scan.present();
  slots.KeepOnly(storage::BlockBits::FirstOf(left_));
  ROLLCALL_RETURN_IF_ERROR(filter->Keep(scan, slots));
  ViewGroups groups(source, view_, *filter);
  Status status;
  bool is_through = true;
  slots.ForEachBackwards([&](size_t slot) {
    MakeWay();
    const auto group = groups.GroupOf(scan, slot);
    if (!group.ok()) {
      status = group.status();
      return false;
    }
    left_ = slot;
    if (*group) {
      const auto [number, is_new] = numbers_.try_emplace(**group, texts_.size() + 1);
      if (is_new) {
        texts_.push_back(**group);
        text_bytes_ += texts_.back().size();
      }
      of_slots_[slot] = number->second;
    }
    if (source.stop.stop_requested()) status = Status::Unavailable("stopped");
    is_through = std::chrono::steady_clock::now() < end;
    return is_through && status.ok() && text_bytes_ <= kMostTextBytes;
  });
  ROLLCALL_RETURN_IF_ERROR(status);
  return is_through || left_ == 0 || text_bytes_ > kMostTextBytes;
}

std::optional<std::string> GroupMaker::Row() const {
  if (text_bytes_ > kMostTextBytes) return std::nullopt;
  return storage::EncodeRecordGroups(texts_, of_slots_);
}

}  // namespace rollcall::records
