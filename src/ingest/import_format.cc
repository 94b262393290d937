#include "ingest/import_format.h"

namespace rollcall::ingest {
namespace {

// Returns the position of the first non-blank byte from `at` on, or npos.
size_t SkipBlanks(std::string_view text, size_t at) {
  return text.find_first_not_of(" \t\r\n", at);
}

// Returns the position after the string that opens at `at`, or npos.
size_t SkipString(std::string_view text, size_t at) {
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    i += text[i] == '\\';
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<ImportFormat> ParseImportFormat(std::string_view name) {
  if (name == "auto") return ImportFormat::kAuto;
  if (name == "text") return ImportFormat::kText;
  if (name == "jsonl") return ImportFormat::kJsonLines;
  return std::nullopt;
}

std::optional<ImportFormat> DetectImportFormat(std::string_view start) {
  constexpr size_t kNowhere = std::string_view::npos;
  const std::optional<ImportFormat> unknown =
      start.size() < kMaxDetectBytes ? std::nullopt : std::optional(ImportFormat::kText);
  const size_t brace = SkipBlanks(start, 0);
  if (brace == kNowhere) return unknown;
  if (start[brace] != '{') return ImportFormat::kText;
  const size_t quote = SkipBlanks(start, brace + 1);
  if (quote == kNowhere) return unknown;
  if (start[quote] != '"') return ImportFormat::kText;
  const size_t end = SkipString(start, quote);
  const size_t colon = end == kNowhere ? kNowhere : SkipBlanks(start, end);
  if (colon == kNowhere) return unknown;
  return start[colon] == ':' ? ImportFormat::kJsonLines : ImportFormat::kText;
}

}  // namespace rollcall::ingest
