// Any bytes as the answer of a Prometheus API and as a month's snapshot. What must hold whatever
// they are:
//  - there is an answer, and a refusal is one short line;
//  - no number of an instant vector is NaN;
//  - a snapshot that is read can be written, and is read again as the same.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/instant_vector_json.h"
#include "parse/month_snapshot_json.h"
#include "tests/support/cozystack.h"

namespace rollcall {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_vmselect_json: does not hold: %s\n", what);
  std::abort();
}

void CheckRefusal(const Status& status) {
  Require(status.code() == Code::kInvalidArgument, "a refusal is InvalidArgument");
  Require(status.message().size() <= 300, "a refusal is short");
  Require(status.message().find('\n') == std::string::npos, "a refusal is one line");
}

void CheckInstantVector(std::string_view json) {
  const auto samples = ParseInstantVectorJson(json, "kind");
  if (!samples.ok()) return CheckRefusal(samples.status());
  for (const InstantSample& sample : *samples) {
    Require(!std::isnan(sample.value), "a sample is no NaN");
  }
}

void CheckSnapshot(std::string_view json) {
  const Fleet& fleet = CozystackFleet();
  const auto snapshot = ParseMonthSnapshotJson(fleet, json);
  if (!snapshot.ok()) return CheckRefusal(snapshot.status());
  if (FormatRfc3339(snapshot->collected_at).size() != 20) return;
  const std::string written = MonthSnapshotJson(fleet, *snapshot);
  const auto again = ParseMonthSnapshotJson(fleet, written);
  Require(again.ok(), "what was written is read");
  Require(MonthSnapshotJson(fleet, *again) == written, "what was written is read as the same");
}

}  // namespace
}  // namespace rollcall

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string json(data, data + size);
  rollcall::CheckInstantVector(json);
  rollcall::CheckSnapshot(json);
  return 0;
}
