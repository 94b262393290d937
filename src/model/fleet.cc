#include "model/fleet.h"

namespace rollcall {

const std::vector<Fleet>& AllFleets() {
  static const std::vector<Fleet> fleets{{.ref = kCozystackFleet,
                                          .name = "cozystack",
                                          .id_label = "cluster_id",
                                          .counted_metric = "cozy_cluster_info",
                                          .counted_name = "clusters",
                                          .counted_unit = "active clusters",
                                          .identifying_labels = {"uid"},
                                          .figures = {{.metric = "cozy_nodes_count",
                                                       .label = "",
                                                       .label_value = "",
                                                       .total_name = "total_nodes",
                                                       .average_name = "avg_nodes_per_cluster",
                                                       .name = "nodes",
                                                       .peak_name = "peak_nodes",
                                                       .unit = "nodes"},
                                                      {.metric = "cozy_application_count",
                                                       .label = "kind",
                                                       .label_value = "Tenant",
                                                       .total_name = "total_tenants",
                                                       .average_name = "avg_tenants_per_cluster",
                                                       .name = "tenants",
                                                       .peak_name = "",
                                                       .unit = "tenants"}},
                                          .breakdowns = {{.metric = "cozy_application_count",
                                                          .label = "kind",
                                                          .name = "apps",
                                                          .has_known_names = true}}}};
  return fleets;
}

const Figure* SizeFigure(const Fleet& fleet) {
  for (const Figure& figure : fleet.figures) {
    if (!figure.peak_name.empty()) return &figure;
  }
  return nullptr;
}

const Fleet* FindFleet(std::string_view name) {
  for (const Fleet& fleet : AllFleets()) {
    if (fleet.name == name) return &fleet;
  }
  return nullptr;
}

const Fleet* FindFleet(FleetRef ref) {
  for (const Fleet& fleet : AllFleets()) {
    if (fleet.ref == ref) return &fleet;
  }
  return nullptr;
}

const Fleet& CozystackFleet() { return AllFleets().front(); }

}  // namespace rollcall
