#include "query/promql/notes.h"

#include <algorithm>

namespace rollcall::promql {
namespace {

constexpr size_t kMostTold = 10;
// What is kept, so that the number of the others can be told; a metric's name may stand in each.
constexpr size_t kMostKept = 1000;

void Insert(std::string text, std::vector<std::string>& sorted) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), text);
  if (sorted.size() < kMostKept && (at == sorted.end() || *at != text)) {
    sorted.insert(at, std::move(text));
  }
}

std::vector<std::string> FirstOf(const std::vector<std::string>& all, const std::string& what) {
  if (all.size() <= kMostTold) {
    return all;
  }
  std::vector<std::string> told(all.begin(), all.begin() + kMostTold);
  told.push_back(std::to_string(all.size() - kMostTold) + " more " + what + " annotations omitted");
  return told;
}

}  // namespace

void Notes::Info(const std::string& text, const Place& place) {
  MutexLock lock(mutex_);
  Insert(Located("PromQL info: " + text, place), infos_);
}

void Notes::Warn(const std::string& text, const Place& place) {
  MutexLock lock(mutex_);
  Insert(Located("PromQL warning: " + text, place), warnings_);
}

std::vector<std::string> Notes::Infos() const {
  MutexLock lock(mutex_);
  return FirstOf(infos_, "info");
}

std::vector<std::string> Notes::Warnings() const {
  MutexLock lock(mutex_);
  return FirstOf(warnings_, "warning");
}

std::string Notes::Located(const std::string& text, const Place& place) const {
  const std::string_view before = query_.substr(0, std::min(place.begin, query_.size()));
  const size_t lines = static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_start = lines == 0 ? 0 : before.rfind('\n') + 1;
  return text + " (" + std::to_string(lines + 1) + ":" +
         std::to_string(place.begin - line_start + 1) + ")";
}

}  // namespace rollcall::promql
