#include "cli/option_checks.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/option_value.h"
#include "http/client/url.h"
#include "jobs/app_list.h"
#include "parse/instant.h"
#include "parse/selector.h"

namespace rollcall::cli {
namespace {

Status Refuse(std::string_view text, std::string_view allowed) {
  return Status::InvalidArgument(QuoteWord(text) + " is not " + std::string(allowed));
}

// A leading dash means a flag: the one before it lost its value.
bool IsPath(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && text.size() < 4096 &&
         text.find('\0') == std::string_view::npos;
}

}  // namespace

Status CheckDirectory(std::string_view text) {
  return IsPath(text) ? Status::Ok() : Refuse(text, kAllowedDirectories);
}

Status CheckFile(std::string_view text) {
  return IsPath(text) ? Status::Ok() : Refuse(text, kAllowedSecrets);
}

Status CheckUser(std::string_view text) {
  const bool good = text.size() <= 256 && text.find(':') == std::string_view::npos &&
                    text.find('\0') == std::string_view::npos;
  return good ? Status::Ok() : Refuse(text, kAllowedUsers);
}

Status CheckUrl(std::string_view text) { return http::HttpUrl::Parse(text).status(); }

Status CheckLevel(std::string_view text) {
  constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
  const bool good = std::find(kLevels.begin(), kLevels.end(), text) != kLevels.end();
  return good ? Status::Ok() : Refuse(text, kAllowedLevels);
}

Status CheckAddress(std::string_view text) {
  return IsListenAddress(text) ? Status::Ok() : Refuse(text, kAllowedAddresses);
}

Status CheckHosts(std::string_view text) {
  const bool good = text.size() <= 4096 && std::all_of(text.begin(), text.end(), [](char c) {
                      return c > ' ' && c <= '~' && c != '/' && c != '*';
                    });
  return good ? Status::Ok() : Refuse(text, kAllowedHosts);
}

Status CheckLabel(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= 253 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '-'; });
  return good ? Status::Ok() : Refuse(text, kAllowedLabels);
}

Status CheckOutput(std::string_view text) {
  return text == "-" || CheckDirectory(text).ok() ? Status::Ok() : Refuse(text, kAllowedFiles);
}

Status CheckFormat(std::string_view text) {
  const bool good = text == "auto" || text == "text" || text == "jsonl";
  return good ? Status::Ok() : Refuse(text, kAllowedFormats);
}

Status CheckFleet(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  return good ? Status::Ok() : Refuse(text, kAllowedFleets);
}

Status CheckListUrl(std::string_view text) {
  return text == jobs::AppListOptions::kDeclared ? Status::Ok() : CheckUrl(text);
}

Status CheckFleets(std::string_view text) {
  const bool good = !text.empty() && !text.starts_with(',') && !text.ends_with(',') &&
                    text.find(",,") == std::string_view::npos;
  return good ? Status::Ok() : Refuse(text, kAllowedFleetLists);
}

Status CheckInstant(std::string_view text) {
  return ParseInstant(text).ok() ? Status::Ok() : Refuse(text, kAllowedInstants);
}

Status CheckSelector(std::string_view text) { return Selector::Parse(text).status(); }

}  // namespace rollcall::cli
