// The label sets that an export meets: which selectors match each, and how it is written. A bounded
// table, kept from chunk to chunk because most sources have the same label sets. Owned by the
// exporter; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "model/ids.h"
#include "parse/selector.h"
#include "storage/stores.h"

namespace rollcall::query {

enum class ExportFormat {
  kText,       // `name{a="b",cluster_id="c1"} 3 1770000000000`
  kJsonLines,  // as VictoriaMetrics' /api/v1/export
};

// The label that holds the source's id in an export; the one that an import looks for by default.
inline constexpr std::string_view kExportSourceLabel = "cluster_id";

struct ExportSeries {
  std::string label_set;  // in canonical form
  uint64_t wanted = 0;    // a bit for each selector that matches it
  // The text before and after the source's id.
  std::string head;
  std::string tail;
};

class ExportSeriesTable {
 public:
  // `stores` and `selectors` must outlive the table.
  ExportSeriesTable(storage::Stores& stores, ExportFormat format,
                    const std::vector<Selector>& selectors)
      : stores_(stores), format_(format), selectors_(selectors) {}

  // Returns the entry of a label set, valid until Trim. DataLoss: the store has no such label set.
  Result<const ExportSeries*> Find(LabelSetRef ref);
  // Empties the table where it has grown large. Requires that no pointer from Find is in use.
  void Trim();

  // Returns a bit for each selector that matches the source.
  uint64_t WantedOf(std::string_view source_id) const;

 private:
  ExportSeries Make(std::string label_set) const;
  std::string Write(std::string_view label_set) const;

  storage::Stores& stores_;
  const ExportFormat format_;
  const std::vector<Selector>& selectors_;
  std::unordered_map<uint32_t, ExportSeries> series_;
};

}  // namespace rollcall::query
