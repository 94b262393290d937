// rollcall import: takes history in.
#include <cstdio>
#include <string>
#include <vector>

#include "base/byte_sizes.h"
#include "cli/command.h"
#include "cli/import_input.h"
#include "cli/import_target.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/pull.h"
#include "cli/record_move.h"
#include "cli/serve_process.h"
#include "ingest/importer.h"

namespace rollcall::cli {

const std::string_view kImportHelp =
    "Takes history in: lines of Prometheus' text format with a label that names the installation\n"
    "and a timestamp in milliseconds, or series as VictoriaMetrics exports them (JSON lines); in "
    "any\n"
    "order, plain, gzip or zstd. It is counted like reports that came in then; what is imported\n"
    "twice changes nothing. Of what is older than --retention the counts are kept, not the "
    "reports.\n"
    "\n"
    "  rollcall import history.txt.gz\n"
    "  zstdcat history.zst | rollcall import - --server http://127.0.0.1:8082\n"
    "  rollcall import history.txt --data-dir /var/lib/rollcall\n"
    "  rollcall import --from-victoriametrics http://127.0.0.1:8428 --match "
    "'{__name__=~\"myapp_.*\"}'\n"
    "\n"
    "It goes through a running server, or with --data-dir into a store that no server has open.\n"
    "Bad lines are counted and passed over, unless --strict is given. From a VictoriaMetrics it\n"
    "pulls month by month, since the first that has data; when it is interrupted, the same "
    "command\n"
    "goes on with the month that was under way.\n"
    "\n"
    "With --records the file holds records: JSON lines of an export or of /api/records, the CSV of "
    "the\n"
    "old Clear Linux telemetry server, or its table by PostgreSQL's COPY … TO … CSV HEADER, with\n"
    "classification and build as texts. They keep their ids; those that are there already are "
    "passed\n"
    "over, so an import that was interrupted is run again.\n"
    "\n"
    "  rollcall import --records records.csv --data-dir /var/lib/rollcall\n"
    "\n"
    "Exit code: 0 when every line went in, 1 when lines were refused or it failed.\n";

namespace {

using ingest::ImportTally;

// The progress through the input, and through its lines.
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

Result<ImportTally> ImportFile(const Options& options) {
  const auto input = ImportInput::Open(options.move.file);
  if (!input.ok()) return input.status();
  const auto target = ImportTarget::Open(options);
  if (!target.ok()) return target.status();
  Progress progress(**input);
  return (*target)->Import(
      ingest::ParseImportFormat(options.move.format).value_or(ingest::ImportFormat::kAuto),
      [&] { return (*input)->Next(); }, [&](uint64_t lines, uint64_t) { progress.Update(lines); });
}

void PrintLeftOut(const ImportTally& tally) {
  if (tally.samples_not_kept > 0) {
    std::printf("%s older than --retention: counted, not kept\n",
                Count(tally.samples_not_kept, "sample").c_str());
  }
  std::printf("left out: %s refused, %s\n", Count(tally.refused, "line").c_str(),
              Count(tally.not_numbers, "NaN").c_str());
  for (const std::string& error : tally.errors) std::printf("  %s\n", error.c_str());
  if (tally.refused > tally.errors.size()) {
    std::printf("  … and %s more\n", std::to_string(tally.refused - tally.errors.size()).c_str());
  }
}

void Print(const ImportTally& tally) {
  const std::string text = Count(tally.lines, "line") + ": " + Count(tally.samples, "sample") +
                           " of " + std::to_string(tally.series) + " series from " +
                           Count(tally.sources, "source") + "\n" +
                           "new: " + Count(tally.reports_added, "report") + ", " +
                           Count(tally.samples_added, "sample") + "\n";
  std::fputs(text.c_str(), stdout);
  PrintLeftOut(tally);
}

// Prints a line for each month that has samples, then the sums and the first errors of all months.
ImportTally PrintMonths(const std::vector<PulledMonth>& months) {
  ImportTally all;
  for (const auto& [month, tally] : months) {
    if (tally.lines == 0) continue;
    std::printf("%s: %s of %s series from %s; new: %s, %s\n", month.ToString().c_str(),
                Count(tally.samples, "sample").c_str(), std::to_string(tally.series).c_str(),
                Count(tally.sources, "source").c_str(),
                Count(tally.reports_added, "report").c_str(),
                Count(tally.samples_added, "sample").c_str());
    all.samples += tally.samples;
    all.reports_added += tally.reports_added;
    all.samples_added += tally.samples_added;
    all.samples_not_kept += tally.samples_not_kept;
    all.refused += tally.refused;
    all.not_numbers += tally.not_numbers;
    for (const std::string& error : tally.errors) {
      if (all.errors.size() < ImportTally::kMaxErrors) {
        all.errors.push_back(month.ToString() + ": " + error);
      }
    }
  }
  std::printf("in all: %s; new: %s, %s\n", Count(all.samples, "sample").c_str(),
              Count(all.reports_added, "report").c_str(),
              Count(all.samples_added, "sample").c_str());
  PrintLeftOut(all);
  return all;
}

}  // namespace

int RunImport(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("import", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  if (options->records.are_moved) {
    const Status status = ImportRecords(*options);
    return status.ok() ? kExitOk : Fail("import", status);
  }
  ImportTally tally;
  if (options->move.from_victoriametrics.empty()) {
    const Result<ImportTally> of_file = ImportFile(*options);
    if (!of_file.ok()) return Fail("import", of_file.status());
    tally = *of_file;
    Print(tally);
  } else {
    std::vector<PulledMonth> months;
    const Status status = PullHistory(*options, months);
    tally = PrintMonths(months);
    if (!status.ok()) return Fail("import", status);
  }
  return tally.errors.empty() && tally.refused == 0 ? kExitOk : kExitFailure;
}

}  // namespace rollcall::cli
