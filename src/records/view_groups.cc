#include "records/view_groups.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/background.h"
#include "base/hash.h"
#include "storage/record_groups.h"

namespace rollcall::records {
namespace {

using storage::RecordColumn;

// Part of the hash: another rule is another number.
constexpr int kRule = 1;
constexpr size_t kMostTextBytes = size_t{1} << 20;  // of a block
constexpr size_t kRecordsPerCheck = 256;

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
  if (view_.by == Field::kExternal) return std::string(ExternalText(value != 0));
  if (view_.by == Field::kSeverity) return std::to_string(value);
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
  if (view_.by == Field::kExternal)
    return std::optional<std::string>(ExternalText(record->external));
  if (view_.by == Field::kSeverity) return std::optional(std::to_string(record->severity));
  return std::optional(Cut(FieldOf(*record, view_.by)));
}

Result<std::optional<std::string>> MakeGroups(const Source& source, const ViewDeclaration& view,
                                              const storage::RecordScan& scan) {
  const Result<SlotFilter> made = SlotFilter::Make(source, view.filter);
  if (!made.ok()) return made.status();
  SlotFilter filter = *made;
  storage::BlockBits slots = scan.present();
  ROLLCALL_RETURN_IF_ERROR(filter.Keep(scan, slots));
  ViewGroups groups(source, view, filter);
  std::vector<std::string> texts;
  std::unordered_map<std::string, uint64_t> numbers;  // by text
  std::vector<uint64_t> of_slots(storage::kRecordsOfBlock);
  Status status;
  size_t text_bytes = 0;
  size_t read = 0;
  slots.ForEachBackwards([&](size_t slot) {
    MakeWay();
    if (read++ % kRecordsPerCheck == 0 && source.stop.stop_requested()) {
      status = Status::Unavailable("stopped");
      return false;
    }
    const auto group = groups.GroupOf(scan, slot);
    if (!group.ok()) {
      status = group.status();
      return false;
    }
    if (!*group) return true;
    const auto [number, is_new] = numbers.try_emplace(**group, texts.size() + 1);
    if (is_new) {
      texts.push_back(**group);
      text_bytes += texts.back().size();
    }
    of_slots[slot] = number->second;
    return text_bytes <= kMostTextBytes;
  });
  ROLLCALL_RETURN_IF_ERROR(status);
  if (text_bytes > kMostTextBytes) return std::optional<std::string>();
  return std::optional(storage::EncodeRecordGroups(texts, of_slots));
}

}  // namespace rollcall::records
