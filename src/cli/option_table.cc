#include "cli/option_table.h"

#include <array>
#include <utility>
#include <vector>

#include "base/byte_sizes.h"
#include "cli/access_options.h"
#include "cli/config_file.h"
#include "cli/demo_options.h"
#include "cli/flood_options.h"
#include "cli/keep_options.h"
#include "cli/option_checks.h"
#include "cli/option_kinds.h"
#include "cli/option_value.h"
#include "cli/promql_options.h"
#include "cli/record_options.h"
#include "parse/instant.h"

namespace rollcall::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::pair<unsigned, std::string_view>, 14> kUsers{{{kServe, "serve"},
                                                                        {kDemo, "demo"},
                                                                        {kVerify, "verify"},
                                                                        {kImport, "import"},
                                                                        {kExport, "export"},
                                                                        {kClock, "clock"},
                                                                        {kRepair, "repair"},
                                                                        {kFleet, "fleet"},
                                                                        {kRecords, "records"},
                                                                        {kToken, "token"},
                                                                        {kBackup, "backup"},
                                                                        {kRestore, "restore"},
                                                                        {kForget, "forget"},
                                                                        {kShow, "show"}}};

void AddPlaces(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kBoth, "listen-addr", "ADDRESS", kAllowedAddresses, CheckAddress,
           ROLLCALL_FIELD(server.front.public_address),
           {"Where reports, the overview and the page are served. Port 0: any free one.",
            "senders and charts know this port"}));
  table.push_back(
      Text(kBoth, "private-listen-addr", "ADDRESS", kAllowedAddresses, CheckAddress,
           ROLLCALL_FIELD(server.front.private_address),
           {"Where /metrics and all that is not for the public is served.",
            "out of reach for other machines until you say otherwise", "no private listener"}));
  table.push_back(
      Text(kBoth, "private-hosts", "NAMES", kAllowedHosts, CheckHosts,
           ROLLCALL_FIELD(server.front.private_hosts),
           {"Names by which the private listener may be asked, with commas, beside localhost and "
            "the address that a connection came in by: a scrape by a DNS name needs it here.",
            "no web page can give a name of its own our address", "none but those"}));
  table.push_back(Text(kBoth | kVerify | kImport | kExport | kClock | kRepair | kRecords | kBackup |
                           kRestore | kForget | kShow,
                       "data-dir", "DIRECTORY", kAllowedDirectories, CheckDirectory,
                       ROLLCALL_FIELD(store.directory),
                       {"Where the store lives. Made when it is not there; one process at a time.",
                        "works at once, in the folder you are in"}));
  table.back().without_default =
      kImport | kExport | kClock | kRecords | kBackup | kRestore | kForget | kShow;
  table.push_back(Text(
      kBoth | kVerify | kImport | kExport | kRepair | kRestore | kForget | kShow, "fleets", "NAMES",
      kAllowedFleetLists, CheckFleets, ROLLCALL_FIELD(fleets),
      {"The products whose installations report, each a declaration: the name of a "
       "built-in one, a file, or a folder that ends in / and stands for its *.json. The first is "
       "the default one. With --data-dir.",
       "the product that rollcall began with"}));
  table.back().reloads = true;
}

void AddImport(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kImport | kExport | kClock | kRecords | kBackup | kForget | kShow, "server", "URL",
           kAllowedUrls, CheckUrl, ROLLCALL_FIELD(move.server),
           {"The running server that takes the history in, gives it out, or is asked for "
            "its clock, a backup, what it holds or to delete: its private listener.",
            "where a server on this machine listens"}));
  table.push_back(Text(kImport, "source-label", "NAME", kAllowedLabels, CheckLabel,
                       ROLLCALL_FIELD(move.source_label),
                       {"The label that names the installation which a sample is of.",
                        "exports and telemetry servers name it so", "the id_label of the fleet"}));
  table.push_back(
      Switch(kImport, "strict", ROLLCALL_FIELD(move.strict),
             {"Stop at the first bad line. Otherwise bad lines are counted and passed over.",
              "one bad line need not keep the rest out"}));
}

void AddMove(std::vector<OptionSpec>& table) {
  constexpr unsigned kMove = kImport | kExport;
  table.push_back(Text(
      kImport, "from-victoriametrics", "URL", kAllowedUrls, CheckUrl,
      ROLLCALL_FIELD(move.from_victoriametrics),
      {"The VictoriaMetrics whose history is taken in, month by month: a single node, a cluster's "
       "vmselect, or a URL that ends in /prometheus. --match says which series.",
       "a file is the usual way", "a file is read"}));
  table.push_back(Text(
      kExport | kFleet, "output", "FILE", kAllowedFiles, CheckOutput, ROLLCALL_FIELD(move.output),
      {"Where the export, or a new fleet's file, goes. A file is there once it is whole.",
       "for a pipe into a packer"}));
  table.back().letter = 'o';
  table.push_back(Text(kMove, "format", "NAME", kAllowedFormats, CheckFormat,
                       ROLLCALL_FIELD(move.format),
                       {"text: lines of Prometheus' text format with timestamps. jsonl: series as "
                        "VictoriaMetrics exports them. auto: by what a file begins with; an export "
                        "is text.",
                        "both can be told apart"}));
  table.push_back(
      Text(kMove, "from", "TIME", kAllowedInstants, CheckInstant, ROLLCALL_FIELD(move.from),
           {"The first moment, inclusive. A day, month or year stands for its start, UTC.",
            "nothing is left out", "from the first report"}));
  table.push_back(Text(kMove, "to", "TIME", kAllowedInstants, CheckInstant, ROLLCALL_FIELD(move.to),
                       {"The end, exclusive: --from 2026-01 --to 2026-03 is January and February.",
                        "nothing is left out", "to the last report"}));
  table.push_back(Text(
      kMove, "match", "SELECTOR", kAllowedSelectors, CheckSelector, ROLLCALL_FIELD(move.match),
      {"Which series. Regular expressions match a whole value.", "nothing is left out", "all"}));
  table.push_back(Text(kMove | kForget | kShow, "fleet", "NAME", kAllowedFleets, CheckFleet,
                       ROLLCALL_FIELD(move.fleet),
                       {"Whose reports are moved, shown or erased.", "most have one fleet",
                        "the first of --fleets"}));
}

void AddStore(std::vector<OptionSpec>& table) {
  table.push_back(Number<unsigned>(
      kBoth, "retention", 0, 1200, "months", ROLLCALL_FIELD(server.retention.report_months),
      {"How many months the reports themselves are kept, the running one among them.",
       "a year can be compared with the same month of the one before", "kept for ever"}));
  table.push_back(Number<unsigned>(
      kBoth, "peaks-retention", 0, 1200, "months", ROLLCALL_FIELD(server.retention.peaks_months),
      {"How many months the monthly peaks are kept, which all counts come from, the running one "
       "among them. Fewer than 12 count as 12: the longest window.",
       "they are small, and a count cannot be made again without them", "kept for ever"}));
  table.push_back(Size(kBoth, "source-cache-bytes", kMiB, 1024 * kGiB,
                       ROLLCALL_FIELD(server.ingester.source_cache_bytes),
                       {"Memory for the last report of each source. A source that is not in it "
                        "costs a read when it reports next.",
                        "half of what 100,000 sources may take in all"}));
  table.push_back(Number<size_t>(
      kBoth, "max-report-series", 1, 1'000'000, "series",
      ROLLCALL_FIELD(server.ingester.bounds.series),
      {"Series in one report. One of more is answered 413, as with the next four.",
       "several times what the largest senders send; others wait while new ones are written"}));
  table.push_back(
      Number<size_t>(kBoth, "max-metric-name-bytes", 1, 65'536, "bytes",
                     ROLLCALL_FIELD(server.ingester.bounds.metric_name_bytes),
                     {"Bytes in the name of a metric.", "several times the longest name in use"}));
  table.push_back(
      Number<size_t>(kBoth, "max-label-name-bytes", 1, 65'536, "bytes",
                     ROLLCALL_FIELD(server.ingester.bounds.label_name_bytes),
                     {"Bytes in the name of a label.", "several times the longest name in use"}));
  table.push_back(Number<size_t>(
      kBoth, "max-label-value-bytes", 1, 1'048'576, "bytes",
      ROLLCALL_FIELD(server.ingester.bounds.label_value_bytes),
      {"Bytes in the value of a label.", "versions, kinds and kernels have less than a hundred"}));
  table.push_back(Number<size_t>(
      kBoth, "max-month-label-sets", 1, 10'000'000, "label sets",
      ROLLCALL_FIELD(server.ingester.bounds.month_label_sets),
      {"Label sets of one installation in one month. A report that would bring more is refused. "
       "Less than --max-report-series counts as that.",
       "upgrades and restarts bring real ones some hundreds; each new peak walks them all"}));
  table.push_back(Size(kBoth, "block-cache-bytes", kMiB, 1024 * kGiB,
                       ROLLCALL_FIELD(store.block_cache_bytes),
                       {"Memory for blocks of the store that are read often.",
                        "the rows of an overview fit many times over"}));
}

void AddElsewhere(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kBoth, "app-list-url", "URL", kAllowedListUrls, CheckListUrl,
           ROLLCALL_FIELD(server.app_list.url),
           {"Where the names come from that an overview lists at 0: those of the first fleet whose "
            "declaration has a list (known_names_url).",
            "the declaration knows", "nothing is fetched and the names of the declaration stand"}));
  table.push_back(Duration(
      kBoth, "app-list-interval", seconds(1), hours(24 * 30),
      ROLLCALL_FIELD(server.app_list.interval),
      {"Time between two fetches of that list.", "GitHub takes 60 anonymous requests an hour"}));
  table.push_back(Text(
      kBoth, "vmselect-url", "URL", kAllowedUrls, CheckUrl, ROLLCALL_FIELD(server.vmselect.url),
      {"The VictoriaMetrics that computes overviews: a vmselect, or a URL ending in /prometheus.",
       "the store has all that came in", "the overview comes from the store"}));
  table.push_back(Text(kBoth, "snapshot-dir", "DIRECTORY", kAllowedDirectories, CheckDirectory,
                       ROLLCALL_FIELD(server.vmselect.snapshot_dir),
                       {"Snapshots YYYY-MM.json of closed months: kept with --vmselect-url; "
                        "without it read for months before those that the store has.",
                        "the store needs none", "there are none"}));
  table.push_back(
      Duration(kBoth, "vmselect-timeout", milliseconds(100), minutes(10),
               ROLLCALL_FIELD(server.vmselect.timeout),
               {"Time for all that VictoriaMetrics is asked for one overview; over it: 503.",
                "what VictoriaMetrics itself gives a query"}));
}

void AddForward(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kServe, "forward-url", "URL", kAllowedUrls, CheckUrl, ROLLCALL_FIELD(server.forward.url),
           {"Where each accepted report is sent on to, as text lines with timestamps: an "
            "import endpoint of VictoriaMetrics. Senders do not wait for it.",
            "no VictoriaMetrics is needed", "nothing is forwarded"}));
  table.push_back(Text(kServe, "forward-username", "NAME", kAllowedUsers, CheckUser,
                       ROLLCALL_FIELD(server.forward.credentials.username),
                       {"User name for that endpoint; goes with --forward-password-file.",
                        "an endpoint within a cluster asks for none", "no user name is sent"}));
  table.push_back(Text(kServe, "forward-password-file", "FILE", kAllowedSecrets, CheckFile,
                       ROLLCALL_FIELD(server.forward.credentials.password_file),
                       {"File with that user's password. Read for each request, so it may change.",
                        "an endpoint within a cluster asks for none", "no password is sent"}));
  table.push_back(
      Text(kServe, "forward-bearer-token-file", "FILE", kAllowedSecrets, CheckFile,
           ROLLCALL_FIELD(server.forward.credentials.bearer_token_file),
           {"File with a bearer token for that endpoint, instead of a user name. Read for "
            "each request, so it may change.",
            "an endpoint within a cluster asks for none", "no token is sent"}));
  table.push_back(Switch(kServe, "no-store", ROLLCALL_FIELD(server.no_store),
                         {"Forward only: reports are kept until they are forwarded, and nothing is "
                          "counted here. Needs --forward-url.",
                          "the counts need no other server"}));
  table.push_back(
      Size(kBoth, "min-free-bytes", 0, 1024 * kGiB, ROLLCALL_FIELD(store.min_free_bytes),
           {"With less room than this on the disk of --data-dir reports and imports get 503, and "
            "nothing is written that can wait.",
            "what the store's memory takes when it is written out, and a compaction as much again",
            "until the disk is full; then a start waits for room too"}));
  table.push_back(Size(
      kServe, "outbox-max-bytes", 64 * kMiB, 1024 * kGiB, ROLLCALL_FIELD(store.outbox_max_bytes),
      {"Most bytes on disk of reports that are still to be forwarded or were refused, "
       "packed; over it the oldest are dropped.",
       "some 20 million usual reports"}));
  table.push_back(Duration(kServe, "outbox-retention", hours(1), hours(24 * 365),
                           ROLLCALL_FIELD(server.retention.parked),
                           {"How long reports are kept that the endpoint refused.",
                            "a week to look at GET /api/v1/outbox/parked"}));
}

void AddHosts(std::vector<OptionSpec>& table) {
  table.push_back(Targets(
      kBoth, "scrape-target", ROLLCALL_FIELD(server.scraper.targets),
      {"A server that is asked for its hosts' counters: the /uptime or the /metrics of an agbero. "
       "The flag may be given several times; in the variable blanks stand between targets.",
       "samples can be pushed as well", "nothing is scraped"}));
  table.push_back(Duration(
      kBoth, "scrape-interval", seconds(1), hours(1), ROLLCALL_FIELD(server.scraper.interval),
      {"Time between two samples of a host.", "the finest that a history shows is a minute"}));
  table.push_back(Duration(
      kBoth, "scrape-timeout", milliseconds(100), hours(1), ROLLCALL_FIELD(server.scraper.timeout),
      {"Time for a target's whole answer. More than --scrape-interval counts as that.",
       "a target that needs longer has other problems; none waits for another"}));
  table.push_back(Switch(kServe, "no-own-samples", ROLLCALL_FIELD(server.scraper.no_own_samples),
                         {"rollcall does not record itself as a host. Otherwise it writes some "
                          "bytes once per --scrape-interval.",
                          "how the server itself does is worth a line"}));
  table.push_back(Duration(kBoth, "hosts-retention", hours(1), hours(24 * 365),
                           ROLLCALL_FIELD(server.retention.host_samples),
                           {"How long samples of hosts are taken and shown. They are deleted a "
                            "day or some hours more later.",
                            "the longest range there is"}));
  table.push_back(Number<size_t>(kBoth, "max-hosts", 1, 1'000'000, "hosts",
                                 ROLLCALL_FIELD(server.max_hosts),
                                 {"Most hosts whose samples are kept; those of further ones are "
                                  "refused, pushed ones with 429.",
                                  "twice the 10,000 that one core has plenty of time for"}));
}

void AddLimits(std::vector<OptionSpec>& table) {
  table.push_back(Size(kBoth, "max-body-bytes", 1, kGiB, ROLLCALL_FIELD(server.max_report_bytes),
                       {"Most bytes of a request's body, inflated; over it: 413.",
                        "thousands of times an ordinary report"}));
  table.push_back(Size(kBoth, "max-buffered-bytes", 1, 1024 * kGiB,
                       ROLLCALL_FIELD(server.front.max_buffered_bytes),
                       {"Most bytes that all bodies in hand may take together; over it: 503.",
                        "25 of the largest bodies, or all of a large fleet's usual ones"}));
  table.push_back(Size(kBoth, "max-header-bytes", 256, kMiB,
                       ROLLCALL_FIELD(server.front.max_header_bytes),
                       {"Most bytes of a request line and its headers together; over it: 431.",
                        "as much as common proxies let through"}));
  table.push_back(Number<size_t>(kBoth, "max-header-count", 1, 10'000, "headers",
                                 ROLLCALL_FIELD(server.front.max_header_count),
                                 {"Most headers of a request; over it: 431.", "senders use five"}));
  table.push_back(Size(kBoth, "max-target-bytes", 16, kMiB,
                       ROLLCALL_FIELD(server.front.max_target_bytes),
                       {"Most bytes of a request's path and query; over it: 414.",
                        "far more than any path of ours"}));
  table.push_back(Number<size_t>(
      kBoth, "max-connections", 1, 1'000'000, "connections",
      ROLLCALL_FIELD(server.front.max_connections),
      {"Most open connections; over it the one that has been idle longest is closed.",
       "senders leave theirs open; each is a descriptor and a small struct"}));
  table.push_back(Number<size_t>(
      kBoth, "max-peer-connections", 0, 1'000'000, "connections",
      ROLLCALL_FIELD(server.front.max_peer_connections),
      {"Of those, most of one IPv4 address or IPv6 /64 at the public listener.",
       "2,500 installations behind one address have room, and three quarters are left for others",
       "as many as there are"}));
  table.push_back(
      Number<size_t>(kBoth, "private-connections", 0, 1'000'000, "connections",
                     ROLLCALL_FIELD(server.front.private_connections),
                     {"Of those, kept for the private listener; at most a quarter of all.",
                      "some scrapers and an operator", "none"}));
}

void AddDeadlines(std::vector<OptionSpec>& table) {
  table.push_back(Duration(kBoth, "header-timeout", milliseconds(1), hours(1),
                           ROLLCALL_FIELD(server.front.header_timeout),
                           {"Time for a whole request line and its headers, from their first byte.",
                            "slow links make it, senders that drip do not"}));
  table.push_back(Duration(
      kBoth, "body-timeout", milliseconds(1), hours(1), ROLLCALL_FIELD(server.front.body_timeout),
      {"Time for a whole body, from the end of the headers.", "10 MiB at 1.4 Mbit/s"}));
  table.push_back(Duration(kBoth, "idle-timeout", milliseconds(1), hours(24),
                           ROLLCALL_FIELD(server.front.idle_timeout),
                           {"Time a connection may stay open between two requests.",
                            "senders open a new one if they need it"}));
  table.push_back(Duration(
      kBoth, "write-timeout", milliseconds(1), hours(1), ROLLCALL_FIELD(server.front.write_timeout),
      {"Time for a client to take its whole answer; of an export, each piece of it.",
       "answers are small"}));
  table.push_back(Duration(kBoth, "hangup-timeout", milliseconds(1), hours(1),
                           ROLLCALL_FIELD(server.front.hangup_timeout),
                           {"Time that a query is worked on for a client that has closed its side.",
                            "one that only ended sending has its answer by then"}));
  table.push_back(Duration(
      kBoth, "shutdown-grace", milliseconds(0), minutes(10), ROLLCALL_FIELD(process.shutdown_grace),
      {"Time that requests in progress have after SIGTERM.",
       "less than the 30s after which Kubernetes kills", "what is not answered yet is dropped"}));
}

void AddWorkers(std::vector<OptionSpec>& table) {
  table.push_back(Number<size_t>(
      kBoth, "ingest-threads", 1, 256, "threads", ROLLCALL_FIELD(server.front.ingest_threads),
      {"Threads that take in reports.", "reports wait for the disk, not for a processor"}));
  table.push_back(Number<size_t>(
      kBoth, "query-threads", 1, 256, "threads", ROLLCALL_FIELD(server.front.query_threads),
      {"Threads that answer everything else, and as many for --vmselect-url.",
       "a slow answer leaves three for the others"}));
  table.push_back(Number<size_t>(
      kBoth, "ingest-queue", 1, 10'000'000, "requests", ROLLCALL_FIELD(server.front.ingest_queue),
      {"Reports that may wait or be in work; over it: 503 with Retry-After.",
       "one for each of the connections"}));
  table.push_back(Number<size_t>(
      kBoth, "query-queue", 1, 10'000'000, "requests", ROLLCALL_FIELD(server.front.query_queue),
      {"Other requests that may wait or be in work; over it: 503 with Retry-After.",
       "at some milliseconds each, the last in line still waits less than a second"}));
  table.push_back(Size(kBoth, "bulk-body-bytes", 1, kGiB,
                       ROLLCALL_FIELD(server.front.bulk_body_bytes),
                       {"A report over it, also once inflated, waits in a line of its own.",
                        "ten times a large cluster's report; a millisecond's work"}));
  table.push_back(Number<size_t>(
      kBoth, "bulk-queue", 1, 10'000, "requests", ROLLCALL_FIELD(server.front.bulk_queue),
      {"Such reports that may wait or be in work, one at a time; over it: 503 with Retry-After.",
       "the last in line waits some seconds"}));
  table.push_back(Number<size_t>(kBoth, "probe-queue", 1, 10'000, "requests",
                                 ROLLCALL_FIELD(server.front.probe_queue),
                                 {"Requests for health and readiness, and as many for metrics, "
                                  "that may wait or be in work; over "
                                  "it: 503.",
                                  "who asks for them asks every few seconds"}));
}

void AddLog(std::vector<OptionSpec>& table) {
  table.push_back(Text(kBoth, "log-level", "LEVEL", kAllowedLevels, CheckLevel,
                       ROLLCALL_FIELD(process.log_level),
                       {"The least severe messages that are logged, on stderr. Requests are at "
                        "debug.",
                        "a line at start and stop, and what an operator should know"}));
  table.back().reloads = true;
  table.push_back(Text(kBoth, "log-format", "NAME", kAllowedLogFormats, CheckLogFormat,
                       ROLLCALL_FIELD(process.log_format),
                       {"text: a line for people. json: an object with time, level and message.",
                        "most logs are read by people"}));
}

std::vector<OptionSpec> MakeTable() {
  std::vector<OptionSpec> table;
  AddConfigOption(table);
  AddPlaces(table);
  AddAccessOptions(table);
  AddDemoOptions(table);
  AddRepairOptions(table);
  AddImport(table);
  AddMove(table);
  AddStore(table);
  AddElsewhere(table);
  AddForward(table);
  AddHosts(table);
  AddRecordOptions(table);
  AddBackupOptions(table);
  AddSourceOptions(table);
  AddLimits(table);
  AddFloodOptions(table);
  AddPromqlOptions(table);
  AddDeadlines(table);
  AddWorkers(table);
  AddLog(table);
  return table;
}

}  // namespace

std::string OptionSpec::VariableName() const {
  std::string name = "ROLLCALL_";
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string OptionSpec::DefaultText() const { return show(Options()); }

std::span<const OptionSpec> OptionTable() {
  static const std::vector<OptionSpec> table = MakeTable();
  return table;
}

unsigned OptionUserOf(std::string_view command) {
  for (const auto& [user, name] : kUsers) {
    if (name == command) return user;
  }
  return 0;
}

std::string_view CommandOf(unsigned user) {
  for (const auto& [bit, name] : kUsers) {
    if (bit == user) return name;
  }
  return {};
}

std::string CommandsOf(unsigned users) {
  std::string text;
  for (const auto& [user, name] : kUsers) {
    if ((users & user) != 0) text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

}  // namespace rollcall::cli
