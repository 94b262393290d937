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

// Returns how many parts are made once for each element of a pack: "Dp", and in an expression "sp",
// which elsewhere is a part of a word.
size_t CountExpansions(std::string_view name) {
  const bool has_expressions =
      name.find('X') != name.npos || name.find("DT") != name.npos || name.find("Dt") != name.npos;
  size_t expansions = 0;
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    const std::string_view two = name.substr(i, 2);
    if (two == "Dp" || (two == "sp" && has_expressions)) ++expansions;
  }
  return expansions;
}

// Parts that each refer three times to the one before grow fastest: 3^(n/3) of n references. A pack
// has at most as many elements as the name has bytes, and expansions within one another multiply.
double MostSteps(std::string_view name) {
  return std::pow(static_cast<double>(name.size()),
                  1 + static_cast<double>(CountExpansions(name))) *
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
  readable.resize(CutUtf8(readable, kMostReadableBytes - kCutMark.size()).size());
  return readable.append(kCutMark);
}

}  // namespace rollcall
