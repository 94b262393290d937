// A program run as a child of the benchmark: a server, or a load generator that ends by itself. It
// dies with the benchmark, whatever ends that. For the main thread: a child is told to die with the
// thread that started it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace rollcall::bench {

class Child {
 public:
  struct Options {
    std::vector<std::string> args;         // the program's path first
    std::vector<std::string> environment;  // "NAME=value", on top of the benchmark's own
    std::string output_path;               // where its stdout and stderr go
  };

  // Unavailable: no process could be made. A program that cannot be run ends at once with 127.
  static Result<std::unique_ptr<Child>> Start(const Options& options);
  // Kills it, if it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // Takes the processors away from it, and gives them back.
  void Pause() const;
  void Continue() const;
  // Sends the signal and waits for the end. Unavailable: still there after the patience; it is
  // killed.
  Status Stop(int signal, std::chrono::seconds patience);
  // Waits for its end: the exit code, or 128 + the signal.
  int Wait();

  // Resident memory now, and the most that it ever had; 0 where the system does not say.
  uint64_t ResidentBytes() const { return MemoryOf("VmRSS:"); }
  uint64_t PeakResidentBytes() const { return MemoryOf("VmHWM:"); }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  uint64_t MemoryOf(const std::string& field) const;

  const pid_t pid_;
  bool ended_ = false;
  int code_ = 0;
};

// Runs a program to its end and gives what it printed. Unavailable: it ended with another code than
// 0.
Result<std::string> RunProgram(const std::vector<std::string>& args,
                               const std::string& output_path);

}  // namespace rollcall::bench
