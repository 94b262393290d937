// rollcall clock: shows a store's own time, and settles a difference between it and the clock.
#include <cstdio>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/misdated_text.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "counts/misdated.h"
#include "http/client/client.h"
#include "http/client/url.h"

namespace rollcall::cli {

const std::string_view kClockHelp =
    "Says what the store's own time is. Retention goes by it, and it follows this machine's clock\n"
    "only as far as that is plausible: a step of more than a day has to hold for a day of uptime, "
    "and\n"
    "one of more than 45 days waits until a person says that the clock is right.\n"
    "\n"
    "  rollcall clock                    what time the store has, and what waits\n"
    "  rollcall clock accept             the clock is right: the machine was off for that long\n"
    "  rollcall clock erase-misdated --data-dir /var/lib/rollcall\n"
    "                                    takes out what was received while the clock was wrong:\n"
    "                                    reports of before 2000, or later than the store's time\n"
    "\n"
    "It asks a running server, or with --data-dir opens a store that no server has open.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not.\n";

namespace {

constexpr std::string_view kAccept = "accept";
constexpr std::string_view kErase = "erase-misdated";

Status OfServer(const MoveOptions& options) {
  const bool accepts = options.word == kAccept;
  const std::string url =
      http::RequestUrl(options.server, accepts ? "/api/v1/clock/accept" : "/api/v1/clock", {});
  const Result<http::HttpClientOptions> client = ServerClient(options);
  if (!client.ok()) return client.status();
  const auto answer =
      accepts ? http::HttpPostStream(
                    url, "text/plain", [] { return Result<std::string_view>(""); }, *client)
              : http::HttpGet(url, *client, {});
  if (!answer.ok()) return answer.status();
  if (answer->status != 200) {
    return Status::Unavailable(options.server + " answered " + std::to_string(answer->status) +
                               ": " + answer->body);
  }
  std::fputs(answer->body.c_str(), stdout);
  return Status::Ok();
}

Status ClockOfStore(const Options& options) {
  storage::StoreOptions store = options.store;
  store.create_if_missing = false;
  const auto opened = storage::Stores::Open(store);
  if (!opened.ok()) return opened.status();
  storage::Stores& stores = **opened;
  const SystemClock clock;
  const storage::ClockState state = stores.time().Follow(clock.NowMilliseconds());
  if (options.move.word == kAccept) {
    ROLLCALL_RETURN_IF_ERROR(stores.time().Accept(clock.Now()));
    ROLLCALL_RETURN_IF_ERROR(stores.time().Persist());
  }
  const std::string says = stores.time().view().Explain();
  const Result<std::string> misdated = DescribeMisdated(stores);
  if (!misdated.ok()) return misdated.status();
  if (options.move.word != kErase) {
    std::printf("%s\n%s", says.c_str(), misdated->c_str());
    return Status::Ok();
  }
  // While the clock is in doubt, nobody can say which reports are misdated.
  if (state != storage::ClockState::kFollowed) return Status::FailedPrecondition(says);
  ROLLCALL_RETURN_IF_ERROR(counts::EraseMisdated(stores, stores.time().Now()));
  std::printf("erased: %s", misdated->empty() ? "nothing\n" : misdated->c_str());
  return Status::Ok();
}

}  // namespace

int RunClock(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("clock", args);
  if (!options) return kExitUsage;
  SetUpLogging("error");
  const Status status =
      options->move.through_server ? OfServer(options->move) : ClockOfStore(*options);
  return status.ok() ? kExitOk : Fail("clock", status);
}

}  // namespace rollcall::cli
