// Refs: the numbers that stand for names inside the store, each with its own type. The store
// assigns them, and never reuses one; 0 is not a ref.
#pragma once

#include <compare>
#include <cstdint>

namespace rollcall {

// A product whose installations report. Its number is the key of the fleet's rows.
struct FleetRef {
  uint16_t value = 0;
  auto operator<=>(const FleetRef&) const = default;
};

// The only fleet of stores that were made before others could be declared; storage/FORMAT.md.
inline constexpr FleetRef kFirstFleet{1};

// One installation. Unique over all fleets.
struct SourceRef {
  uint32_t value = 0;
  auto operator<=>(const SourceRef&) const = default;
};

// A metric name with its labels. Shared by all sources.
struct LabelSetRef {
  uint32_t value = 0;
  auto operator<=>(const LabelSetRef&) const = default;
};

// A metric name: the LabelSetRef of the name without labels, with its own type.
struct MetricRef {
  uint32_t value = 0;
  auto operator<=>(const MetricRef&) const = default;
};

// A host whose samples are kept. It has nothing to do with fleets and sources.
struct HostRef {
  uint32_t value = 0;
  auto operator<=>(const HostRef&) const = default;
};

}  // namespace rollcall
