// A program that runs as a child of the test. Its output is collected as it arrives, and its end is
// awaited; it never outlives the test, not even one that is killed. Owned by the test; for its main
// thread, because the kernel kills the child when the thread that started it ends.
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
  // Added to the test's own environment, without those of its variables that begin with ROLLCALL_.
  std::map<std::string, std::string> variables;
  std::string working_directory;  // empty: the test's
  // Runs in the child before the program does, and may only make system calls. Where it returns
  // false, the child exits with 127.
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
  // Waits until the process has ended and all its output is collected, and returns how it ended.
  // After kPatience, kills it and fails the test.
  ExitCode Wait() {
    if (code_) return *code_;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    {
      // Its pipes end when it does, because none of these programs passes them on.
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
  // Sends the signal, then waits for the end.
  ExitCode End(int signal) {
    Signal(signal);
    return Wait();
  }

  // Wait until stdout or stderr contains the text. Return false where it does not before the
  // process ends or kPatience is over.
  bool AwaitOut(const std::string& text) { return Await(out_, text); }
  bool AwaitErr(const std::string& text) { return Await(err_, text); }
  std::string out() const { return Copy(out_); }
  std::string err() const { return Copy(err_); }

 private:
  static std::vector<std::string> EnvironmentOf(const ChildOptions& options) {
    std::vector<std::string> variables;
    for (char** one = environ; *one != nullptr; ++one) {
      const std::string name(*one, std::strcspn(*one, "="));
      const bool is_set = options.variables.contains(name);
      if (!is_set && !name.starts_with("ROLLCALL_")) variables.emplace_back(*one);
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
    // Set after prepare, because a change of credentials there would clear it.
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
  int closed_ = 0;  // how many of the two pipes have ended
  std::thread out_reader_;
  std::thread err_reader_;
};

}  // namespace rollcall::test
