// A file system of a few MiB, in memory (tmpfs) or in a file (ext4), for tests that fill a disk.
// Mounted in a mount namespace of its own, so that the machine does not see it and it ends with the
// test. Needs no root where the system lets users create namespaces. Owned by the test; for its
// main thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/ioctl.h>
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
  // Returns a mounted file system of `type`, "tmpfs" or "ext4"; null where the system does not let
  // the test mount one.
  static std::unique_ptr<SmallDisk> Make(unsigned megabytes, const std::string& type = "tmpfs") {
    std::unique_ptr<SmallDisk> disk(new SmallDisk(megabytes, type));
    return disk->holder_->AwaitOut("mounted") ? std::move(disk) : nullptr;
  }

  // Return the path of its root: inside() for a child that has entered, outside() for the test.
  const std::string& inside() const { return mount_point_.path(); }
  std::string outside() const {
    return "/proc/" + std::to_string(holder_->pid()) + "/root" + inside();
  }
  // Returns a function for ChildOptions::prepare, which makes the child see the file system
  // at inside().
  std::function<bool()> Enter() const {
    const std::string spaces = "/proc/" + std::to_string(holder_->pid()) + "/ns/";
    return [user = spaces + "user", mount = spaces + "mnt"] {
      const int user_space = open(user.c_str(), O_RDONLY | O_CLOEXEC);
      // Fails where the child is in that namespace already.
      if (user_space >= 0) setns(user_space, CLONE_NEWUSER);
      const int mount_space = open(mount.c_str(), O_RDONLY | O_CLOEXEC);
      return mount_space >= 0 && setns(mount_space, CLONE_NEWNS) == 0;
    };
  }

  // Fills the file system until `bytes`, or some blocks more, are free. Returns false where
  // fewer are.
  bool FillAllBut(uint64_t bytes) {
    // Other writers may take space after it was measured, and the file's own block map takes some.
    for (int attempt = 0; attempt < 20; ++attempt) {
      if (TryFillAllBut(bytes + static_cast<uint64_t>(attempt) * kBlock)) return true;
    }
    return false;
  }
  // Frees what FillAllBut took.
  void MakeRoom() { std::filesystem::remove(Ballast()); }

  // Makes every write and sync from here on fail with EIO, as on a disk that has died; nothing that
  // was not synced is kept. Only an ext4 can; returns false where it could not.
  bool Die() const {
    const int fd = open(outside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const uint32_t without_flushing = 2;
    const bool died = fd >= 0 && ioctl(fd, _IOR('X', 125, uint32_t), &without_flushing) == 0;
    if (fd >= 0) close(fd);
    return died;
  }
  // Mounts a dead file system again, which nobody uses. Returns whether it is there.
  bool Revive() const {
    ChildOptions options;
    options.args = {"/bin/sh", "-c",
                    "PATH=$PATH:/usr/sbin:/sbin; umount " + inside() + " && mount -o loop " +
                        Image() + " " + inside()};
    options.prepare = Enter();
    return ChildProcess(options).Wait() == 0;
  }

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
    const std::string image = Image();
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
  std::string Image() const { return image_.path() + "/image"; }
  std::string Ballast() const { return outside() + "/ballast"; }

  TempDir image_;
  TempDir mount_point_;
  std::unique_ptr<ChildProcess> holder_;  // keeps the file system mounted while it runs
};

}  // namespace rollcall::test
