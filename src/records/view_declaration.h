// A view that an operator declares: a JSON file in --views-dir, of the form that
// packaging/views/view.schema.json defines. Plain values, immutable once read; any number of
// threads may read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "records/record_filter.h"

namespace rollcall::records {

// The largest file, and the most files of a folder that are read; both inclusive.
inline constexpr size_t kMaxViewBytes = 64 * 1024;
inline constexpr size_t kMaxViews = 100;

// The fields by which records can be grouped, in the order of kFieldNames.
enum class Field {
  kClassification,
  kSeverity,
  kBuild,
  kMachineId,
  kExternal,
  kArch,
  kHostType,
  kKernelVersion,
  kSystemName,
  kBoardName,
  kCpuModel,
  kBiosVersion
};
inline constexpr std::string_view kFieldNames[] = {
    "classification", "severity",       "build",       "machine_id", "external",  "arch",
    "host_type",      "kernel_version", "system_name", "board_name", "cpu_model", "bios_version"};

struct ViewDeclaration {
  enum class Per { kDay, kWeek, kBuild };

  std::string name;
  std::string title;
  std::string about;
  RecordFilter filter;  // without times: `days` says how far it goes back
  Field by = Field::kClassification;
  std::optional<PayloadPattern> capture;  // groups by its first group, instead of `by`
  Per per = Per::kDay;
  bool counts_machines = false;  // false: records
  unsigned days = 35;
  unsigned top = 20;
  bool is_chart = false;
  uint64_t reading = 0;  // of the folder, which tells it apart from one of that name before
};

// Reads one file. InvalidArgument: "FILE: /by: what stands there; allowed: …".
Result<ViewDeclaration> ParseViewDeclaration(std::string_view file, std::string_view text);

// What a folder declares.
struct DeclaredViews {
  std::vector<ViewDeclaration> views;  // by title
  std::vector<std::string> faults;     // a line for each file that is left out
};

// Reads all *.json of a folder but the schema. Files that cannot be read, are bad, or have a name
// that another file has already, in the order of the files' names, are told in `faults` and leave
// the others. An empty name, or a folder that is not there, has no views; the second is told.
DeclaredViews ReadViewDirectory(const std::string& directory);

// The schema, compiled in.
std::string_view ViewSchema();

}  // namespace rollcall::records
