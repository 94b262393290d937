// In which form history comes: lines of text, or series as JSON lines. Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace rollcall::ingest {

enum class ImportFormat {
  kAuto,       // whichever its first bytes show
  kText,       // Prometheus' text format with timestamps
  kJsonLines,  // as VictoriaMetrics' /api/v1/export writes them
};

// "auto", "text" or "jsonl"; nullopt: anything else.
std::optional<ImportFormat> ParseImportFormat(std::string_view name);

// The form that begins with these bytes, kText or kJsonLines; nullopt: more of them are needed,
// which is never so of kMaxDetectBytes. Text may begin with a brace and a name in quotes too; but
// only in JSON does a colon follow that.
std::optional<ImportFormat> DetectImportFormat(std::string_view start);
inline constexpr size_t kMaxDetectBytes = 4096;

}  // namespace rollcall::ingest
