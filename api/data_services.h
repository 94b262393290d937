// The objects that the handlers of public numbers work with. Owned by the server; all of them must
// outlive the handlers and are thread-safe.
#pragma once

#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "fleets/catalog.h"
#include "storage/stores.h"

namespace rollcall::api {

struct DataServices {
  const fleets::Catalog& catalog;
  storage::Stores& stores;
  counts::OverviewReader& overviews;
  counts::ComparisonReader& comparisons;
  counts::PeriodTallies& tallies;
  const Clock& clock;
  // False: reports are only forwarded.
  bool stores_reports;
};

}  // namespace rollcall::api
