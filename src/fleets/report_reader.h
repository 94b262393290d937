// From a body that a fleet's installation posted to a report, in whichever form the fleet has
// declared; what is not declared is dropped and told. Immutable once made; any number of threads
// may read with it, each with a JsonCapture of its own.
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
  // InvalidArgument: as JsonMapper::Make; not of what ParseDeclaration gave.
  static Result<ReportReader> Make(const Declaration& declaration);

  // As JsonMapper::Map. Of Prometheus' text format the id comes in a header and `out` has none; an
  // undeclared field is a metric, or a metric with a label: `m{l}`; a bad line is "line N: reason".
  Status Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
              JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const;

 private:
  ReportReader() = default;
  Status ReadText(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                  MappedReport& out, ReportBound& exceeded) const;
  // False: nothing of the series is declared. Else its undeclared labels are gone.
  bool KeepDeclared(std::string_view metric, std::vector<Label>& labels,
                    UndeclaredFields& undeclared) const;

  std::optional<JsonMapper> mapper_;  // none: the text format
  std::string id_label_;
  bool keeps_undeclared_ = false;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> metrics_;  // and labels
};

}  // namespace rollcall::fleets
