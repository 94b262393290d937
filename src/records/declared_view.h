// A view that an operator declares, computed: a table of what is counted, by group and by day, week
// or build. Pure functions of a moment's records; any thread. It goes by the machine's clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "records/source.h"
#include "records/view_declaration.h"

namespace rollcall::records {

// Of builds the newest are columns, so many; of groups so many are told apart. A text of a group
// that is longer than kMostGroupBytes is cut.
inline constexpr size_t kMostBuildColumns = 20;
inline constexpr size_t kMostGroups = 50'000;

struct DeclaredRow {
  std::string value;
  uint64_t total = 0;            // over the columns; of machines: distinct ids over all of them
  std::vector<uint64_t> counts;  // by column

  bool operator==(const DeclaredRow&) const = default;
};

struct DeclaredTable {
  std::vector<std::string> columns;  // "2026-03-07", "2026-W10", "41000"; ascending
  std::vector<DeclaredRow> rows;     // the largest first, `top` of them
  // The sum of all further groups; of machines an id counts once in each.
  std::optional<DeclaredRow> other;
  uint64_t groups = 0;  // how many there are, with those that are not listed
  // Set where records took longer to read than there was time: nothing older was counted.
  std::optional<UnixSeconds> read_back_to;  // when that was received
};

// Of blocks whose groups are not kept, records are read for at most `patience`. DataLoss,
// Unavailable: as reads of the store.
Result<DeclaredTable> ComputeView(const Source& source, const ViewDeclaration& view,
                                  UnixSeconds now,
                                  std::chrono::milliseconds patience = std::chrono::seconds(5));

}  // namespace rollcall::records
