// What a fleet is: how its reports come in, what is counted, what the page and the privacy text say
// of it. Read from one JSON file; packaging/fleets/fleet.schema.json has its form, README.md
// explains it. A plain value: immutable once parsed, any number of threads may read it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "fleets/json_mapping.h"
#include "model/fleet.h"

namespace rollcall::fleets {

// The largest file, inclusive.
inline constexpr size_t kMaxDeclarationBytes = 256 * 1024;

enum class ReportFormat { kPrometheus, kJson };

struct MetricDescription {
  std::string name;
  std::string description;
  std::vector<std::pair<std::string, std::string>> labels;  // name, description; as in the file
};

// What is said of a figure or a breakdown, beside what model/fleet.h has of it.
struct BreakdownDescription {
  std::string description;
  std::vector<std::string> known_names;
};

// A part of the page.
struct Panel {
  enum class Show { kFigures, kTrend, kAdoption, kBreakdown, kOther };
  Show show = Show::kFigures;
  // Of an adoption or a breakdown.
  std::string metric = {};
  std::string by = {};
  std::string title = {};
  std::string section = {};
  std::string note = {};
  std::string plain = {};  // RE2, for the whole value; its first group is shown. Empty: the value
  std::string sums = {};   // what the values add up to; empty: no column for it
  bool in_order_of_value = false;                 // else those that most sources have come first
  bool bar_is_sum = false;                        // else sources
  std::map<std::string, std::string> names = {};  // of values
  std::vector<std::string> bytes = {};            // values whose sums are bytes
};

struct Declaration {
  // What is counted; its ref is the store's to give, and not set here.
  Fleet fleet;
  std::string title;
  std::string about;
  // Each empty where the file has none.
  std::string home_url;
  std::string source_url;
  std::string privacy_url;
  std::string opt_out_url;

  ReportFormat format = ReportFormat::kPrometheus;
  std::string path;
  std::string id_header;          // of kPrometheus
  bool keeps_undeclared = false;  // of kPrometheus
  JsonMapping mapping;            // of kJson
  std::string example;            // a body; empty: the file has none

  std::string counted_one;                                   // "cluster"
  std::vector<MetricDescription> metrics;                    // as in the file
  std::vector<std::string> figure_descriptions;              // as Fleet::figures
  std::vector<BreakdownDescription> breakdown_descriptions;  // as Fleet::breakdowns
  std::vector<Panel> page;                                   // never empty

  std::optional<unsigned> reports_months;  // nullopt: as the flags say; 0: for ever
  std::optional<unsigned> peaks_months;

  // nullptr: not declared.
  const MetricDescription* FindMetric(std::string_view name) const;
};

// Reads a declaration. InvalidArgument: the text is no JSON (comments are), of another form, or
// says two things that do not go together; one line that names the file, the JSON pointer, what
// stands there and what is allowed. Pure; any bytes may come.
Result<Declaration> ParseDeclaration(std::string_view file, std::string_view text);

// The schema, as it is published.
std::string_view DeclarationSchema();

}  // namespace rollcall::fleets
