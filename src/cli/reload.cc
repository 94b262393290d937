#include "cli/reload.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "base/log_stderr.h"
#include "cli/fleet_files.h"
#include "cli/option_table.h"

namespace rollcall::cli {
namespace {

std::string NamesOf(const fleets::FleetSet& fleets) {
  std::string names;
  for (const auto& one : fleets.all()) names += (names.empty() ? "" : ", ") + one->fleet().name;
  return names;
}

}  // namespace

Reloader::Reloader(Reread reread, fleets::FleetSet::AssignRef assign,
                   const fleets::Catalog& catalog, api::Server& server)
    : options_(std::move(reread.last)),
      read_again_(std::move(reread.again)),
      assign_(std::move(assign)),
      catalog_(catalog),
      server_(server) {}

void Reloader::Reload() {
  const Result<Options> fresh = read_again_();
  if (!fresh.ok()) {
    log::Error("SIGHUP: all stays as it is: {}", fresh.status().message());
    return;
  }
  Follow(*fresh);
  ReloadFleets();
  server_.ReloadViews(options_.server.views_dir);
}

void Reloader::Follow(const Options& fresh) {
  std::string waiting;
  for (const OptionSpec& spec : OptionTable()) {
    const std::string value = spec.show(fresh);
    if ((spec.users & kServe) == 0 || value == spec.show(options_)) continue;
    if (!spec.reloads) {
      waiting += (waiting.empty() ? "" : ", ") + std::string(spec.flag);
    } else if (spec.set(value, options_).ok()) {
      log::Info("SIGHUP: {} is now {}", spec.flag, value.empty() ? "empty" : value);
    }
  }
  if (!waiting.empty()) log::Warn("SIGHUP: changed, but from the next start on only: {}", waiting);
  log::SetLevel(options_.process.log_level);
}

void Reloader::ReloadFleets() {
  auto fleets = OpenFleets(options_.fleets, assign_, &catalog_.current());
  const Result<bool> changed =
      fleets.ok() ? server_.SetFleets(std::move(fleets).value()) : Result<bool>(fleets.status());
  if (!changed.ok()) {
    log::Error("SIGHUP: the fleets stay as they are: {}", changed.status().message());
  } else if (*changed) {
    log::Info("SIGHUP: the fleets are read again; {} in force", NamesOf(catalog_.current()));
  } else {
    log::Info("SIGHUP: no declaration has changed");
  }
}

}  // namespace rollcall::cli
