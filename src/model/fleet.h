// A fleet: one product whose installations report, and what its overview counts. Data, not code: it
// comes from the product's declaration (src/fleets). A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/ids.h"

namespace rollcall {

// A total of an overview: the sum over all series (source × label set) of their peaks in the
// window.
struct Figure {
  std::string metric;
  // Only label sets with this label value count; an empty label takes them all.
  std::string label;
  std::string label_value;
  // Names in the overview's JSON.
  std::string total_name;
  std::string average_name;  // per counted source
  std::string name = {};     // of a badge or a chart
  // Of the honest figure, FigureCount::report_total, in JSON; empty where there is none.
  std::string peak_name = {};
  std::string unit = {};  // what is counted, in words

  bool operator==(const Figure&) const = default;
};

// A total split by the value of a label.
struct Breakdown {
  std::string metric;
  std::string label;
  std::string name;  // in the overview's JSON
  // They stand in it even where nobody reported them.
  std::vector<std::string> known_names = {};
  // The known names are refreshed from a list on the web (KnownNames); these are the first.
  bool has_name_list = false;

  bool operator==(const Breakdown&) const = default;
};

struct Fleet {
  FleetRef ref;
  std::string name;
  // The label that names the source where a series stands alone, as in what is forwarded.
  std::string id_label;
  // Sources that reported this metric in the window are counted, under this name.
  std::string counted_metric;
  std::string counted_name;
  std::string counted_unit;
  // Labels whose values tell one source, or something in it, from all others: what is public has
  // none.
  std::vector<std::string> identifying_labels;
  std::vector<Figure> figures;
  std::vector<Breakdown> breakdowns;

  bool operator==(const Fleet&) const = default;
};

// Returns a number that changes with what of a fleet the tallies of its periods depend on; never 0.
// It stands in stores, so it must stay what it is.
uint64_t CountingRule(const Fleet& fleet);
// Returns the figure that says how large a source is: the first with an honest total
// (Figure::peak_name); nullptr where the fleet has none.
const Figure* SizeFigure(const Fleet& fleet);
}  // namespace rollcall
