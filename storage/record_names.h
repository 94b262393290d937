// The names of the numbers in kMeta that concern records; storage/FORMAT.md. For those files that
// implement Records.
#pragma once

#include <string_view>

namespace rollcall::storage {

inline constexpr std::string_view kLastRecord = "last_record";
inline constexpr std::string_view kRecordsDroppedBefore = "records_dropped_before";
inline constexpr std::string_view kRecordTextsKept = "record_texts_kept";
inline constexpr std::string_view kRecordsImportedFrom = "records_imported_from";

}  // namespace rollcall::storage
