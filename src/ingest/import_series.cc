#include "ingest/import_series.h"

#include <algorithm>

#include "base/civil_time.h"
#include "parse/normalize.h"

namespace rollcall::ingest {
namespace {

// Earlier times are a mistake: most likely seconds instead of milliseconds.
constexpr UnixSeconds kPlausible{std::chrono::seconds(946'684'800)};  // 2000-01-01

}  // namespace

UnixSeconds SecondsOf(int64_t milliseconds) {
  return UnixSeconds(std::chrono::seconds(milliseconds / 1000));
}

bool IsImportable(UnixSeconds time, const ImportReaderOptions& options) {
  return time >= options.earliest && time <= options.latest && time >= kPlausible;
}

std::string WrongTime(UnixSeconds time, const ImportReaderOptions& options) {
  if (time > options.latest) return "the timestamp is in the future";
  if (time < kPlausible) return "the timestamp is before 2000: milliseconds since 1970 are wanted";
  return "the timestamp is before " + Day::Of(options.earliest).ToString() +
         ": the counts of that time are dropped (retention)";
}

Result<uint32_t> ResolveLabels(std::string_view metric, std::vector<Label>& labels,
                               const ImportReaderOptions& options, const ResolveSeries& resolve,
                               std::string& scratch) {
  NormalizeLabels(labels);
  const auto source = std::find_if(labels.begin(), labels.end(),
                                   [&](const Label& l) { return l.name == options.source_label; });
  if (source == labels.end()) return Status::InvalidArgument("no label " + options.source_label);
  const std::string_view source_id = source->value;
  labels.erase(source);
  std::erase_if(labels, [&](const Label& l) { return l.name == options.id_label; });
  scratch.clear();
  AppendLabelSet(metric, labels, scratch);
  return resolve(source_id, scratch);
}

}  // namespace rollcall::ingest
