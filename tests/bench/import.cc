// Bulk import: a month of reports as text with timestamps, in the order in which they arrived, as
// one upload to each server, and from the file without a server.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/bench/bench.h"
#include "tests/bench/month_of_reports.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"

namespace rollcall::bench {
namespace {

constexpr int kMostRounds = 3;

// Returns how many samples it wrote. They are on disk when it returns: who reads them next is not
// to share it with what is still being written.
Result<uint64_t> WriteHistoryText(const std::string& path, Month month, uint32_t sources) {
  std::ofstream file(path, std::ios::binary);
  uint64_t samples = 0;
  ROLLCALL_RETURN_IF_ERROR(ForEachReportOfMonth(month, sources, [&](const ArrivedReport& report) {
    const std::string end = " " + std::to_string(report.time.time_since_epoch().count()) + "\n";
    for (size_t at = 0; at < report.body.size(); ++samples) {
      const size_t stop = report.body.find('\n', at);
      file << WithSourceLabel(report.body.substr(at, stop - at), report.source) << end;
      at = stop + 1;
    }
    return Status::Ok();
  }));
  file.close();
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!file || !synced) return Status::Unavailable("cannot write " + path);
  return samples;
}

struct Side {
  std::vector<double> per_second;
  std::vector<double> peak_mib;
};

Result<double> SecondsToRun(Context& context, const std::vector<std::string>& program,
                            std::string* said = nullptr) {
  const auto start = std::chrono::steady_clock::now();
  const auto output = RunProgram(program, context.NewPath("import"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (!output.ok()) return output.status();
  if (said != nullptr) *said = *output;
  return took.count();
}

Status Expect(const char* who, double got, uint64_t want) {
  if (got == static_cast<double>(want)) return Status::Ok();
  return Status::Internal(std::string(who) + " took " + std::to_string(got) + " of " +
                          std::to_string(want) + " samples");
}

// Into a fresh server, which is left as it stands when it has answered.
Status Upload(Context& context, bool to_peer, const std::string& text, uint64_t samples,
              Side& side) {
  const std::string data_dir = context.NewPath(to_peer ? "peer" : "rollcall");
  const auto server = to_peer ? context.StartPeer(data_dir) : context.StartRollcall(data_dir);
  if (!server.ok()) return server.status();
  const bool ours = (*server)->product() == Product::kRollcall;
  const int port = ours ? (*server)->private_port() : (*server)->port();
  std::string said;
  const auto seconds =
      SecondsToRun(context,
                   {"curl", "-sS", "--fail", "--noproxy", "*", "-X", "POST", "-H", "Expect:", "-T",
                    text, "http://127.0.0.1:" + std::to_string(port) + "/api/v1/import/prometheus"},
                   &said);
  if (!seconds.ok()) return seconds.status();
  if (ours) {
    const std::string added = "\"samples_added\":" + std::to_string(samples) + ",";
    if (said.find(added) == std::string::npos) return Status::Internal("import said: " + said);
  } else {
    ROLLCALL_RETURN_IF_ERROR(
        Expect("VictoriaMetrics", (*server)->Metric("vm_rows_inserted_total{type=\"prometheus\"}"),
               samples));
  }
  side.per_second.push_back(static_cast<double>(samples) / *seconds);
  side.peak_mib.push_back(static_cast<double>((*server)->child().PeakResidentBytes()) /
                          (1024.0 * 1024.0));
  ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  std::error_code ignored;
  std::filesystem::remove_all(data_dir, ignored);
  return Status::Ok();
}

}  // namespace

Status BenchImport(Context& context) {
  const Month month = Month::Of(SystemClock().Now()).Plus(-1);
  const std::string text = context.NewPath("history.txt");
  const auto samples = WriteHistoryText(text, month, context.quick ? 2 : 33);
  if (!samples.ok()) return samples.status();
  Side rollcall;
  Side victoria;
  Side offline;
  for (int round = 0; round < std::min(context.rounds, kMostRounds); ++round) {
    ROLLCALL_RETURN_IF_ERROR(Upload(context, false, text, *samples, rollcall));
    ROLLCALL_RETURN_IF_ERROR(Upload(context, true, text, *samples, victoria));
    const std::string data_dir = context.NewPath("rollcall");
    const auto seconds =
        SecondsToRun(context, {context.rollcall_binary, "import", "--data-dir", data_dir, text});
    if (!seconds.ok()) return seconds.status();
    offline.per_second.push_back(static_cast<double>(*samples) / *seconds);
    std::error_code ignored;
    std::filesystem::remove_all(data_dir, ignored);
  }
  const std::string size = WithCommas(*samples) + " samples, " +
                           WithCommas(std::filesystem::file_size(text) / (1024 * 1024)) + " MiB";
  context.Add({"import", "import of text with timestamps through the server", "samples/s",
               rollcall.per_second, victoria.per_second, Bar{Bar::Kind::kRatioAtLeast, 3}, size});
  context.Add({"import", "import into a store that no server has open", "samples/s",
               offline.per_second, victoria.per_second, Bar{Bar::Kind::kRatioAtLeast, 3},
               "beside VictoriaMetrics' upload"});
  context.Add({"import", "memory: the most during the upload", "MiB", rollcall.peak_mib,
               victoria.peak_mib});
  std::filesystem::remove(text);
  return Status::Ok();
}

}  // namespace rollcall::bench
