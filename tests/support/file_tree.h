// The contents of a directory, for tests that check that it was left unchanged. Any thread.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace rollcall::test {

// Returns the bytes of each regular file below `directory`, by its path relative to it.
inline std::map<std::string, std::string> Contents(const std::string& directory) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    contents[entry.path().lexically_relative(directory).string()] =
        std::string(std::istreambuf_iterator<char>(file), {});
  }
  return contents;
}

}  // namespace rollcall::test
