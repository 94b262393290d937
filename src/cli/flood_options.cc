#include "cli/flood_options.h"

#include <cstdint>

#include "cli/option_kinds.h"

namespace rollcall::cli {
namespace {

constexpr uint64_t kMost = 100'000'000;

OptionSpec Limit(std::string_view flag, std::string_view unit, Field<uint32_t> field, Words words) {
  words.zero = "no limit";
  return Number<uint32_t>(kBoth, flag, 0, kMost, unit, field, words);
}

}  // namespace

void AddFloodOptions(std::vector<OptionSpec>& table) {
  table.push_back(
      Limit("max-sender-requests-per-minute", "requests",
            ROLLCALL_FIELD(server.sender_limits.requests_per_minute),
            {"Requests to --listen-addr of one IPv4 address or IPv6 /64: so many at once, and as "
             "many again per minute; over it 429 with Retry-After, as with the next seven. None of "
             "them holds for this machine itself.",
             "2,500 installations behind one address have room, even all at once"}));
  table.push_back(Limit("max-sender-requests-per-day", "requests",
                        ROLLCALL_FIELD(server.sender_limits.requests_per_day),
                        {"The same per day.", "twice what those 2,500 send"}));
  table.push_back(Limit("max-source-reports-per-minute", "reports",
                        ROLLCALL_FIELD(server.ingester.flood.source_reports_per_minute),
                        {"Reports of one installation.", "real ones send two in 15 minutes"}));
  table.push_back(
      Limit("max-new-sources-per-minute", "installations",
            ROLLCALL_FIELD(server.ingester.flood.new_sources_per_minute),
            {"Installations that never reported before, of one address or /64. Those that are "
             "known go on.",
             "2,500 that are set up at once are all in within half an hour"}));
  table.push_back(Limit("max-new-sources-per-day", "installations",
                        ROLLCALL_FIELD(server.ingester.flood.new_sources_per_day),
                        {"The same per day.", "no address has that many, twice over"}));
  table.push_back(
      Limit("max-new-label-sets-per-report", "label sets",
            ROLLCALL_FIELD(server.ingester.flood.new_label_sets_per_report),
            {"Label sets in one report that the store does not have. Reports whose label sets are "
             "known go on, as with the next two.",
             "the first report of a large installation of a new product"}));
  table.push_back(Limit(
      "max-new-label-sets-per-day", "label sets",
      ROLLCALL_FIELD(server.ingester.flood.new_label_sets_per_day),
      {"Such label sets of one fleet.", "100,000 installations that each bring two of their own"}));
  table.push_back(Number<uint64_t>(
      kBoth, "max-label-sets", 0, 4'000'000'000, "label sets",
      ROLLCALL_FIELD(server.ingester.flood.label_sets),
      {"Label sets in the store, of all fleets.", "a gigabyte or two of disk", "no limit"}));
}

}  // namespace rollcall::cli
