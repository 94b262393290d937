// What is collected of a fleet's installations, as a page: made from the fleet's declaration and
// from what this server does. Pure functions; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleets/declaration.h"
#include "jobs/retention.h"
#include "parse/record_retention_json.h"

namespace rollcall::api {

// What this server does with the reports of a fleet.
struct KeptReports {
  jobs::RetentionOptions retention;  // in force for the fleet
  bool stores = true;                // false: reports are only forwarded
  bool forwards = false;
  // How long records of machines are kept; nullopt: none are taken in.
  std::optional<RecordRetention> records = {};
};

// Returns the page in HTML, which runs no scripts. `all` are the fleets of the server, which it
// links to.
std::string PrivacyPage(const fleets::Declaration& declaration, const KeptReports& kept,
                        const std::vector<std::shared_ptr<const fleets::Declaration>>& all);

}  // namespace rollcall::api
