#include "records/view_groups.h"

#include <algorithm>

#include "base/background.h"
#include "base/hash.h"
#include "storage/record_groups.h"

namespace rollcall::records {
namespace {

using storage::RecordColumn;

// Part of the hash: another rule is another number.
constexpr int kRule = 1;
constexpr size_t kMostTextBytes = size_t{1} << 20;  // of a block

std::string_view FieldOf(const Record& record, Field field) {
  switch (field) {
    case Field::kClassification:
      return record.classification;
    case Field::kBuild:
      return record.build;
    case Field::kHostType:
      return record.host_type;
    case Field::kSystemName:
      return record.system_name;
    case Field::kMachineId:
      return record.machine_id;
    case Field::kArch:
      return record.arch;
    case Field::kKernelVersion:
      return record.kernel_version;
    case Field::kBoardName:
      return record.board_name;
    case Field::kCpuModel:
      return record.cpu_model;
    case Field::kBiosVersion:
      return record.bios_version;
    case Field::kSeverity:
    case Field::kExternal:
      break;
  }
  return {};
}

const char* ExternalText(bool is_external) { return is_external ? "external" : "internal"; }

// Of the fields that are numbers; nullopt: the field is a text.
std::optional<std::string> TextOfNumber(Field field, uint64_t value) {
  if (field == Field::kExternal) return ExternalText(value != 0);
  if (field == Field::kSeverity) return std::to_string(value);
  return std::nullopt;
}

// Not within a character.
std::string Cut(std::string_view text) {
  size_t end = std::min(text.size(), kMostGroupBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

std::optional<RecordColumn> GroupColumnOf(const ViewDeclaration& view) {
  if (view.capture) return std::nullopt;
  switch (view.by) {
    case Field::kClassification:
      return RecordColumn::kClassification;
    case Field::kSeverity:
      return RecordColumn::kSeverity;
    case Field::kBuild:
      return RecordColumn::kBuild;
    case Field::kExternal:
      return RecordColumn::kExternal;
    case Field::kHostType:
      return RecordColumn::kHostType;
    case Field::kSystemName:
      return RecordColumn::kSystem;
    default:
      return std::nullopt;
  }
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
  if (auto text = TextOfNumber(view_.by, value)) return *std::move(text);
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
  const uint64_t number = view_.by == Field::kExternal ? record->external : record->severity;
  if (auto text = TextOfNumber(view_.by, number)) return text;
  return std::optional(Cut(FieldOf(*record, view_.by)));
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
