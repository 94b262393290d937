#include "tests/bench/stores.h"

#include <chrono>
#include <map>

#include "base/clock.h"
#include "tests/bench/history.h"

namespace rollcall::bench {

Result<std::string> StoreWithHistory(Context& context, uint32_t sources) {
  const std::string original = context.folder + "/history-" + std::to_string(sources);
  static std::map<std::string, bool> written;
  if (!written[original]) {
    const auto start = std::chrono::steady_clock::now();
    HistoryOptions options;
    options.sources = sources;
    options.today = Day::Of(SystemClock().Now());
    options.last = Month::Of(options.today);
    options.months = kMonthsOfHistory;
    ROLLCALL_RETURN_IF_ERROR(WriteHistory(original, options));
    written[original] = true;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    char text[128];
    std::snprintf(text, sizeof text, "wrote %u months of %s sources in %.1f s, %.0f MiB",
                  options.months, WithCommas(sources).c_str(), seconds,
                  static_cast<double>(BytesBelow(original)) / (1024 * 1024));
    context.Say(text);
  }
  const std::string copy = context.NewPath("rollcall");
  ROLLCALL_RETURN_IF_ERROR(CopyStore(original, copy));
  return copy;
}

std::vector<uint32_t> FleetSizes(const Context& context) {
  if (context.quick) return {1'000};
  return {1'000, 10'000, 100'000};
}

void NameAfter(const std::string& subject, uint32_t sources, Row& row) {
  row.subject = subject;
  row.sources = sources;
  row.what = subject + "; " + WithCommas(sources) + " sources";
}

std::string WithCommas(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace rollcall::bench
