// A real PostgreSQL cluster, from Debian's package, in a directory of the test's own. It runs a
// script alone, without a server, and so as another user where the test is root's. Owned by the
// test; for its main thread.
#pragma once

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class PostgresCluster {
 public:
  PostgresCluster() {
    EXPECT_EQ(mkdir(Folder().c_str(), 0700), 0);
    const passwd* const user = getpwnam("postgres");
    if (geteuid() == 0 && user != nullptr) {
      // It refuses to be run by root, and the user must come to its own folder.
      EXPECT_EQ(chmod(dir_.path().c_str(), 0711), 0);
      EXPECT_EQ(chown(Folder().c_str(), user->pw_uid, user->pw_gid), 0);
      prepare_ = [uid = user->pw_uid, gid = user->pw_gid] {
        return setgid(gid) == 0 && setuid(uid) == 0;
      };
    }
    Shell("initdb -D " + Data() + " -A trust -U postgres -E UTF8 --locale C --no-sync");
  }

  // Runs the statements. Each ends with a semicolon and an empty line.
  void Run(const std::string& statements) {
    const std::string script = dir_.path() + "/script.sql";
    std::ofstream(script) << statements;
    Shell("postgres --single -j -D " + Data() + " postgres < " + script);
  }
  // Where COPY can write: the server's user owns it.
  std::string Folder() const { return dir_.path() + "/postgres"; }

 private:
  std::string Data() const { return Folder() + "/data"; }

  void Shell(const std::string& command) {
    ChildOptions options;
    options.args = {"/bin/sh", "-c", "/usr/lib/postgresql/15/bin/" + command};
    options.working_directory = "/";
    options.prepare = prepare_;
    ChildProcess process(options);
    EXPECT_EQ(process.Wait(), 0) << command << "\n" << process.err();
    EXPECT_EQ(process.err().find("ERROR:"), std::string::npos) << process.err();
  }

  TempDir dir_;
  std::function<bool()> prepare_;
};

}  // namespace rollcall::test
