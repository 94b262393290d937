#include "cli/pull_state.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "cli/output_file.h"

namespace rollcall::cli {
namespace {

namespace fs = std::filesystem;

std::string UserDirectory() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/rollcall";
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/rollcall";
  return {};
}

}  // namespace

PullState::PullState(const Options& options)
    : directory_(options.move.through_server ? UserDirectory() : options.store.directory) {
  std::string move;
  for (const std::string& part : {options.move.from_victoriametrics, options.move.match,
                                  options.move.from, options.move.to, options.move.source_label}) {
    move += part + '\0';
  }
  if (options.move.through_server) move += options.move.server;
  char name[48];
  std::snprintf(name, sizeof name, "/import-%016llx.state",
                static_cast<unsigned long long>(HashBytes(move, 0).low));
  path_ = directory_ + name;
}

std::optional<Month> PullState::Load() const {
  if (directory_.empty()) return std::nullopt;
  std::ifstream file(path_);
  std::string month;
  std::getline(file, month);
  return Month::Parse(month);
}

Status PullState::Save(Month next) const {
  if (directory_.empty()) return Status::Ok();
  std::error_code error;
  fs::create_directories(directory_, error);
  const auto file = OutputFile::Open(path_);
  if (!file.ok()) return file.status();
  ROLLCALL_RETURN_IF_ERROR((*file)->Write(next.ToString() + "\n"));
  return (*file)->Finish();
}

void PullState::Remove() const {
  std::error_code error;
  if (!directory_.empty()) fs::remove(path_, error);
}

}  // namespace rollcall::cli
