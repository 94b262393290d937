// The format of an import: lines of text, or series as JSON lines. Pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace rollcall::ingest {

enum class ImportFormat {
  kAuto,       // whichever the first bytes show
  kText,       // Prometheus' text format with timestamps
  kJsonLines,  // as VictoriaMetrics' /api/v1/export writes them
};

// Reads "auto", "text" or "jsonl"; returns nullopt for anything else.
std::optional<ImportFormat> ParseImportFormat(std::string_view name);

// Returns the format of input that begins with these bytes, kText or kJsonLines. Returns nullopt if
// it needs more of them, which never happens with kMaxDetectBytes. Text too may begin with a brace
// and a quoted name, but only in JSON does a colon follow the name.
std::optional<ImportFormat> DetectImportFormat(std::string_view start);
inline constexpr size_t kMaxDetectBytes = 4096;

}  // namespace rollcall::ingest
