#include "parse/function_name.h"

#include <cxxabi.h>

#include <cmath>
#include <cstdlib>
#include <memory>

#include "parse/utf8.h"

namespace rollcall {
namespace {

constexpr size_t kMostReadableBytes = 1024;
constexpr std::string_view kMangled = "_Z";
constexpr std::string_view kCall = "()";
constexpr std::string_view kCutMark = "…";
constexpr size_t kMostMangledBytes = 1024;
constexpr double kMostSteps = 100'000;

struct Free {
  void operator()(char* text) const { std::free(text); }
};

bool IsSequenceDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

// Returns how many parts of a mangled name may stand for an earlier part: "S_", "S0_", "T_", "T0_".
// A conversion ("cv") is read twice, which is as much as two of them.
size_t CountReferences(std::string_view name) {
  size_t references = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with("cv")) references += 2;
    if (name[i] != 'S' && name[i] != 'T') continue;
    size_t end = i + 1;
    while (end < name.size() && IsSequenceDigit(name[end])) ++end;
    if (end < name.size() && name[end] == '_') ++references;
  }
  return references;
}

// Parts that each refer three times to the one before grow fastest: 3^(n/3) of n references.
double MostSteps(std::string_view name) {
  return static_cast<double>(name.size()) *
         std::pow(3.0, static_cast<double>(CountReferences(name)) / 3.0);
}

std::string Demangled(std::string_view function) {
  std::string name(function);
  // Its probe puts this behind every name.
  if (function.ends_with(kCall)) name.resize(name.size() - kCall.size());
  if (name.size() > kMostMangledBytes || name.find('\0') != std::string::npos ||
      MostSteps(name) > kMostSteps) {
    return std::string(function);
  }
  int status = 0;
  const std::unique_ptr<char, Free> readable(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status));
  return status == 0 && readable ? std::string(readable.get()) : std::string(function);
}

}  // namespace

std::string ReadableFunction(std::string_view function) {
  std::string readable =
      function.starts_with(kMangled) ? Demangled(function) : std::string(function);
  if (readable.size() <= kMostReadableBytes) return readable;
  size_t end = kMostReadableBytes - kCutMark.size();
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(readable[end]) & 0xC0U) == 0x80U) --end;
  readable.resize(end);
  return readable.append(kCutMark);
}

}  // namespace rollcall
