#include "tests/bench/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

namespace rollcall::bench {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The benchmark's environment without what would configure a rollcall, and with `own`.
std::vector<std::string> EnvironmentWith(const std::vector<std::string>& own) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    if (std::strncmp(*one, "ROLLCALL_", 9) != 0) all.emplace_back(*one);
  }
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

}  // namespace

Result<std::unique_ptr<Child>> Child::Start(const Options& options) {
  const int output =
      open(options.output_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (output < 0) {
    return Status::Unavailable("open " + options.output_path + ": " + std::strerror(errno));
  }
  const std::vector<std::string> environment = EnvironmentWith(options.environment);
  const std::vector<char*> argv = Pointers(options.args);
  const std::vector<char*> envp = Pointers(environment);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool ready = dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
    if (ready && getppid() == parent) execvpe(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(output);
  if (pid < 0) return Status::Unavailable("start " + options.args[0] + ": " + std::strerror(errno));
  return std::unique_ptr<Child>(new Child(pid));
}

Child::~Child() {
  if (ended_) return;
  kill(pid_, SIGKILL);
  Wait();
}

bool Child::Running() {
  if (ended_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void Child::Pause() const {
  if (!ended_) kill(pid_, SIGSTOP);
}

void Child::Continue() const {
  if (!ended_) kill(pid_, SIGCONT);
}

Status Child::Stop(int signal, std::chrono::seconds patience) {
  if (ended_) return Status::Ok();
  Continue();
  kill(pid_, signal);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (Running()) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(pid_, SIGKILL);
      Wait();
      return Status::Unavailable("process " + std::to_string(pid_) + " did not end within " +
                                 std::to_string(patience.count()) + " s");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return Status::Ok();
}

int Child::Wait() {
  if (ended_) return code_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

uint64_t Child::MemoryOf(const std::string& field) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field)) return std::stoull(line.substr(field.size())) * 1024;
  }
  return 0;
}

Result<std::string> RunProgram(const std::vector<std::string>& args,
                               const std::string& output_path) {
  Child::Options options;
  options.args = args;
  options.output_path = output_path;
  const auto child = Child::Start(options);
  if (!child.ok()) return child.status();
  const int code = (*child)->Wait();
  std::ifstream file(output_path);
  std::stringstream output;
  output << file.rdbuf();
  if (code != 0) {
    return Status::Unavailable("run " + args[0] + ": exit code " + std::to_string(code) + ": " +
                               output.str());
  }
  return output.str();
}

}  // namespace rollcall::bench
