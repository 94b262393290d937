// What an export needs of each label set: whether it is wanted, and how it is written. Kept from
// chunk to chunk, for most sources have the same ones; bounded. Owned by the exporter; one thread.
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

// The label that an export names the source by: what the import looks for by default.
inline constexpr std::string_view kExportSourceLabel = "cluster_id";

struct ExportSeries {
  std::string label_set;  // canonical
  uint64_t wanted = 0;    // by which selectors: a bit each
  // What is written before and behind the source's id.
  std::string head;
  std::string tail;
};

class ExportSeriesTable {
 public:
  // `selectors` outlives the table.
  ExportSeriesTable(storage::Stores& stores, ExportFormat format,
                    const std::vector<Selector>& selectors)
      : stores_(stores), format_(format), selectors_(selectors) {}

  // Valid until Trim. DataLoss: the store has no such label set.
  Result<const ExportSeries*> Find(LabelSetRef ref);
  // Forgets all where they have become many. No pointer is in use.
  void Trim();

  // Which selectors want the source, a bit each.
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
