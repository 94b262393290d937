#include "storage/store_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestPrefix = "MANIFEST-";

std::optional<uint64_t> NumberOf(std::string_view digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool good = error == std::errc() && end == digits.data() + digits.size();
  return good ? std::optional(number) : std::nullopt;
}

std::string SixDigits(uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%06llu", static_cast<unsigned long long>(number));
  return text;
}

Status Failure(const std::string& what) {
  return Status::Unavailable(what + ": " + std::strerror(errno));
}

// Opens, writes and syncs; on failure what is there of it is left.
Status WriteFile(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Failure("create " + path);
  Status status;
  while (status.ok() && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) status = Failure("write " + path);
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (status.ok() && ::fsync(fd) != 0) status = Failure("sync " + path);
  ::close(fd);
  return status;
}

}  // namespace

std::string LogName(uint64_t number) { return SixDigits(number) + ".log"; }
std::string ManifestName(uint64_t number) {
  return std::string(kManifestPrefix) + SixDigits(number);
}
std::string TableName(uint64_t number) { return SixDigits(number) + ".sst"; }
std::string PathOf(const std::string& directory, std::string_view name) {
  return directory + "/" + std::string(name);
}

std::string StoreFiles::ToString() const {
  std::vector<std::string> names;
  for (const uint64_t number : manifests) names.push_back(ManifestName(number));
  for (const uint64_t number : tables) names.push_back(TableName(number));
  for (const uint64_t number : logs) names.push_back(LogName(number));
  if (has_identity) names.emplace_back("IDENTITY");
  constexpr size_t kNamed = 3;
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    text.append(i == 0 ? "" : ", ").append(names[i]);
  }
  return names.size() <= kNamed ? text
                                : text + " and " + std::to_string(names.size() - kNamed) + " more";
}

Result<StoreFiles> ListStoreFiles(const std::string& directory) {
  StoreFiles files;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error == std::errc::no_such_file_or_directory) return files;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string file = entries->path().filename().string();
    const std::string_view name = file;
    if (name == kCurrentName) files.has_current = true;
    if (name == kBeingMadeName) files.is_being_made = true;
    if (name == kRestoringName) files.is_being_restored = true;
    if (name == "IDENTITY") files.has_identity = true;
    if (name.starts_with(kManifestPrefix)) {
      const auto number = NumberOf(name.substr(kManifestPrefix.size()));
      if (number) files.manifests.push_back(*number);
    } else if (name.ends_with(".log") || name.ends_with(".sst")) {
      const auto number = NumberOf(name.substr(0, name.size() - 4));
      if (number) (name.ends_with(".log") ? files.logs : files.tables).push_back(*number);
    }
  }
  if (error) return Status::FailedPrecondition("read " + directory + ": " + error.message());
  for (auto* const numbers : {&files.logs, &files.manifests, &files.tables}) {
    std::sort(numbers->begin(), numbers->end());
  }
  return files;
}

Result<uint64_t> ReadCurrent(const std::string& directory) {
  std::ifstream file(PathOf(directory, kCurrentName), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string_view name = text;
  if (name.starts_with(kManifestPrefix) && name.ends_with('\n')) {
    const auto number =
        NumberOf(name.substr(kManifestPrefix.size(), name.size() - 1 - kManifestPrefix.size()));
    if (number) return *number;
  }
  return Status::DataLoss("CURRENT names no manifest");
}

Status SyncDirectory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failure("open " + directory);
  const Status status = ::fsync(fd) == 0 ? Status::Ok() : Failure("sync " + directory);
  ::close(fd);
  return status;
}

Status ReplaceFile(const std::string& directory, std::string_view name, std::string_view bytes) {
  const std::string path = PathOf(directory, name);
  const std::string draft = path + ".new";
  ROLLCALL_RETURN_IF_ERROR(WriteFile(draft, bytes));
  if (::rename(draft.c_str(), path.c_str()) != 0) return Failure("rename " + draft);
  return SyncDirectory(directory);
}

Status MarkBeingMade(const std::string& directory) {
  ROLLCALL_RETURN_IF_ERROR(WriteFile(PathOf(directory, kBeingMadeName), ""));
  return SyncDirectory(directory);
}

Status MarkMade(const std::string& directory) {
  const std::string path = PathOf(directory, kBeingMadeName);
  if (::unlink(path.c_str()) == 0) return SyncDirectory(directory);
  return errno == ENOENT ? Status::Ok() : Failure("remove " + path);
}

}  // namespace rollcall::storage
