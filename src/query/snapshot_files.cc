#include "query/snapshot_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/log.h"
#include "base/replace_file.h"
#include "parse/month_snapshot_json.h"

namespace rollcall::query {
namespace {

namespace fs = std::filesystem;

// A descriptor that is closed with its scope.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Status Failure(const std::string& step, const fs::path& path) {
  return Status::Unavailable(step + " " + path.string() + ": " +
                             std::generic_category().message(errno));
}

// NotFound: there is no such file.
Result<std::string> ReadFile(const fs::path& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd() < 0) {
    return errno == ENOENT ? Status::NotFound(path.string()) : Failure("open", path);
  }
  std::string text(kMaxMonthSnapshotJsonBytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = read(file.fd(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failure("read", path);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  text.resize(size);
  return text;
}

}  // namespace

fs::path SnapshotFiles::FolderOf(const Fleet& fleet) const {
  return fleet.ref == kFirstFleet ? fs::path(directory_) : fs::path(directory_) / fleet.name;
}

std::optional<MonthSnapshot> SnapshotFiles::Read(const Fleet& fleet, Month month) const {
  if (directory_.empty()) return std::nullopt;
  const fs::path path = FolderOf(fleet) / (month.ToString() + ".json");
  const auto text = ReadFile(path);
  if (!text.ok()) {
    if (text.status().code() != Code::kNotFound) {
      log::Warn("snapshot of {}: {}", month.ToString(), text.status().message());
    }
    return std::nullopt;
  }
  auto snapshot = ParseMonthSnapshotJson(fleet, *text);
  if (!snapshot.ok()) {
    log::Warn("snapshot {} is left aside: {}", path.string(), snapshot.status().message());
    return std::nullopt;
  }
  if (snapshot->month != month) {
    log::Warn("snapshot {} is left aside: it is of {}", path.string(), snapshot->month.ToString());
    return std::nullopt;
  }
  if (snapshot->collected_at < month.Plus(1).Start() || !HasData(snapshot->counts)) {
    return std::nullopt;
  }
  return std::move(*snapshot);
}

Status SnapshotFiles::Write(const Fleet& fleet, const MonthSnapshot& snapshot) const {
  if (directory_.empty()) return Status::Ok();
  const fs::path folder = FolderOf(fleet);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Status::Unavailable("make " + folder.string() + ": " + error.message());
  return ReplaceFile(folder / (snapshot.month.ToString() + ".json"),
                     MonthSnapshotJson(fleet, snapshot), {});
}

}  // namespace rollcall::query
