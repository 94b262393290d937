#include "tests/bench/server.h"

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/support/raw_http.h"

namespace rollcall::bench {
namespace {

// A port that was free a moment ago.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int port = 0;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port = ntohs(address.sin_port);
  }
  close(fd);
  return port;
}

}  // namespace

// HTTP/1.0: an answer without chunks, that ends with the connection.
HttpReply Fetch(int port, const std::string& target) {
  test::RawClient client(port);
  if (!client.connected() ||
      !client.Send("GET " + target + " HTTP/1.0\r\nHost: localhost\r\n\r\n")) {
    return {};
  }
  const std::string answer = client.ReadAll();
  const size_t head = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.") || head == std::string::npos) return {};
  return {std::atoi(answer.c_str() + 9), answer.substr(head + 4)};
}

Result<std::unique_ptr<Server>> Server::Start(const Options& options) {
  std::unique_ptr<Server> server(new Server(options));
  ROLLCALL_RETURN_IF_ERROR(server->Run());
  return server;
}

Server::~Server() {
  if (child_) Stop().ok();
}

Status Server::Run() {
  port_ = FreePort();
  const std::string address = "127.0.0.1:" + std::to_string(port_);
  Child::Options child;
  child.output_path = options_.data_dir + ".log";
  if (options_.product == Product::kRollcall) {
    private_port_ = FreePort();
    child.args = {options_.binary,
                  "serve",
                  "--data-dir",
                  options_.data_dir,
                  "--listen-addr",
                  address,
                  "--private-listen-addr",
                  "127.0.0.1:" + std::to_string(private_port_)};
    child.environment = {"ROLLCALL_APP_LIST_URL="};
  } else if (options_.product == Product::kPrometheus) {
    private_port_ = port_;
    const std::string config = options_.data_dir + ".yml";
    std::ofstream(config) << "global: {}\n";
    // Its own default retention is 15 days. Blocks of a day let what is sent to it come in an order
    // that is not that of time within half a day.
    child.args = {options_.binary,
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + options_.data_dir,
                  "--storage.tsdb.retention.time=100y",
                  "--storage.tsdb.min-block-duration=1d",
                  "--web.listen-address=" + address,
                  "--web.enable-remote-write-receiver",
                  "--query.max-samples=1000000000",
                  "--log.level=warn"};
  } else {
    private_port_ = port_;
    // Its own default retention is a month, which would drop what some benches bring in.
    child.args = {options_.binary, "-storageDataPath=" + options_.data_dir,
                  "-httpListenAddr=" + address, "-retentionPeriod=36", "-loggerLevel=WARN"};
  }
  child.args.insert(child.args.end(), options_.args.begin(), options_.args.end());
  const auto start = std::chrono::steady_clock::now();
  auto started = Child::Start(child);
  if (!started.ok()) return started.status();
  child_ = std::move(started).value();
  ROLLCALL_RETURN_IF_ERROR(AwaitReady());
  ready_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return Status::Ok();
}

Status Server::AwaitReady() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const std::string target = options_.product == Product::kRollcall   ? "/readyz"
                             : options_.product == Product::kVictoria ? "/health"
                                                                      : "/-/ready";
  while (Fetch(private_port_, target).status != 200) {  // the other may speak TLS
    if (!child_->Running() || std::chrono::steady_clock::now() > deadline) {
      return Status::Unavailable("start " + options_.binary + ": not ready; see " +
                                 options_.data_dir + ".log");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return Status::Ok();
}

double Server::Metric(const std::string& name_and_labels) const {
  const std::string text = "\n" + Fetch(private_port_, "/metrics").body;
  const size_t at = text.find("\n" + name_and_labels + " ");
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + name_and_labels.size() + 2);
}

void Server::AwaitClosedPeriods() const {
  // The jobs have told how much is missing, and then that nothing is.
  const auto ran = [&](const char* job) {
    return Metric(std::string("rollcall_job_runs_total{job=\"") + job + "\",result=\"ok\"}") > 0;
  };
  while (!ran("closed-months") || !ran("tallies") ||
         Metric("rollcall_overviews_missing{fleet=\"cozystack\"}") > 0 ||
         Metric("rollcall_periods_missing{fleet=\"cozystack\"}") > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

Status Server::Stop() {
  const int signal = options_.product == Product::kRollcall ? SIGTERM : SIGINT;
  return child_->Stop(signal, kPatience);
}

void Server::Kill() { child_->Stop(SIGKILL, kPatience).ok(); }

}  // namespace rollcall::bench
