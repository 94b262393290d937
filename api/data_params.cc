#include "api/data_params.h"

#include <algorithm>
#include <charconv>

#include "parse/utf8.h"

namespace rollcall::api {
namespace {

constexpr int kFirstYear = 1970;
constexpr size_t kMonthSize = 7;  // "2026-03"
constexpr size_t kDaySize = 10;   // "2026-03-07"

constexpr std::string_view kNoYes[] = {"no", "yes"};
constexpr std::string_view kMonthsOfSpan[] = {"1", "3", "12"};
constexpr std::string_view kFormats[] = {"json", "csv"};

std::optional<unsigned> ParseNumber(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Month> ParseMonth(std::string_view text) {
  const std::optional<Month> month = Month::Parse(text);
  return month && month->year() >= kFirstYear ? month : std::nullopt;
}

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != kDaySize || text[kMonthSize] != '-') return std::nullopt;
  const std::optional<Month> month = ParseMonth(text.substr(0, kMonthSize));
  const std::string_view digits = text.substr(kMonthSize + 1);
  const std::optional<unsigned> day = ParseNumber(digits);
  if (!month || !day || *day < 1) return std::nullopt;
  const Day parsed{month->FirstDay().number + *day - 1};
  return Month::Of(parsed) == *month ? std::optional(parsed) : std::nullopt;
}

}  // namespace

void DataParams::Refuse(std::string message, std::vector<std::string> allowed) {
  if (!problem_) problem_ = Problem{std::move(message), std::move(allowed)};
}

std::optional<std::string> DataParams::Given(const char* name, const std::string& rule) {
  std::optional<std::string> text = request_.Param(name);
  if (text && text->empty()) {
    Refuse(std::string(name) + " is empty: " + rule);
    return std::nullopt;
  }
  return text;
}

const Fleet& DataParams::OfFleet() {
  const auto text = Given("fleet", "want the name of a fleet, or no such parameter");
  if (!text) return fleets_->first().fleet();
  if (const fleets::DeclaredFleet* const known = fleets_->Find(*text)) return known->fleet();
  std::vector<std::string> names;
  for (const auto& one : fleets_->all()) names.push_back(one->fleet().name);
  Refuse("fleet: there is none of that name", std::move(names));
  return fleets_->first().fleet();
}

std::optional<Month> DataParams::OfMonth(const char* name) {
  const std::string rule = "want YYYY-MM, from 1970-01 to 9999-12";
  const auto text = Given(name, rule);
  if (!text) return std::nullopt;
  const std::optional<Month> month = ParseMonth(*text);
  if (!month) Refuse(std::string(name) + ": " + rule);
  return month;
}

std::optional<Day> DataParams::OfDay(const char* name) {
  const std::string rule = "want YYYY-MM-DD, a day from 1970-01-01 to 9999-12-31";
  const auto text = Given(name, rule);
  if (!text) return std::nullopt;
  const std::optional<Day> day = ParseDay(*text);
  if (!day) Refuse(std::string(name) + ": " + rule);
  return day;
}

std::optional<std::string> DataParams::Text(const char* name, size_t most_bytes) {
  const std::string rule =
      "want 1 to " + std::to_string(most_bytes) + " bytes of UTF-8 without control characters";
  auto text = Given(name, rule);
  if (!text) return std::nullopt;
  const bool has_control = std::any_of(text->begin(), text->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (text->size() > most_bytes || has_control || !IsUtf8(*text)) {
    Refuse(std::string(name) + ": " + rule);
    return std::nullopt;
  }
  return text;
}

unsigned DataParams::Number(const char* name, unsigned least, unsigned most, unsigned otherwise) {
  const std::string rule =
      "want a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = Given(name, rule);
  if (!text) return otherwise;
  const std::optional<unsigned> value = ParseNumber(*text);
  if (value && *value >= least && *value <= most) return *value;
  Refuse(std::string(name) + ": " + rule);
  return otherwise;
}

size_t DataParams::Choice(const char* name, std::span<const std::string_view> choices) {
  const auto text = Given(name, "want one of those allowed, or no such parameter");
  if (!text) return 0;
  const auto found = std::find(choices.begin(), choices.end(), *text);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  Refuse(std::string(name) + ": not one of those allowed", {choices.begin(), choices.end()});
  return 0;
}

bool DataParams::WantsLast30Days(std::initializer_list<const char*> others) {
  const auto text = Given("period", "want 30d, or no such parameter");
  if (!text) return false;
  if (*text != kLast30Days) Refuse("period: not one of those allowed", {kLast30Days});
  for (const char* const other : others) {
    if (request_.Param(other)) Refuse(std::string(other) + ": not beside period=30d");
  }
  return true;
}

bool DataParams::IsYes(const char* name) { return Choice(name, kNoYes) == 1; }

Span DataParams::OfSpan() { return static_cast<Span>(Choice("periods", kMonthsOfSpan)); }

bool DataParams::WantsCsv() { return Choice("format", kFormats) == 1; }

}  // namespace rollcall::api
