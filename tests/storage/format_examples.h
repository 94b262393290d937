// The examples of storage/FORMAT.md as bytes: the golden bytes of the codecs' tests. Blocks of hex
// that open with "```example NAME"; what stands in a block's lines is the business of its test.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::test {

// "0a 1b" → two bytes; blanks may stand anywhere between bytes.
inline std::string FromHex(std::string_view hex) {
  std::string bytes;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    const std::string_view digits = "0123456789abcdef";
    const auto digit = static_cast<int>(digits.find(c));
    EXPECT_GE(digit, 0) << hex;
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  EXPECT_EQ(high, -1) << "half a byte: " << hex;
  return bytes;
}

inline std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!hex.empty()) hex += ' ';
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

// All examples of FORMAT.md by name, each as the bytes of its lines.
inline std::map<std::string, std::vector<std::string>> ReadFormatExamples() {
  constexpr std::string_view kOpening = "```example ";
  std::map<std::string, std::vector<std::string>> examples;
  std::ifstream file(ROLLCALL_SOURCE_DIR "/storage/FORMAT.md");
  EXPECT_TRUE(file.is_open());
  std::vector<std::string>* example = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kOpening)) {
      example = &examples[line.substr(kOpening.size())];
      EXPECT_TRUE(example->empty()) << "twice: " << line;
    } else if (line.starts_with("```")) {
      example = nullptr;
    } else if (example != nullptr) {
      example->push_back(FromHex(line));
    }
  }
  return examples;
}

// One example's lines; a failure where FORMAT.md does not have it.
inline std::vector<std::string> FormatExampleLines(const std::string& name) {
  const auto examples = ReadFormatExamples();
  const auto at = examples.find(name);
  EXPECT_TRUE(at != examples.end()) << "FORMAT.md has no example \"" << name << '"';
  return at == examples.end() ? std::vector<std::string>() : at->second;
}

// The same as one string of bytes.
inline std::string FormatExample(const std::string& name) {
  std::string bytes;
  for (const std::string& line : FormatExampleLines(name)) bytes += line;
  return bytes;
}

}  // namespace rollcall::test
