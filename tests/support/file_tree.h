// The contents of a directory, for tests that check that it was left unchanged. Any thread.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace rollcall::test {

// Returns the bytes of a file; "" where it cannot be read.
inline std::string FileBytes(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

// Returns the bytes of each regular file below `directory`, by its path relative to it.
inline std::map<std::string, std::string> Contents(const std::string& directory) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    contents[entry.path().lexically_relative(directory).string()] = FileBytes(entry.path());
  }
  return contents;
}

}  // namespace rollcall::test
