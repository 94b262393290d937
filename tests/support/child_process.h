// A program run as a child of the test: its output is collected as it comes, its end is awaited,
// and it never outlives the test, not even one that is killed. For the test's main thread, since a
// child is told to die with the thread that started it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::test {

// How a process ended: its exit code, or minus the signal that killed it.
using ExitCode = int;

struct ChildOptions {
  std::vector<std::string> args;  // the program's path first
  // On top of the test's own environment, of which nothing that begins with ROLLCALL_ is handed on.
  std::map<std::string, std::string> variables;
  std::string working_directory;  // empty: the test's
  // Runs in the child before the program does; false: the child ends with 127. Only system calls.
  std::function<bool()> prepare;
};

class ChildProcess {
 public:
  static constexpr std::chrono::seconds kPatience{120};

  explicit ChildProcess(const ChildOptions& options) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0) << std::strerror(errno);
    EXPECT_EQ(pipe2(err.data(), O_CLOEXEC), 0) << std::strerror(errno);
    const std::vector<std::string> variables = EnvironmentOf(options);
    const std::vector<char*> argv = Pointers(options.args);
    const std::vector<char*> envp = Pointers(variables);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) {
      Become(options, argv, envp, out[1], err[1], parent);
    }
    EXPECT_GT(pid_, 0) << std::strerror(errno);
    close(out[1]);
    close(err[1]);
    out_reader_ = std::thread([this, fd = out[0]] { Collect(fd, out_); });
    err_reader_ = std::thread([this, fd = err[0]] { Collect(fd, err_); });
  }
  ~ChildProcess() { End(SIGKILL); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  void Signal(int signal) const {
    if (!code_) kill(pid_, signal);
  }
  // Waits for its end and for the last of its output. A test whose patience ends kills it and
  // fails.
  ExitCode Wait() {
    if (code_) return *code_;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    {
      // Its output ends when it does, unless it hands its pipes to somebody: nobody here.
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, deadline, [&] { return closed_ == 2; })) {
        ADD_FAILURE() << "process " << pid_ << " does not end; its stderr:\n" << err_;
        kill(pid_, SIGKILL);
      }
    }
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    out_reader_.join();
    err_reader_.join();
    return *code_;
  }
  ExitCode End(int signal) {
    Signal(signal);
    return Wait();
  }

  // Waits until stdout or stderr has the text; false where the process ended, or patience did,
  // before it came.
  bool AwaitOut(const std::string& text) { return Await(out_, text); }
  bool AwaitErr(const std::string& text) { return Await(err_, text); }
  std::string out() const { return Copy(out_); }
  std::string err() const { return Copy(err_); }

 private:
  static std::vector<std::string> EnvironmentOf(const ChildOptions& options) {
    std::vector<std::string> variables;
    for (char** one = environ; *one != nullptr; ++one) {
      if (std::strncmp(*one, "ROLLCALL_", 9) != 0) variables.emplace_back(*one);
    }
    for (const auto& [name, value] : options.variables) variables.push_back(name + "=" + value);
    return variables;
  }
  static std::vector<char*> Pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  }

  [[noreturn]] static void Become(const ChildOptions& options, const std::vector<char*>& argv,
                                  const std::vector<char*>& envp, int out, int err, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    bool ready = dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
    ready = ready && (!options.prepare || options.prepare());
    if (!options.working_directory.empty()) {
      ready = ready && chdir(options.working_directory.c_str()) == 0;
    }
    // After what may change its credentials, which would undo it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (ready && getppid() == parent) execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }

  void Collect(int fd, std::string& into) {
    std::array<char, 4096> buffer;
    for (;;) {
      const ssize_t n = read(fd, buffer.data(), buffer.size());
      if (n < 0 && errno == EINTR) continue;
      const std::lock_guard lock(mutex_);
      if (n <= 0) ++closed_;
      if (n > 0) into.append(buffer.data(), static_cast<size_t>(n));
      changed_.notify_all();
      if (n <= 0) break;
    }
    close(fd);
  }
  bool Await(const std::string& in, const std::string& text) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience,
                      [&] { return in.find(text) != std::string::npos || closed_ == 2; });
    return in.find(text) != std::string::npos;
  }
  std::string Copy(const std::string& from) const {
    const std::lock_guard lock(mutex_);
    return from;
  }

  pid_t pid_ = -1;
  std::optional<ExitCode> code_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_;  // guarded by mutex_, like what follows
  std::string err_;
  int closed_ = 0;  // of its two pipes
  std::thread out_reader_;
  std::thread err_reader_;
};

}  // namespace rollcall::test
