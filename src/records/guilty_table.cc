#include "records/guilty_table.h"

#include <optional>
#include <utility>

#include "parse/function_name.h"

namespace rollcall::records {

FrameFilter::FrameFilter(const std::vector<CrashFrameName>& frames) {
  for (const CrashFrameName& frame : frames) functions_[frame.module].insert(frame.function);
}

bool FrameFilter::Has(const CrashFrame& frame) const {
  const auto functions = functions_.find(frame.module);
  if (functions == functions_.end()) return false;
  if (functions->second.contains(frame.function)) return true;
  const std::string readable = ReadableFunction(frame.function);
  return readable != frame.function && functions->second.contains(readable);
}

std::vector<FrameKind> KindsOf(const CrashReport& report, const FrameFilter& filter) {
  std::vector<FrameKind> kinds;
  kinds.reserve(report.frames.size());
  for (const CrashFrame& frame : report.frames) {
    kinds.push_back(filter.Has(frame) ? FrameKind::kFiltered : KindOf(frame.function));
  }
  return kinds;
}

CrashFrameName GuiltyOf(const CrashReport& stack, const FrameFilter& filter) {
  const std::optional<size_t> guilty = FindGuilty(KindsOf(stack, filter));
  if (!guilty) return {};
  const CrashFrame& frame = stack.frames[*guilty];
  return {ReadableFunction(frame.function), std::string(frame.module)};
}

const CrashFrameName GuiltyTable::kOtherFrames{"(other frames)", ""};

Result<GuiltyTable::Guilty> GuiltyTable::Of(const Source& source, uint64_t stack) {
  if (stack == 0) return Guilty{0};
  {
    const MutexLock lock(mutex_);
    if (stack < guilty_.size() && guilty_[stack] != kNotRead) return guilty_[stack];
  }
  const auto bytes =
      source.records.stacks().BytesOf(static_cast<uint32_t>(stack), &source.view.snapshot);
  if (!bytes.ok()) return bytes.status();
  CrashFrameName name = GuiltyOf(UnpackCrashStack(**bytes), filter_);
  const MutexLock lock(mutex_);
  if (guilty_.size() <= stack) guilty_.resize(stack + 1, kNotRead);
  return guilty_[stack] = Intern(std::move(name));
}

GuiltyTable::Guilty GuiltyTable::Intern(CrashFrameName name) {
  if (name.function.empty()) return 0;
  const auto known = numbers_.find(name);
  if (known != numbers_.end()) return known->second;
  if (names_.size() > kMostGuilties && name != kOtherFrames) return Intern(kOtherFrames);
  const auto number = static_cast<Guilty>(names_.size());
  names_.push_back(&numbers_.emplace(std::move(name), number).first->first);
  return number;
}

const CrashFrameName& GuiltyTable::NameOf(Guilty guilty) const {
  const MutexLock lock(mutex_);
  return *names_[guilty];
}

}  // namespace rollcall::records
