// rollcall import: takes history in.
#include <algorithm>
#include <cstdio>

#include "api/import_json.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/import_input.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "forward/http_client.h"
#include "ingest/importer.h"
#include "model/fleet.h"
#include "parse/decompress.h"

namespace rollcall::cli {

const std::string_view kImportHelp =
    "Takes history in: lines of Prometheus' text format with a label that names the installation\n"
    "and a timestamp in milliseconds, in any order, plain, gzip or zstd. It is counted like "
    "reports\n"
    "that came in then; what is imported twice changes nothing.\n"
    "\n"
    "  rollcall import history.txt.gz\n"
    "  zstdcat history.zst | rollcall import - --server http://127.0.0.1:8082\n"
    "  rollcall import history.txt --data-dir /var/lib/rollcall\n"
    "\n"
    "It goes through a running server, or with --data-dir into a store that no server has open.\n"
    "Bad lines are counted and passed over, unless --strict is given.\n"
    "\n"
    "Exit code: 0 when every line went in, 1 when lines were refused or it failed.\n";

namespace {

using ingest::ImportTally;

constexpr uint64_t kMiB = 1024 * 1024;
constexpr std::string_view kPath = "/api/v1/import/prometheus";

// How far the input is, and the lines of it.
class Progress {
 public:
  explicit Progress(const ImportInput& input) : input_(input), bar_(OptionsFor(input)) {}

  void Update(uint64_t lines) { bar_.Update(input_.bytes_read() / kMiB, lines); }
  void Finish() { bar_.Finish(); }

 private:
  static ProgressBar::Options OptionsFor(const ImportInput& input) {
    ProgressBar::Options options =
        ProgressBar::ForStderr("import", "MiB", input.total_bytes() / kMiB);
    options.total_known = input.total_bytes() > 0;
    options.detail_unit = "lines";
    return options;
  }

  const ImportInput& input_;
  ProgressBar bar_;
};

Result<ImportTally> ImportIntoStore(const ImportOptions& options, ImportInput& input) {
  storage::StoreOptions store;
  store.directory = options.data_dir;
  const auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  ingest::ImportOptions import;
  import.fleet = CozystackFleet().ref;
  import.source_label = options.source_label;
  import.strict = options.strict;
  import.latest = SystemClock().Now();
  const auto importer = ingest::Importer::Start(**stores, nullptr, import);
  if (!importer.ok()) return importer.status();

  Progress progress(input);
  Decompressor decompressor([&](std::string_view piece) { return (*importer)->Feed(piece); });
  for (;;) {
    const Result<std::string_view> piece = input.Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) break;
    ROLLCALL_RETURN_IF_ERROR(decompressor.Feed(*piece));
    progress.Update((*importer)->tally().lines);
  }
  ROLLCALL_RETURN_IF_ERROR(decompressor.Finish());
  ROLLCALL_RETURN_IF_ERROR((*importer)->Finish());
  progress.Update((*importer)->tally().lines);
  return (*importer)->tally();
}

std::string Encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += hex;
  }
  return encoded;
}

std::string UrlOf(const ImportOptions& options) {
  std::string url = options.server;
  while (url.ends_with('/')) url.pop_back();
  return url + std::string(kPath) + "?source_label=" + Encoded(options.source_label) +
         (options.strict ? "&strict=1" : "");
}

Result<ImportTally> ImportThroughServer(const ImportOptions& options, ImportInput& input) {
  forward::HttpClientOptions client;
  // The server says nothing until all is stored.
  client.read_timeout = std::chrono::hours(6);
  client.total_timeout = std::chrono::hours(24 * 30);
  Progress progress(input);
  // Unpacked for the progress bar alone; what is damaged the server will name.
  uint64_t lines = 0;
  Decompressor counter([&](std::string_view text) {
    lines += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    return Status::Ok();
  });
  bool countable = true;
  const auto next = [&]() -> Result<std::string_view> {
    const Result<std::string_view> piece = input.Next();
    countable = countable && piece.ok() && counter.Feed(*piece).ok();
    progress.Update(lines);
    return piece;
  };
  const auto answer = forward::HttpPostStream(UrlOf(options), "text/plain", next, client);
  if (!answer.ok()) return answer.status();
  Result<ImportTally> tally = api::ParseImportJson(answer->body);
  if (tally.ok()) return tally;
  std::string text = answer->body.substr(0, answer->body.find('\n'));
  return Status::Unavailable(options.server + " answered " + std::to_string(answer->status) + ": " +
                             text.substr(0, 200));
}

// "1 line", "2 lines".
std::string Count(uint64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

void Print(const ImportTally& tally) {
  const std::string text =
      Count(tally.lines, "line") + ": " + Count(tally.samples, "sample") + " of " +
      std::to_string(tally.series) + " series from " + Count(tally.sources, "source") + "\n" +
      "new: " + Count(tally.reports_added, "report") + ", " + Count(tally.samples_added, "sample") +
      "\n" + "left out: " + Count(tally.refused, "line") + " refused, " +
      Count(tally.not_numbers, "NaN") + "\n";
  std::fputs(text.c_str(), stdout);
  for (const std::string& error : tally.errors) std::printf("  %s\n", error.c_str());
  if (tally.refused > tally.errors.size()) {
    std::printf("  … and %s more\n", std::to_string(tally.refused - tally.errors.size()).c_str());
  }
}

}  // namespace

int RunImport(std::span<char*> args) {
  const std::optional<ImportOptions> options = ReadImportOptions(args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  const auto input = ImportInput::Open(options->file);
  if (!input.ok()) return Fail("import", input.status());
  const Result<ImportTally> tally = options->data_dir.empty()
                                        ? ImportThroughServer(*options, **input)
                                        : ImportIntoStore(*options, **input);
  if (!tally.ok()) return Fail("import", tally.status());
  Print(*tally);
  return tally->errors.empty() && tally->refused == 0 ? kExitOk : kExitFailure;
}

}  // namespace rollcall::cli
