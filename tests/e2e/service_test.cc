// rollcall as a service: its configuration file and SIGHUP, what it tells a service manager, and
// sockets that it is given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServiceTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
  }
  ChildOptions Configured(const std::string& text) const {
    Write("rollcall.conf", "data-dir = " + Path("data") + "\n" + text);
    return RollcallOptions({"serve", "--config", Path("rollcall.conf")});
  }

  TempDir dir_;
};

TEST_F(ServiceTest, TheFileSaysWhatTheServerDoesAndSighupReadsItAgain) {
  RollcallProcess rollcall(Configured("fleets = cozystack,coroot\n"));
  EXPECT_EQ(rollcall.Public().Get("/privacy?fleet=coroot").status, 200);
  EXPECT_EQ(rollcall.Public().Get("/healthz").status, 200);
  EXPECT_THAT(rollcall.process().err(), Not(HasSubstr(" debug ")));

  Write("rollcall.conf",
        "data-dir = " + Path("data") + "\nfleets = cozystack\nlog-level = debug\nretention = 5\n");
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("SIGHUP: fleets is now cozystack"));
  EXPECT_TRUE(rollcall.process().AwaitErr("SIGHUP: log-level is now debug"));
  EXPECT_TRUE(rollcall.process().AwaitErr("from the next start on only: retention\n"));
  EXPECT_TRUE(rollcall.process().AwaitErr("cozystack in force"));
  EXPECT_EQ(rollcall.Public().Get("/privacy?fleet=coroot").status, 404);
  EXPECT_TRUE(rollcall.process().AwaitErr(" debug "));

  Write("rollcall.conf", "fleets = coroot\nlog-levle = info\n");
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr(
      "SIGHUP: all stays as it is: rollcall serve: " + Path("rollcall.conf") + ":2: 'log-levle'"));
  EXPECT_EQ(rollcall.Public().Get("/privacy?fleet=cozystack").status, 200);
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ServiceTest, AFolderOfFleetsTakesANewFileOnSighup) {
  ASSERT_EQ(mkdir(Path("fleets").c_str(), 0755), 0);
  RollcallProcess rollcall(Configured("fleets = cozystack," + Path("fleets") + "/\n"));
  EXPECT_EQ(rollcall.Public().Get("/privacy?fleet=syncthing").status, 404);
  std::ifstream declaration(ROLLCALL_SOURCE_DIR "/packaging/fleets/syncthing.json");
  std::ofstream(Path("fleets/syncthing.json")) << declaration.rdbuf();
  Write("fleets/notes.txt", "not a declaration");
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("cozystack, syncthing in force"));
  EXPECT_EQ(rollcall.Public().Get("/privacy?fleet=syncthing").status, 200);
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ServiceTest, SighupReadsTheViewsAgain) {
  ASSERT_EQ(mkdir(Path("views").c_str(), 0755), 0);
  RollcallProcess rollcall(Configured("records\nviews-dir = " + Path("views") + "\n"));
  EXPECT_EQ(rollcall.Private().Get("/api/v1/records/view?name=a").status, 404);
  Write("views/a.json", R"({"name": "a", "title": "A", "by": "build", "per": "day"})");
  Write("views/b.json", "{");
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("a view is left out: b.json"));
  const std::string by_day = rollcall.Private().Get("/api/v1/records/view?name=a").body;
  EXPECT_THAT(by_day, HasSubstr(R"("per":"day")"));
  Write("views/a.json", R"({"name": "a", "title": "A", "by": "build", "per": "week"})");
  rollcall.process().Signal(SIGHUP);
  const std::string changed = R"("per":"week")";
  // The signal is taken within a second; nothing in the log tells these two readings apart.
  std::string by_week;
  const auto end = std::chrono::steady_clock::now() + ChildProcess::kPatience;
  while (by_week.find(changed) == std::string::npos && std::chrono::steady_clock::now() < end) {
    by_week = rollcall.Private().Get("/api/v1/records/view?name=a").body;
  }
  EXPECT_THAT(by_week, AllOf(HasSubstr(changed), HasSubstr("\"columns\":[\"20")));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ServiceTest, ConfigCheckSaysWhatIsWrongAndWhere) {
  const auto check = [&](const std::string& text) {
    Write("x.conf", text);
    return RunToEnd({"config", "check", "--config", Path("x.conf")});
  };
  const Finished good = check("retention = 3\n");
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, Path("x.conf") + ": good\n");
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"a = 1", "x.conf:1: 'a' is not a flag of serve"},
           {"\nretention = y", "x.conf:2: retention: 'y' is not a whole number"},
           {"max-buffered-bytes = 1MiB", "less than --max-body-bytes"},
           {"fleets = no-such-fleet", "no-such-fleet"},
           {"records-retention = /no/such/file", "/no/such/file: it cannot be read"},
           {"views-dir = /no/such/folder", "views directory /no/such/folder"}}) {
    const Finished bad = check(text);
    EXPECT_EQ(bad.code, 2) << text;
    EXPECT_EQ(bad.out, "");
    EXPECT_THAT(bad.err, AllOf(StartsWith("rollcall "), HasSubstr(says)));
  }
}

TEST_F(ServiceTest, WhatConfigPrintsStartsAServer) {
  ChildOptions print = RollcallOptions({"config", "print", "--data-dir", Path("data")});
  print.variables.clear();
  const Finished printed = RunToEnd(print);
  ASSERT_EQ(printed.code, 0) << printed.err;
  Write("rollcall.conf", printed.out);
  RollcallProcess rollcall(RollcallOptions({"serve", "--config", Path("rollcall.conf")}));
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(access(Path("data/CURRENT").c_str(), F_OK), 0);
}

// The socket on which a service manager hears from its service.
class NotifySocket {
 public:
  // `name`: a path, or one that begins with '@' for an abstract socket.
  explicit NotifySocket(const std::string& name)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(at.sun_path, sizeof at.sun_path - 1);
    if (name[0] == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&at), size), 0);
    const timeval patience{ChildProcess::kPatience.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~NotifySocket() { close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next message; "" where none comes.
  std::string Next() const {
    char message[1024];
    const ssize_t n = recv(fd_, message, sizeof message, 0);
    return n < 0 ? "" : std::string(message, static_cast<size_t>(n));
  }

 private:
  const int fd_;
};

TEST_F(ServiceTest, AServiceManagerIsToldOfReadinessLifeAndEnd) {
  for (const std::string& name : {Path("notify"), "@" + Path("abstract")}) {
    const NotifySocket manager(name);
    ChildOptions options = Configured("");
    options.variables["NOTIFY_SOCKET"] = name;
    options.variables["WATCHDOG_USEC"] = "60000000";
    RollcallProcess rollcall(options);
    EXPECT_THAT(manager.Next(),
                AllOf(StartsWith("READY=1\n"),
                      HasSubstr("MAINPID=" + std::to_string(rollcall.process().pid()))));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(manager.Next(), "WATCHDOG=1");
    rollcall.process().Signal(SIGTERM);
    std::string last = manager.Next();
    while (last == "WATCHDOG=1") last = manager.Next();
    EXPECT_THAT(last, StartsWith("STOPPING=1\n"));
    EXPECT_EQ(rollcall.process().Wait(), 0);
  }
}

TEST_F(ServiceTest, AServerThatNobodyWaitsForSendsNoSignsOfLife) {
  const NotifySocket manager(Path("notify"));
  ChildOptions options = Configured("");
  options.variables["NOTIFY_SOCKET"] = Path("notify");
  options.variables["WATCHDOG_USEC"] = "60000000";
  options.variables["WATCHDOG_PID"] = "1";
  RollcallProcess rollcall(options);
  EXPECT_THAT(manager.Next(), StartsWith("READY=1\n"));
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("SIGHUP"));
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_THAT(manager.Next(), StartsWith("STOPPING=1\n"));
}

// systemd-socket-activate listens, and starts the program when a connection comes in: the one that
// it came by is the first to be answered.
TEST_F(ServiceTest, SocketsThatArePassedTakeThePlaceOfTheAddresses) {
  const int public_port = FreePort();
  const int private_port = FreePort();
  ChildOptions options = Configured("");
  const std::vector<std::string> rollcall = options.args;
  options.args = {"/usr/bin/systemd-socket-activate",
                  "--listen=127.0.0.1:" + std::to_string(private_port),
                  "--listen=127.0.0.1:" + std::to_string(public_port),
                  "--fdname=private:public",
                  "--setenv=ROLLCALL_APP_LIST_URL=",
                  "--setenv=ROLLCALL_LISTEN_ADDR=127.0.0.1:1",
                  "--setenv=ROLLCALL_PRIVATE_LISTEN_ADDR=127.0.0.1:1"};
  options.args.insert(options.args.end(), rollcall.begin(), rollcall.end());
  ChildProcess process(options);
  ASSERT_TRUE(process.AwaitErr("Listening on 127.0.0.1:" + std::to_string(public_port)));
  EXPECT_EQ(HttpClient(public_port).Get("/healthz").status, 200);
  EXPECT_EQ(HttpClient(public_port).Get("/metrics").status, 404);
  EXPECT_EQ(HttpClient(private_port).Get("/metrics").status, 200);
  EXPECT_EQ(process.End(SIGTERM), 0) << process.err();
}

TEST_F(ServiceTest, APrivateSocketThatOthersCanReachNeedsALogin) {
  ChildOptions options = Configured("");
  options.variables["LISTEN_FDS"] = "1";
  options.variables["LISTEN_FDNAMES"] = "private";
  options.prepare = [] {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);  // listens on every address
    return listen(fd, 1) == 0 && dup2(fd, 3) == 3;
  };
  const Finished run = RunToEnd(options);
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("can be reached from other machines, and nobody has to log in"));
}

TEST_F(ServiceTest, WhatIsPassedAndNoListeningSocketIsNoStart) {
  ChildOptions options = Configured("");
  options.variables["LISTEN_FDS"] = "1";
  options.prepare = [] { return dup2(STDERR_FILENO, 3) == 3; };
  const Finished run = RunToEnd(options);
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("socket 3 that was passed by the environment: not a TCP socket"));
}

}  // namespace
}  // namespace rollcall::test
