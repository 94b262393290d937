#include "model/fleet.h"

namespace rollcall {

const Fleet& CozystackFleet() {
  static const Fleet fleet{
      .ref = kCozystackFleet,
      .name = "cozystack",
      .id_label = "cluster_id",
      .counted_metric = "cozy_cluster_info",
      .counted_name = "clusters",
      .figures = {{.metric = "cozy_nodes_count",
                   .label = "",
                   .label_value = "",
                   .total_name = "total_nodes",
                   .average_name = "avg_nodes_per_cluster"},
                  {.metric = "cozy_application_count",
                   .label = "kind",
                   .label_value = "Tenant",
                   .total_name = "total_tenants",
                   .average_name = "avg_tenants_per_cluster"}},
      .breakdowns = {{.metric = "cozy_application_count", .label = "kind", .name = "apps"}}};
  return fleet;
}

}  // namespace rollcall
