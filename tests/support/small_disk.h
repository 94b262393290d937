// A filesystem of a few MiB, in memory or (ext4) in a file, to be filled: mounted in a mount
// namespace of its own, so the machine does not see it and it goes with the test. Root is not
// needed where the system lets users make namespaces. For the test's main thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class SmallDisk {
 public:
  // Null where this system lets the test mount nothing.
  static std::unique_ptr<SmallDisk> Make(unsigned megabytes, const std::string& type = "tmpfs") {
    std::unique_ptr<SmallDisk> disk(new SmallDisk(megabytes, type));
    return disk->holder_->AwaitOut("mounted") ? std::move(disk) : nullptr;
  }

  // Where it is for a child that has entered, and where for the test.
  const std::string& inside() const { return mount_point_.path(); }
  std::string outside() const {
    return "/proc/" + std::to_string(holder_->pid()) + "/root" + inside();
  }
  // For ChildOptions::prepare: the child sees the disk at inside().
  std::function<bool()> Enter() const {
    const std::string spaces = "/proc/" + std::to_string(holder_->pid()) + "/ns/";
    return [user = spaces + "user", mount = spaces + "mnt"] {
      const int user_space = open(user.c_str(), O_RDONLY | O_CLOEXEC);
      // Refused where it is the child's own already.
      if (user_space >= 0) setns(user_space, CLONE_NEWUSER);
      const int mount_space = open(mount.c_str(), O_RDONLY | O_CLOEXEC);
      return mount_space >= 0 && setns(mount_space, CLONE_NEWNS) == 0;
    };
  }

  // Takes up all free bytes but this many, or some blocks more. False: fewer are free.
  bool FillAllBut(uint64_t bytes) {
    // Who writes beside it may take what was free when it was asked, and the file's own map takes
    // some.
    for (int attempt = 0; attempt < 20; ++attempt) {
      if (TryFillAllBut(bytes + static_cast<uint64_t>(attempt) * kBlock)) return true;
    }
    return false;
  }
  void MakeRoom() { std::filesystem::remove(Ballast()); }

 private:
  static constexpr uint64_t kBlock = 4096;

  bool TryFillAllBut(uint64_t bytes) {
    MakeRoom();
    struct statvfs now {};
    const int fd = open(Ballast().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || statvfs(outside().c_str(), &now) != 0) return false;
    const uint64_t free = uint64_t{now.f_bavail} * now.f_frsize;
    const bool filled =
        free >= bytes && posix_fallocate(fd, 0, static_cast<off_t>(free - bytes)) == 0;
    close(fd);
    return filled;
  }
  SmallDisk(unsigned megabytes, const std::string& type) {
    ChildOptions options;
    const std::string size = std::to_string(megabytes) + "m";
    const std::string image = image_.path() + "/image";
    std::string mount_it = "mount -t tmpfs -o size=" + size + " none " + mount_point_.path();
    if (type == "ext4") {
      mount_it = "truncate -s " + size + " " + image + " && mkfs.ext4 -q -m 0 " + image +
                 " && mount -o loop " + image + " " + mount_point_.path();
    }
    options.args = {
        "/bin/sh", "-c",
        "PATH=$PATH:/usr/sbin:/sbin; " + mount_it + " && echo mounted && exec sleep 86400"};
    options.prepare = [users = "0 " + std::to_string(geteuid()) + " 1",
                       groups = "0 " + std::to_string(getegid()) + " 1"] {
      if (unshare(CLONE_NEWNS) != 0 &&
          !(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && Write("/proc/self/setgroups", "deny") &&
            Write("/proc/self/uid_map", users) && Write("/proc/self/gid_map", groups))) {
        return false;
      }
      return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    };
    holder_ = std::make_unique<ChildProcess>(options);
  }
  static bool Write(const char* path, std::string_view text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool done =
        fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0) close(fd);
    return done;
  }
  std::string Ballast() const { return outside() + "/ballast"; }

  TempDir image_;
  TempDir mount_point_;
  std::unique_ptr<ChildProcess> holder_;  // its life is the filesystem's
};

}  // namespace rollcall::test
