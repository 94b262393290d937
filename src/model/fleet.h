// A fleet: one product whose installations report, and what its overview counts. Data, not code: a
// further product is a further row.
#pragma once

#include <string>
#include <vector>

#include "model/ids.h"

namespace rollcall {

// A total of an overview: the sum over all series (source × label set) of their peaks in the window.
struct Figure {
  std::string metric;
  // Only label sets with this label value count; an empty label takes them all.
  std::string label;
  std::string label_value;
  // Names in the overview's JSON.
  std::string total_name;
  std::string average_name;  // per counted source
};

// A total split by the value of a label.
struct Breakdown {
  std::string metric;
  std::string label;
  std::string name;  // in the overview's JSON
};

struct Fleet {
  FleetRef ref;
  std::string name;
  std::string id_label;  // names the source where a series stands by itself, as in what is forwarded
  // Sources that reported this metric in the window are counted, under this name.
  std::string counted_metric;
  std::string counted_name;
  std::vector<Figure> figures;
  std::vector<Breakdown> breakdowns;
};

// The built-in fleet: contract "Cozystack telemetry", Overview.
const Fleet& CozystackFleet();

}  // namespace rollcall
