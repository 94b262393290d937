#include "api/record_export.h"

#include "api/record_json.h"
#include "storage/record_row.h"

namespace rollcall::api {
namespace {

constexpr size_t kExportPieceBytes = 256 * 1024;

}  // namespace

RecordExport::RecordExport(const storage::Records& records)
    : records_(records),
      snapshot_(records.store().TakeSnapshot()),
      rows_(records.store().NewScan(storage::Table::kRecords, storage::EncodeKey(records.first()),
                                    "", &snapshot_)) {}

Result<bool> RecordExport::Next(std::string& out) {
  for (; rows_.Valid() && out.size() < kExportPieceBytes; rows_.Next()) {
    const auto id = storage::DecodeRecordKey(rows_.key());
    if (!id) return Status::DataLoss("read records: not a key");
    const Result<Record> record = records_.Decode(*id, rows_.value(), &snapshot_);
    if (!record.ok()) return record.status();
    AppendRecordJson(*record, out, RecordJson::kWhole);
    out += '\n';
  }
  ROLLCALL_RETURN_IF_ERROR(rows_.status());
  return rows_.Valid();
}

}  // namespace rollcall::api
