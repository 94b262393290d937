#include "cli/record_options.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "base/text.h"
#include "cli/option_kinds.h"

namespace rollcall::cli {
namespace {

constexpr std::string_view kAllowedIds = "an id: up to 128 printable ASCII characters";
constexpr size_t kMaxIdBytes = 128;

// A list of telemetry ids, with blanks between them.
OptionSpec TelemetryIds(unsigned users, std::string_view flag,
                        Field<std::vector<std::string>> field, Words words) {
  OptionSpec spec = Base(users, flag, "ID", words);
  spec.allowed = kAllowedIds;
  spec.repeats = true;
  spec.set = [=](std::string_view text, Options& options) {
    std::vector<std::string> ids;
    std::istringstream in{std::string(text)};
    for (std::string id; in >> id;) {
      const bool good = id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
                          return c > ' ' && c <= '~';
                        });
      if (!good) {
        return Status::InvalidArgument(QuoteWord(id) + " is not " + std::string(kAllowedIds));
      }
      ids.push_back(std::move(id));
    }
    if (ids.empty()) {
      return Status::InvalidArgument(QuoteWord(text) + " is not " + std::string(kAllowedIds));
    }
    field(options) = std::move(ids);
    return Status::Ok();
  };
  spec.show = [=](const Options& options) {
    std::string text;
    for (const std::string& id : Read(field, options)) text += (text.empty() ? "" : " ") + id;
    return text;
  };
  return spec;
}

}  // namespace

void AddRecordOptions(std::vector<OptionSpec>& table) {
  table.push_back(Switch(
      kBoth | kImport | kExport, "records", ROLLCALL_FIELD(server.records),
      {"Take in the records of Clear Linux's telemetry clients, and give them out at "
       "/api/records of the private listener. On the command line of import and export: move "
       "records, not reports.",
       "most fleets have none"}));
  table.push_back(TelemetryIds(
      kBoth, "records-tid", ROLLCALL_FIELD(server.telemetry_ids),
      {"The X-Telemetry-TID that a record must have. The flag may be given several times; in the "
       "variable blanks stand between ids.",
       "clients send this one unless they are configured otherwise"}));
  table.push_back(Text(
      kBoth | kRecords, "records-retention", "FILE", kAllowedSecrets, CheckFile,
      ROLLCALL_FIELD(records.retention_file),
      {"A file that says how long records are kept: {\"keep_days\": 35, \"severity\": {\"4\": 0}, "
       "\"classification\": {\"org.clearlinux/heartbeat/*\": 3}}; 0 is for ever.",
       "the rule of the old server", "all are kept for 35 days"}));
  table.push_back(Text(kBoth, "views-dir", "DIRECTORY", kAllowedDirectories, CheckDirectory,
                       ROLLCALL_FIELD(server.views_dir),
                       {"A folder whose JSON files declare views of records.",
                        "the views that there are need no file", "no further views"}));
  table.back().reloads = true;
}

Status ReadRecordRetention(Options& options) {
  const std::string& name = options.records.retention_file;
  if (name.empty()) return Status::Ok();
  std::ifstream file(name, std::ios::binary);
  const std::string json(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) return Status::NotFound(name + ": it cannot be read");
  Result<RecordRetention> retention = ParseRecordRetention(json);
  if (!retention.ok()) return retention.status().WithContext(name);
  options.server.record_retention = std::move(retention).value();
  return Status::Ok();
}

}  // namespace rollcall::cli
