// The form in which the reports of a fleet come: how a body is read and recognized. Implementations
// are immutable and thread-safe, and outlive all reports that came in their form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/status.h"
#include "model/report.h"
#include "model/source_id.h"
#include "parse/report_bounds.h"

namespace rollcall {

class BodyFormat {
 public:
  virtual ~BodyFormat() = default;

  // Reads a body into `report`, as ParseReport does. `id`: set if the body names the source, else
  // left alone; InvalidArgument if it should and does not.
  virtual Status Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                      std::optional<SourceId>& id, ParsedReport& report,
                      ReportBound& exceeded) const = 0;
  // Returns a fingerprint: bodies with the same one make the same report, unless it says that a
  // value spans lines. `seed` must be unknown to the outside. Another object makes another report
  // of the same body, so its address is part of the seed.
  Hash128 Fingerprint(std::string_view body, uint64_t seed) const {
    return HashOf(body, seed + reinterpret_cast<uintptr_t>(this));
  }
  // Whether all of a body is kept, so that it may be forwarded as it is.
  virtual bool keeps_all() const = 0;

 private:
  virtual Hash128 HashOf(std::string_view body, uint64_t seed) const = 0;
};

// Prometheus' text format. Keeps all but the label `id_label`.
class TextFormat final : public BodyFormat {
 public:
  explicit TextFormat(std::string id_label) : id_label_(std::move(id_label)) {}

  Status Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
              std::optional<SourceId>& id, ParsedReport& report,
              ReportBound& exceeded) const override;
  bool keeps_all() const override { return true; }

 private:
  Hash128 HashOf(std::string_view body, uint64_t seed) const override;

  const std::string id_label_;
};

}  // namespace rollcall
