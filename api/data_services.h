// What the handlers of the public numbers work with. All of it outlives them; thread-safe.
#pragma once

#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "storage/stores.h"

namespace rollcall::api {

struct DataServices {
  storage::Stores& stores;
  counts::OverviewReader& overviews;
  counts::ComparisonReader& comparisons;
  counts::PeriodTallies& tallies;
  const Clock& clock;
  // Whether reports are kept, or forwarded only.
  bool stores_reports;
};

}  // namespace rollcall::api
