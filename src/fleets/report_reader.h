// The reader of the reports of a fleet: from a posted body to a report, in the format that the
// fleet declares. Drops and lists what is not declared. Immutable once made; any number of threads
// may read with it, each with its own JsonCapture.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fleets/declaration.h"
#include "fleets/json_mapper.h"
#include "model/label_set.h"

namespace rollcall::fleets {

class ReportReader {
 public:
  // InvalidArgument: as JsonMapper::Make; never for what ParseDeclaration returned.
  static Result<ReportReader> Make(const Declaration& declaration);

  // As JsonMapper::Map. In Prometheus' text format the id comes in a header, so `out` has none; an
  // undeclared field is a metric, or a metric with a label: `m{l}`; a bad line is reported as "line
  // N: reason".
  Status Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
              JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const;

 private:
  ReportReader() = default;
  Status ReadText(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                  MappedReport& out, ReportBound& exceeded) const;
  // Removes the undeclared labels of a series. Returns false if its metric is not declared.
  bool KeepDeclared(std::string_view metric, std::vector<Label>& labels,
                    UndeclaredFields& undeclared) const;

  std::optional<JsonMapper> mapper_;  // nullopt: the text format
  std::string id_label_;
  bool keeps_undeclared_ = false;
  // The declared metrics with their labels.
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> metrics_;
};

}  // namespace rollcall::fleets
