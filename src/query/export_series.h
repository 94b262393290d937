// The label sets that an export meets: which selectors match each, and how it is written. A bounded
// table, kept from chunk to chunk because most sources have the same label sets. Owned by the
// exporter; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/ids.h"
#include "parse/selector.h"
#include "storage/stores.h"

namespace rollcall::query {

enum class ExportFormat {
  kText,       // `name{a="b",source_id="c1"} 3 1770000000000`
  kJsonLines,  // as VictoriaMetrics' /api/v1/export
};

struct ExportSeries {
  std::string label_set;  // in canonical form
  uint64_t wanted = 0;    // a bit for each selector that matches it
  // The text before and after the source's id.
  std::string head;
  std::string tail;
};

class ExportSeriesTable {
 public:
  // `source_label`: holds the source's id. `stores` and `selectors` must outlive the table.
  ExportSeriesTable(storage::Stores& stores, ExportFormat format, std::string source_label,
                    const std::vector<Selector>& selectors)
      : stores_(stores),
        format_(format),
        source_label_(std::move(source_label)),
        selectors_(selectors) {}

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
  const std::string source_label_;
  const std::vector<Selector>& selectors_;
  std::unordered_map<uint32_t, ExportSeries> series_;
};

}  // namespace rollcall::query
