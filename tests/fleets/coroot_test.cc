// Coroot's usage statistics, as the contract has them: each field that is kept, older and newer
// bodies, and what never is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleets/built_in.h"
#include "tests/fleets/mapped_text.h"

namespace rollcall::fleets {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Mapped(const std::string& body) {
  return MappedText(BuiltInDeclaration("coroot"), body);
}

// All fields that the contract names.
constexpr const char* kWhole = R"({
  "instance": {"uuid": "4423595b-9d97-4e01-a19f-8e3d60c83b2a", "version": "1.9.2", "edition": "Community",
               "database_type": "postgres", "installation_type": "kubernetes-operator"},
  "integration": {"prometheus": true, "prometheus_refresh_interval": 30, "node_agent": true,
                  "node_agent_versions": ["1.23.4", "1.24.0"], "kube_state_metrics": null,
                  "inspection_overrides": {"CPUNode": {"project_level": 1, "application_level": 2}},
                  "application_categories": 3, "alerting_integrations": ["slack"], "cloud_costs": true,
                  "clickhouse": true, "tracing": true, "logs": false, "profiles": true,
                  "java_async_profiler": false, "fluxcd": false, "argocd": true},
  "stack": {"clouds": ["aws", "hetzner"], "services": ["postgres", "redis"], "instrumented_services": ["redis"]},
  "infra": {"projects": 2, "nodes": 10, "cpu_cores": 80.5, "gpus": 1, "applications": 18,
            "applications_by_kind": {"Deployment": {"applications": 12, "instances": 30},
                                     "StatefulSet": {"applications": 6, "instances": 20}},
            "instances": 50, "deployments": 1, "deployment_summaries": {"-CPU": 1, "+Logs": 2},
            "kernel_versions": ["6.1.0-18-amd64"]},
  "ux": {"world_load_time_avg": 0.053, "audit_time_avg": 0.011, "users_by_screen_size": {"xs": 1},
         "users_by_theme": {"dark": 3}, "users": ["20174a56-4a1e-41ca-a90d-b657d1fa873e"],
         "users_by_role": {"Admin": 1}, "page_views": {"/p/$projectId": 1}, "api_calls": {"overview": 5},
         "mcp_calls": {"x": 1}, "sent_notifications": {"slack": 4}},
  "performance": {"constructor": {"stages": {"query": 0.022}, "queries": {"node_info":
         {"query_time": 0.01, "metrics_count": 4, "failed": false}}}, "auditor": {}, "components": [{"id": "host-17"}]},
  "profile": {"from": 1678113877, "to": 1678114877, "cpu": "cHByb2YtY3B1", "memory": "cHByb2YtbWVt"}})";

TEST(CorootTest, EachFieldThatIsKeptIsASeriesAndTheOthersAreDropped) {
  EXPECT_EQ(Mapped(kWhole), R"(4423595b-9d97-4e01-a19f-8e3d60c83b2a
coroot_alerting_integration{integration="slack"} 1
coroot_application_categories 3
coroot_applications 18
coroot_applications_by_kind{kind="Deployment"} 12
coroot_applications_by_kind{kind="StatefulSet"} 6
coroot_cloud{cloud="aws"} 1
coroot_cloud{cloud="hetzner"} 1
coroot_cpu_cores 80.5
coroot_database{database="postgres"} 1
coroot_deployment_summaries{summary="+Logs"} 2
coroot_deployment_summaries{summary="-CPU"} 1
coroot_deployments 1
coroot_edition{edition="Community"} 1
coroot_gpus 1
coroot_inspection_overrides{check="CPUNode",level="application_level"} 2
coroot_inspection_overrides{check="CPUNode",level="project_level"} 1
coroot_installation{type="kubernetes-operator"} 1
coroot_instance 1
coroot_instances 50
coroot_instances_by_kind{kind="Deployment"} 30
coroot_instances_by_kind{kind="StatefulSet"} 20
coroot_instrumented_service{service="redis"} 1
coroot_integration{integration="argocd"} 1
coroot_integration{integration="clickhouse"} 1
coroot_integration{integration="cloud_costs"} 1
coroot_integration{integration="fluxcd"} 0
coroot_integration{integration="java_async_profiler"} 0
coroot_integration{integration="logs"} 0
coroot_integration{integration="node_agent"} 1
coroot_integration{integration="profiles"} 1
coroot_integration{integration="prometheus"} 1
coroot_integration{integration="tracing"} 1
coroot_kernel{version="6.1.0-18-amd64"} 1
coroot_node_agent{version="1.23.4"} 1
coroot_node_agent{version="1.24.0"} 1
coroot_nodes 10
coroot_projects 2
coroot_prometheus_refresh_interval 30
coroot_service{service="postgres"} 1
coroot_service{service="redis"} 1
coroot_version{version="1.9.2"} 1
dropped /performance
dropped /profile
dropped /ux
)");
}

TEST(CorootTest, NeitherPeopleNorMachinesNorProfilesAreKept) {
  const std::string text = Mapped(kWhole);
  for (const char* secret : {"20174a56", "host-17", "cHByb2Y", "Admin", "projectId"}) {
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
}

// The example in the documentation of usage statistics.
TEST(CorootTest, AnOldBodyIsTakenWithWhatItHas) {
  EXPECT_EQ(Mapped(R"({"instance": {"uuid": "u1", "version": "0.20.0", "database_type": "sqlite"},
      "integration": {"prometheus": true, "node_agent": true, "kube_state_metrics": true,
        "inspection_overrides": {"NetworkRTT": {"project_level": 0, "application_level": 1}},
        "application_categories": 3, "alerting_integrations": ["slack"], "cloud_costs": true},
      "stack": {"clouds": ["aws"], "services": ["pgbouncer"], "instrumented_service": ["postgres"]},
      "infra": {"projects": 2, "applications": 18, "nodes": 10, "instances": 50, "deployments": 1}})"),
            R"(u1
coroot_alerting_integration{integration="slack"} 1
coroot_application_categories 3
coroot_applications 18
coroot_cloud{cloud="aws"} 1
coroot_database{database="sqlite"} 1
coroot_deployments 1
coroot_inspection_overrides{check="NetworkRTT",level="application_level"} 1
coroot_inspection_overrides{check="NetworkRTT",level="project_level"} 0
coroot_instance 1
coroot_instances 50
coroot_instrumented_service{service="postgres"} 1
coroot_integration{integration="cloud_costs"} 1
coroot_integration{integration="kube_state_metrics"} 1
coroot_integration{integration="node_agent"} 1
coroot_integration{integration="prometheus"} 1
coroot_nodes 10
coroot_projects 2
coroot_service{service="pgbouncer"} 1
coroot_version{version="0.20.0"} 1
)");
}

TEST(CorootTest, ANewerBodyIsTakenWhateverItHas) {
  EXPECT_EQ(
      Mapped(
          R"({"schema": 9, "instance": {"uuid": "u2", "version": {"major": 3}, "edition": null, "region": "eu"},
      "integration": {"prometheus": {"enabled": true}, "otel": true, "logs": "yes", "clickhouse": 2,
                      "inspection_overrides": [], "alerting_integrations": {"slack": true}},
      "stack": ["aws"], "infra": {"nodes": "10", "applications_by_kind": {"Job": {"applications": null, "instances": 2}},
      "kernel_versions": [6, null, {"v": "6.1"}, "6.1"]}})"),
      R"(u2
coroot_alerting_integration{integration="true"} 1
coroot_instance 1
coroot_instances_by_kind{kind="Job"} 2
coroot_integration{integration="clickhouse"} 2
coroot_kernel{version="6"} 1
coroot_kernel{version="6.1"} 1
dropped /instance/region
dropped /integration/otel
dropped /schema
dropped /stack/*
)");
  EXPECT_EQ(Mapped(R"({"instance": {"uuid": "u3"}})"), "u3\ncoroot_instance 1\n");
}

TEST(CorootTest, BadJsonAndABodyWithoutAnInstanceAreRefused) {
  EXPECT_EQ(Mapped(R"({"instance": {"version": "1"}})"), "there is no /instance/uuid");
  EXPECT_EQ(Mapped(R"({"instance": null})"), "there is no /instance/uuid");
  EXPECT_EQ(Mapped(R"({"instance": {"uuid": 7}})"),
            "byte 23: /instance/uuid is a number, text is wanted");
  EXPECT_EQ(Mapped(R"({"instance": {"uuid": "u"}, "profile": {"cpu": "YWJj)"),
            "byte 53: the body ends within quotes");
}

}  // namespace
}  // namespace rollcall::fleets
