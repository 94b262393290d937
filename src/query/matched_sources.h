// The sources that a query's matchers choose by the label that names them. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/fleet.h"
#include "query/promql/budget.h"
#include "query/promql/matcher.h"
#include "storage/store.h"

namespace rollcall::query {

struct MatchedSource {
  SourceRef ref;
  std::string id;
};

// Returns whether the matchers accept every source whose id the label `id_label` holds.
bool AcceptsAllSources(std::span<const promql::Matcher> matchers, std::string_view id_label);

// Returns the sources of each fleet that all matchers of its id_label accept, by ref; parallel to
// `fleets`. Where a matcher names ids (`="a"`, `=~"a|b"`) only these are looked up.
Result<std::vector<std::vector<MatchedSource>>> MatchSources(
    const storage::Store& store, const storage::Snapshot& snapshot,
    std::span<const Fleet* const> fleets, std::span<const promql::Matcher> matchers,
    promql::Budget& budget);

}  // namespace rollcall::query
