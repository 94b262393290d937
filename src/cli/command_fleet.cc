// rollcall fleet: tries a fleet's declaration before anything is served, or begins one.
#include <cstdio>
#include <filesystem>
#include <string>

#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/import_input.h"
#include "cli/message.h"
#include "cli/output_file.h"
#include "cli/serve_process.h"
#include "fleets/built_in.h"
#include "fleets/dry_run.h"
#include "fleets/report_reader.h"
#include "model/label_set.h"
#include "parse/json_pointer.h"
#include "parse/text_writer.h"

namespace rollcall::cli {

const std::string_view kFleetHelp =
    "A fleet is one product whose installations report; its declaration, a JSON file, says how\n"
    "reports come in, what is counted and what the page shows.\n"
    "\n"
    "  rollcall fleet init -o myapp.json          writes a declaration with comments, to be "
    "changed\n"
    "  rollcall fleet check myapp.json            says whether it is good, and what it counts\n"
    "  rollcall fleet check myapp.json a.txt b.txt\n"
    "                                             and what becomes of sample reports: the series "
    "that\n"
    "                                             are made, the fields that are dropped, the id, "
    "and\n"
    "                                             what an overview of these would say\n"
    "\n"
    "A name instead of a file is that of a built-in fleet: cozystack, coroot. A sample - is "
    "standard\n"
    "input. Where the id comes in a header, each sample stands for an installation of its own.\n"
    "\n"
    "Exit code: 0 when all is good; 1 when a file cannot be read, the declaration is bad or a "
    "sample\n"
    "is refused.\n";

namespace {

constexpr size_t kMaxSampleBytes = 1024 * 1024 * 1024;

Result<std::string> ReadFile(const std::string& name) {
  const auto input = ImportInput::Open(name);
  if (!input.ok()) return input.status();
  std::string text;
  for (;;) {
    const Result<std::string_view> piece = (*input)->Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return text;
    text += *piece;
    if (text.size() > kMaxSampleBytes) {
      return Status::InvalidArgument(name + ": more than " + std::to_string(kMaxSampleBytes) +
                                     " bytes");
    }
  }
}

std::string Describe(const fleets::Declaration& declaration) {
  const Fleet& fleet = declaration.fleet;
  std::string text = "fleet " + fleet.name + ": POST " + declaration.path + ", ";
  text += declaration.format == fleets::ReportFormat::kJson
              ? "JSON, the id at " + PointerText(declaration.mapping.id)
              : "Prometheus' text format, the id in " + declaration.id_header;
  text += "\ncounts " + fleet.counted_name + " that report " + fleet.counted_metric + "\nkeeps " +
          Count(declaration.metrics.size(), "metric");
  text += declaration.keeps_undeclared ? " and all others\n" : "\n";
  return text;
}

std::string DescribeReport(const std::string& name, const fleets::MappedReport& mapped) {
  std::string text = "\n" + name + ": " + std::to_string(mapped.report.samples.size()) + " series";
  text += mapped.id ? " of " + mapped.id->text() + "\n" : "\n";
  for (const ParsedReport::Sample& sample : mapped.report.samples) {
    text += "  " + FormatLabelSet(mapped.report.LabelSet(sample), NameStyle::kQuoted) + " ";
    AppendTextValue(sample.value, text);
    text += "\n";
  }
  for (const std::string& field : mapped.undeclared.names()) text += "  dropped: " + field + "\n";
  if (mapped.undeclared.left_out() > 0) {
    text += "  dropped: " + std::to_string(mapped.undeclared.left_out()) + " more\n";
  }
  return text;
}

std::string DescribeOverview(const fleets::Declaration& declaration, const fleets::DryRun& run) {
  const Fleet& fleet = declaration.fleet;
  const PeriodCounts counts = run.Counts();
  std::string text = "\nthe overview would say\n";
  text += "  " + fleet.counted_name + ": " + std::to_string(counts.sources) + "\n";
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    const Figure& figure = fleet.figures[i];
    char average[32];
    std::snprintf(average, sizeof average, "%.1f", counts.figures[i].average);
    text += "  " + figure.total_name + ": " + std::to_string(counts.figures[i].total) + ", " +
            figure.average_name + ": " + average;
    if (counts.figures[i].report_total) {
      text += ", " + figure.peak_name + ": " + std::to_string(*counts.figures[i].report_total);
    }
    text += "\n";
  }
  const std::vector<BreakdownTotals> breakdowns = run.Breakdowns();
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    text += "  " + fleet.breakdowns[i].name + ":";
    for (const auto& [value, total] : breakdowns[i]) {
      text += " ";
      AppendQuoted(value, text);
      text += " " + std::to_string(total);
    }
    text += "\n";
  }
  return text;
}

Status Check(const FleetOptions& options) {
  const Result<fleets::DeclarationText> read = ReadDeclaration(options.declaration);
  if (!read.ok()) return read.status();
  const Result<fleets::Declaration> declaration = fleets::ParseDeclaration(read->file, read->text);
  if (!declaration.ok()) return declaration.status();
  std::fputs(Describe(*declaration).c_str(), stdout);
  const Result<fleets::ReportReader> reader = fleets::ReportReader::Make(*declaration);
  if (!reader.ok()) return reader.status();
  fleets::DryRun run(*declaration);
  fleets::JsonCapture capture;
  Status first_failure;
  for (const std::string& sample : options.samples) {
    const Result<std::string> body = ReadFile(sample);
    if (!body.ok()) return body.status();
    fleets::MappedReport mapped;
    ReportBound exceeded{};
    const Status status = reader->Read(*body, 0, {}, capture, mapped, exceeded);
    if (!status.ok()) {
      std::printf("\n%s: refused: %s\n", sample.c_str(), status.message().c_str());
      if (first_failure.ok()) first_failure = status.WithContext(sample);
      continue;
    }
    std::fputs(DescribeReport(sample, mapped).c_str(), stdout);
    run.Add(mapped.id ? mapped.id->text() : sample, mapped.report);
  }
  if (!options.samples.empty()) std::fputs(DescribeOverview(*declaration, run).c_str(), stdout);
  return first_failure;
}

Status Init(const std::string& output) {
  std::error_code ignored;
  if (output != "-" && std::filesystem::exists(output, ignored)) {
    return Status::FailedPrecondition(output + " is there already; nothing is written over it");
  }
  const auto file = OutputFile::Open(output);
  if (!file.ok()) return file.status();
  ROLLCALL_RETURN_IF_ERROR((*file)->Write(fleets::ExampleDeclaration()));
  return (*file)->Finish();
}

}  // namespace

int RunFleet(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("fleet", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  const Status status =
      options->fleet.word == "init" ? Init(options->move.output) : Check(options->fleet);
  return status.ok() ? kExitOk : Fail("fleet", status);
}

}  // namespace rollcall::cli
