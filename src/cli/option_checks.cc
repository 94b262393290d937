#include "cli/option_checks.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/option_value.h"
#include "http/client/url.h"
#include "jobs/app_list.h"
#include "model/host_sample.h"
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

constexpr size_t kMostNameBytes = 64;

bool IsTargetName(std::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && name != kSelfHost &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return IsAsciiAlphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
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

Status CheckLogFormat(std::string_view text) {
  return text == "text" || text == "json" ? Status::Ok() : Refuse(text, kAllowedLogFormats);
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

Result<std::vector<hosts::Target>> ParseTargets(std::string_view text) {
  std::vector<hosts::Target> targets;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const size_t sign = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(0, sign);
    const std::string_view url = word.substr(std::min(sign + 1, word.size()));
    if (sign == word.size() || !IsTargetName(name)) return Refuse(word, kAllowedTargets);
    ROLLCALL_RETURN_IF_ERROR(CheckUrl(url).WithContext(QuoteWord(word)));
    const bool is_known = std::any_of(targets.begin(), targets.end(),
                                      [&](const hosts::Target& one) { return one.name == name; });
    if (is_known) {
      return Status::InvalidArgument("two targets have the name " + QuoteWord(name));
    }
    if (targets.size() == kMostTargets) {
      return Status::InvalidArgument("more than " + std::to_string(kMostTargets) + " targets");
    }
    targets.push_back({std::string(name), std::string(url)});
  }
  return targets;
}

}  // namespace rollcall::cli
