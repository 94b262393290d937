// Checks of the options that are texts: for each kind a phrase that says what is allowed, and a
// function that checks it. Pure functions. A failure is InvalidArgument; its message is a phrase
// that follows the option's name.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "hosts/targets.h"

namespace rollcall::cli {

inline constexpr std::string_view kAllowedDirectories =
    "the path of a directory (write ./-name for one that begins with a dash)";
inline constexpr std::string_view kAllowedSecrets =
    "the path of a file (write ./-name for one that begins with a dash)";
inline constexpr std::string_view kAllowedUsers = "a user name without a colon";
inline constexpr std::string_view kAllowedLabels = "the name of a label";
inline constexpr std::string_view kAllowedUrls = "an http:// or https:// URL without a user name";
inline constexpr std::string_view kAllowedLevels = "one of debug, info, warning, error";
inline constexpr std::string_view kAllowedLogFormats = "one of text, json";
inline constexpr std::string_view kAllowedAddresses =
    "an address (host:port, :port for all addresses, [v6]:port; port from 0 to 65535)";
inline constexpr std::string_view kAllowedHosts = "host names with commas between them";
inline constexpr std::string_view kAllowedFiles = "a file's name, or - for standard output";
inline constexpr std::string_view kAllowedFormats = "one of auto, text, jsonl";
inline constexpr std::string_view kAllowedFleets = "the name of a fleet: a-z, 0-9, -";
inline constexpr std::string_view kAllowedFleetLists =
    "names of built-in fleets (cozystack, coroot), files and folders, with commas between them";
inline constexpr std::string_view kAllowedListUrls = "a URL, or the word declared";
inline constexpr std::string_view kAllowedSelectors =
    "a metric's name or a selector as in PromQL, {__name__=~\"myapp_.*\",version=\"v2\"}";
inline constexpr std::string_view kAllowedTargets =
    "NAME=URL, a name of 1 to 64 of A-Z a-z 0-9 . _ - but not rollcall, and an http:// or https:// "
    "URL without a user name";

Status CheckDirectory(std::string_view text);
Status CheckFile(std::string_view text);
Status CheckUser(std::string_view text);
Status CheckUrl(std::string_view text);
Status CheckLevel(std::string_view text);
Status CheckLogFormat(std::string_view text);
Status CheckAddress(std::string_view text);
Status CheckHosts(std::string_view text);
Status CheckLabel(std::string_view text);
Status CheckOutput(std::string_view text);
Status CheckFormat(std::string_view text);
Status CheckFleet(std::string_view text);
Status CheckFleets(std::string_view text);
Status CheckListUrl(std::string_view text);
Status CheckInstant(std::string_view text);
Status CheckSelector(std::string_view text);

// The most targets, inclusive: each has a thread.
inline constexpr size_t kMostTargets = 200;
// Returns the targets in a text, with blanks between them; none of an empty one. Fails where one is
// not as above, a name stands twice, or there are too many.
Result<std::vector<hosts::Target>> ParseTargets(std::string_view text);

}  // namespace rollcall::cli
