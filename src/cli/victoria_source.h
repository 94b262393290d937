// A VictoriaMetrics as the source of a move: where its exports are, since when it has data, and the
// samples of a stretch of time. Owned by the import command; one thread.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"
#include "http/client/client.h"

namespace rollcall::cli {

class VictoriaSource {
 public:
  // Asks the server at `url` what it is: a single node, a cluster's vmselect, or what a URL that
  // ends in /prometheus leads to. Unavailable: it does not answer, or not like a VictoriaMetrics.
  static Result<std::unique_ptr<VictoriaSource>> Find(const std::string& url,
                                                      const std::string& match);

  // Returns the first month up to `last` (inclusive) that has samples of the series; nullopt:
  // none has.
  Result<std::optional<Month>> FirstMonth(Month last) const;

  // Passes the samples from `from` (inclusive) to `to` (exclusive) to the sink, as JSON lines.
  // Unavailable: the connection was lost, nothing came for minutes, or a stop was requested.
  Status Pull(UnixSeconds from, UnixSeconds to, const http::BodySink& sink,
              std::stop_token stop) const;

 private:
  VictoriaSource(std::string base, std::string match)
      : base_(std::move(base)), match_(std::move(match)) {}
  // Returns the beginning of the list of series that have samples in the month.
  Result<std::string> AskForSeries(Month month) const;

  const std::string base_;
  const std::string match_;
};

}  // namespace rollcall::cli
