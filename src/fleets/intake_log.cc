#include "fleets/intake_log.h"

namespace rollcall::fleets {

void IntakeLog::AddUndeclared(const UndeclaredFields& fields) {
  const uint64_t count = fields.names().size() + fields.left_out();
  if (count == 0) return;
  dropped_.fetch_add(count, std::memory_order_relaxed);
  const MutexLock lock(mutex_);
  for (const std::string& name : fields.names()) fields_.Add(name);
}

UndeclaredFields IntakeLog::Undeclared() const {
  const MutexLock lock(mutex_);
  return fields_;
}

size_t IntakeLog::undeclared_count() const {
  const MutexLock lock(mutex_);
  return fields_.names().size();
}

}  // namespace rollcall::fleets
