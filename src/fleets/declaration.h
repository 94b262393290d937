// A declaration: how the reports of a fleet come in, what is counted, and what the page and the
// privacy text say about it. Read from one JSON file; packaging/fleets/fleet.schema.json defines
// its form, README.md explains it. A plain value, immutable once parsed: any number of threads may
// read it.
#pragma once

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

struct LabelDescription {
  std::string name;
  std::string description;
  std::vector<std::string> examples = {};  // values, the most usual first
};

struct MetricDescription {
  std::string name;
  std::string description;
  std::vector<LabelDescription> labels;  // as in the file

  // Returns the description of a label; null if it is not declared.
  const LabelDescription* FindLabel(std::string_view label) const;
};

// What the file says about a breakdown in addition to model/fleet.h.
struct BreakdownDescription {
  std::string description;
  std::string known_names_url;  // where the known names are refreshed from; empty: nowhere
};

// A part of the page.
struct Panel {
  enum class Show { kFigures, kTrend, kAdoption, kBreakdown, kOther };
  Show show = Show::kFigures;
  // For an adoption or a breakdown only.
  std::string metric = {};
  std::string by = {};
  std::string title = {};
  std::string section = {};
  std::string note = {};
  std::string plain = {};  // RE2 for the whole value; shows its first group. Empty: shows the value
  std::string sums = {};   // what the values add up to: "Nodes"; empty: no column for it
  bool in_order_of_value = false;  // false: values with the most sources first
  bool bar_is_sum = false;         // false: the bar shows sources
  // (value, what is shown for it), as in the file.
  std::vector<std::pair<std::string, std::string>> names = {};
  std::vector<std::string> bytes = {};  // values whose sums are in bytes
};

struct Declaration {
  // What is counted. The store assigns its ref, which is not set here.
  Fleet fleet;
  std::string title;
  std::string about;
  // Each is empty if the file has none.
  std::string home_url;
  std::string source_url;
  std::string privacy_url;
  std::string opt_out_url;

  ReportFormat format = ReportFormat::kPrometheus;
  std::string path;
  std::string id_header;          // kPrometheus only
  bool keeps_undeclared = false;  // kPrometheus only
  JsonMapping mapping;            // kJson only
  std::string example;            // a body; empty: the file has none

  std::string counted_one;                                   // "cluster"
  std::vector<MetricDescription> metrics;                    // as in the file
  std::vector<std::string> figure_descriptions;              // parallel to Fleet::figures
  std::vector<BreakdownDescription> breakdown_descriptions;  // parallel to Fleet::breakdowns
  std::vector<Panel> page;                                   // never empty

  std::optional<unsigned> reports_months;  // nullopt: the flags decide; 0: for ever
  std::optional<unsigned> peaks_months;

  // Returns the description of a metric; null if it is not declared.
  const MetricDescription* FindMetric(std::string_view name) const;
};

// Reads a declaration. InvalidArgument: the text is not JSON (comments are allowed), does not fit
// the schema, or contradicts itself; the message is one line that names the file, the JSON pointer,
// what is there and what is allowed. Pure; accepts any bytes.
Result<Declaration> ParseDeclaration(std::string_view file, std::string_view text);

// Returns the schema as published.
std::string_view DeclarationSchema();

}  // namespace rollcall::fleets
