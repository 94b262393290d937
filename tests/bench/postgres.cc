#include "tests/bench/postgres.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace rollcall::bench {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";
constexpr const char* kUser = "postgres";
constexpr std::chrono::seconds kPatience{120};

// It refuses to be run by root.
std::vector<std::string> AsUser(const std::vector<std::string>& args) {
  if (geteuid() != 0) return args;
  std::vector<std::string> all{"setpriv",       "--reuid",     kUser,  "--regid", kUser,
                               "--init-groups", "--pdeathsig", "KILL", "--"};
  all.insert(all.end(), args.begin(), args.end());
  return all;
}

Status Fail(const std::string& what) {
  return Status::Unavailable(what + ": " + std::strerror(errno));
}

}  // namespace

Result<std::unique_ptr<Postgres>> Postgres::Start(Context& context) {
  std::unique_ptr<Postgres> made(new Postgres(context));
  ROLLCALL_RETURN_IF_ERROR(made->Make());
  return made;
}

Status Postgres::Make() {
  folder_ = context_.NewPath("postgres");
  if (mkdir(folder_.c_str(), 0700) != 0) return Fail("make " + folder_);
  if (geteuid() == 0) {
    const passwd* const user = getpwnam(kUser);
    if (user == nullptr) return Status::Unavailable("there is no user postgres");
    // The run's folder is its owner's alone.
    if (chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) return Fail("chown " + folder_);
    if (chmod(context_.folder.c_str(), 0711) != 0) return Fail("chmod " + context_.folder);
  }
  const auto made = RunProgram(AsUser({kPrograms + std::string("initdb"), "-D", folder_ + "/data",
                                       "-A", "trust", "-U", kUser, "-E", "UTF8", "--locale", "C"}),
                               context_.folder + "/initdb.log");
  if (!made.ok()) return made.status();
  Child::Options options;
  options.args =
      AsUser({kPrograms + std::string("postgres"), "-D", folder_ + "/data", "-k", folder_, "-h", "",
              "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB", "-c", "jit=off"});
  options.output_path = context_.folder + "/postgres.log";
  auto server = Child::Start(options);
  if (!server.ok()) return server.status();
  server_ = std::move(server).value();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!Run("SELECT 1").ok()) {
    if (!server_->Running() || std::chrono::steady_clock::now() > deadline) {
      return Status::Unavailable("start PostgreSQL: not ready; see " + options.output_path);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Status::Ok();
}

Postgres::~Postgres() {
  if (server_) server_->Stop(SIGINT, kPatience).ok();
}

std::vector<std::string> Postgres::Client(const std::string& program) const {
  return {kPrograms + program, "-h", folder_, "-U", kUser};
}

Result<std::string> Postgres::Run(const std::string& sql) const {
  std::vector<std::string> args = Client("psql");
  args.insert(args.end(),
              {"-X", "-q", "-t", "-A", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres"});
  return RunProgram(args, context_.folder + "/psql.log");
}

Postgres::Copy::Copy(const Postgres& postgres, const std::string& table)
    : pipe_(popen((kPrograms + std::string("psql -X -q -h '") + postgres.folder_ + "' -U " + kUser +
                   " -v ON_ERROR_STOP=1 -c 'COPY " + table + " FROM STDIN' postgres")
                      .c_str(),
                  "w")) {}

Postgres::Copy::~Copy() {
  if (pipe_ != nullptr) pclose(pipe_);
}

Status Postgres::Copy::Write(std::string_view rows) {
  if (pipe_ != nullptr && fwrite(rows.data(), 1, rows.size(), pipe_) == rows.size()) {
    return Status::Ok();
  }
  return Fail("write to psql");
}

Status Postgres::Copy::Finish() {
  const int code = pipe_ == nullptr ? -1 : pclose(pipe_);
  pipe_ = nullptr;
  return code == 0 ? Status::Ok() : Status::Unavailable("COPY failed");
}

Result<double> Postgres::PerSecond(const std::string& script,
                                   const std::vector<std::string>& variables, int connections,
                                   int seconds) {
  const std::string path = context_.NewPath("pgbench.sql");
  std::ofstream(path) << script;
  std::vector<std::string> args = Client("pgbench");
  args.insert(args.end(), {"-n", "-M", "prepared", "-c", std::to_string(connections), "-j", "2",
                           "-T", std::to_string(seconds), "-f", path});
  for (const std::string& variable : variables) args.insert(args.end(), {"-D", variable});
  args.emplace_back("postgres");
  const auto output = RunProgram(args, context_.folder + "/pgbench.log");
  if (!output.ok()) return output.status();
  const size_t at = output->find("tps = ");
  if (at == std::string::npos) return Status::Unavailable("pgbench printed no tps: " + *output);
  return std::atof(output->c_str() + at + 6);
}

Result<std::vector<double>> Postgres::Times(const std::vector<std::string>& queries, size_t asks) {
  const std::string folder = context_.NewPath("pgbench");
  std::filesystem::create_directory(folder);
  std::vector<std::string> args = Client("pgbench");
  args.insert(args.end(), {"-n", "-M", "prepared", "-c", "1", "-t", std::to_string(asks), "-l",
                           "--log-prefix", folder + "/times"});
  for (size_t i = 0; i < queries.size(); ++i) {
    const std::string path = folder + "/" + std::to_string(i) + ".sql";
    std::ofstream(path) << queries[i] << ";\n";
    args.insert(args.end(), {"-f", path});
  }
  args.emplace_back("postgres");
  const auto output = RunProgram(args, context_.folder + "/pgbench.log");
  if (!output.ok()) return output.status();
  std::vector<double> times;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.path().filename().string().starts_with("times")) continue;
    std::ifstream log(file.path());
    // The client, the number of the transaction, how many microseconds it took, …
    for (std::string line; std::getline(log, line);) {
      std::istringstream fields(line);
      std::string client;
      std::string number;
      double microseconds = 0;
      fields >> client >> number >> microseconds;
      times.push_back(microseconds / 1000);
    }
  }
  if (times.size() != asks) return Status::Unavailable("pgbench logged " + *output);
  return times;
}

}  // namespace rollcall::bench
