#include "cli/pull.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "cli/byte_pipe.h"
#include "cli/import_target.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/pull_state.h"
#include "cli/victoria_source.h"
#include "parse/instant.h"

namespace rollcall::cli {
namespace {

// The time range to pull: two UTC instants.
struct Stretch {
  UnixSeconds from;  // inclusive
  UnixSeconds to;    // exclusive
};

UnixSeconds SecondOf(const std::string& text) {
  return std::chrono::ceil<std::chrono::seconds>(ParseInstant(text).value());
}

// Returns an empty range if there is nothing to pull.
Result<Stretch> FindStretch(const MoveOptions& options, const VictoriaSource& source) {
  // The current second may still get samples; the next run fetches them.
  const UnixSeconds now = SystemClock().Now();
  Stretch stretch{now, options.to.empty() ? now : std::min(now, SecondOf(options.to))};
  if (!options.from.empty()) {
    stretch.from = SecondOf(options.from);
    return stretch;
  }
  const auto first = source.FirstMonth(Month::Of(stretch.to));
  if (!first.ok()) return first.status();
  if (*first) stretch.from = (*first)->Start();
  return stretch;
}

// Pulls on a thread of its own while the import writes.
Result<ingest::ImportTally> PullStretch(const VictoriaSource& source, const Stretch& stretch,
                                        ImportTarget& target,
                                        const ImportTarget::Progress& progress) {
  BytePipe pipe;
  std::jthread reader([&](std::stop_token stop) {
    pipe.EndWriting(source.Pull(
        stretch.from, stretch.to, [&](std::string_view piece) { return pipe.Write(piece); }, stop));
  });
  auto tally = target.Import(
      ingest::ImportFormat::kJsonLines, [&] { return pipe.Read(); }, progress);
  // If the import failed, do not wait for the rest.
  pipe.EndReading();
  reader.request_stop();
  return tally;
}

}  // namespace

Status PullHistory(const Options& options, std::vector<PulledMonth>& months) {
  const auto source = VictoriaSource::Find(options.move.from_victoriametrics, options.move.match);
  if (!source.ok()) return source.status();
  const auto target = ImportTarget::Open(options);
  if (!target.ok()) return target.status();
  const PullState state(options);
  const std::optional<Month> resumed = state.Load();
  MoveOptions wanted = options.move;
  if (resumed) wanted.from = resumed->ToString();
  const auto stretch = FindStretch(wanted, **source);
  if (!stretch.ok()) return stretch.status();
  const Stretch all = *stretch;
  if (all.from >= all.to) {
    state.Remove();
    return Status::Ok();
  }
  if (resumed) {
    Say("rollcall import: goes on with " + resumed->ToString() + "; what is before it is stored\n");
  }

  const Month first = Month::Of(all.from);
  const Month last = Month::Of(all.to - std::chrono::seconds(1));
  ProgressBar::Options look =
      ProgressBar::ForStderr("import", "months", last.number - first.number + 1);
  look.detail_unit = "samples";
  ProgressBar bar(std::move(look));
  uint64_t samples_before = 0;
  for (Month month = first; month <= last; month = month.Plus(1)) {
    const uint64_t done = month.number - first.number;
    const Stretch part{std::max(all.from, month.Start()), std::min(all.to, month.Plus(1).Start())};
    auto tally = PullStretch(**source, part, **target, [&](uint64_t, uint64_t samples) {
      bar.Update(done, samples_before + samples);
    });
    if (!tally.ok()) return tally.status().WithContext("pull " + month.ToString());
    samples_before += tally->samples;
    months.push_back({month, std::move(tally).value()});
    bar.Update(done + 1, samples_before);
    ROLLCALL_RETURN_IF_ERROR(state.Save(month.Plus(1)));
  }
  state.Remove();
  return Status::Ok();
}

}  // namespace rollcall::cli
