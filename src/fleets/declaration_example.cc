#include <utility>

#include "base/text.h"
#include "fleets/declaration_parts.h"
#include "fleets/report_reader.h"
#include "model/label_set.h"

namespace rollcall::fleets {
namespace {

constexpr const char* kAt = "/reports/example";

Status ReadExample(const Declaration& declaration, ParsedReport& report) {
  const Result<ReportReader> reader = ReportReader::Make(declaration);
  if (!reader.ok()) return reader.status();
  JsonCapture capture;
  MappedReport mapped;
  ReportBound exceeded{};
  ROLLCALL_RETURN_IF_ERROR(reader->Read(declaration.example, 0, {}, capture, mapped, exceeded));
  report = std::move(mapped.report);
  return Status::Ok();
}

}  // namespace

Status CheckExample(const Declaration& declaration) {
  if (declaration.example.empty()) return Status::Ok();
  ParsedReport report;
  if (const Status status = ReadExample(declaration, report); !status.ok()) {
    return FaultAt(kAt, status.message());
  }
  for (const ParsedReport::Sample& sample : report.samples) {
    if (MetricOf(report.LabelSet(sample)) == declaration.fleet.counted_metric) return Status::Ok();
  }
  return FaultAt(kAt, "it has no " + QuoteForMessage(declaration.fleet.counted_metric) +
                          ", by which " + declaration.fleet.counted_name + " are counted");
}

}  // namespace rollcall::fleets
