#include "tests/bench/load.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace rollcall::bench {
namespace {

// A request is a list of pieces with one and the same text between them: its changing value. Those
// of one pair (source, stream) stand together in the file and differ in the order of their lines;
// they share the value. What does not change is rendered once.
constexpr const char* kScript = R"(
local pairs_of_requests, values, whole = {}, {}, {}
local changed, next_pair, turn = 0, 0, 1

-- Each thread has its share of the pairs.
local threads = 0
function setup(thread)
  thread:set("nth", threads)
  threads = threads + 1
end

local function render(pair)
  local texts = {}
  for i, pieces in ipairs(pairs_of_requests[pair]) do
    texts[i] = table.concat(pieces, values[pair])
  end
  whole[pair] = texts
end

function init(args)
  if not args[1] then return end
  changed = tonumber(args[2])
  math.randomseed(tonumber(args[3]) * 16 + nth)
  local file = assert(io.open(args[1], "rb"))
  local count, orders = file:read("*n", "*n")
  local first = math.floor(nth * count / tonumber(args[4])) + 1
  local last = math.floor((nth + 1) * count / tonumber(args[4]))
  assert(first <= last, "fewer pairs than threads")
  for pair = 1, count do
    local requests = {}
    for order = 1, orders do
      local pieces, sizes = {}, {}
      for i = 1, file:read("*n") do sizes[i] = file:read("*n") end
      file:read(1)
      for i, size in ipairs(sizes) do pieces[i] = size == 0 and "" or file:read(size) end
      requests[order] = pieces
    end
    if pair >= first and pair <= last then
      pairs_of_requests[pair] = requests
      values[pair] = "1000"
      if changed < 100 then render(pair) end
    end
  end
  file:close()
  turn = math.random(orders)
  next_pair = first - 1
  request = function()
    next_pair = next_pair + 1
    if next_pair > last then
      next_pair = first
      turn = turn % orders + 1
    end
    if changed == 100 then
      return table.concat(pairs_of_requests[next_pair][turn], tostring(math.random(1001, 9999)))
    end
    if changed > 0 and math.random(100) <= changed then
      values[next_pair] = tostring(math.random(1001, 9999))
      render(next_pair)
    end
    return whole[next_pair][turn]
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"errors":%d,"refused":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
)";

// One alone is busy all the time where each report has a connection of its own, and would be what
// is measured.
constexpr int kMaxThreads = 2;

}  // namespace

Result<LoadResult> RunLoad(Context& context, const LoadOptions& options) {
  const std::string script = context.folder + "/load.lua";
  std::ofstream(script) << kScript;
  static int seed = 0;
  const std::string threads = std::to_string(std::min(kMaxThreads, options.connections));
  std::vector<std::string> args = {
      context.wrk_binary,
      "-t" + threads,
      "-c" + std::to_string(options.connections),
      "-d" + std::to_string(options.seconds) + "s",
      "--timeout",
      "10s",
      "-s",
      script,
      "http://127.0.0.1:" + std::to_string(options.port) + options.target};
  if (!options.requests_path.empty()) {
    args.insert(args.end(), {"--", options.requests_path, std::to_string(options.changed_percent),
                             std::to_string(++seed), threads});
  }
  const Result<std::string> output = RunProgram(args, context.folder + "/wrk.log");
  if (!output.ok()) return output.status();
  const size_t at = output->find("RESULT ");
  const auto result = at == std::string::npos
                          ? nlohmann::json()
                          : nlohmann::json::parse(output->substr(at + 7), nullptr, false);
  if (!result.is_object()) return Status::Unavailable("wrk printed no result: " + *output);
  if (result["errors"] != 0 || result["refused"] != 0 || result["requests"] == 0) {
    return Status::Unavailable("load on port " + std::to_string(options.port) + ": " +
                               result.dump());
  }
  LoadResult load;
  load.per_second = result["requests"].get<double>() * 1e6 / result["us"].get<double>();
  load.p50_ms = result["p50_us"].get<double>() / 1000;
  load.p99_ms = result["p99_us"].get<double>() / 1000;
  return load;
}

}  // namespace rollcall::bench
