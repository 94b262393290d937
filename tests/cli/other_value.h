// Values for tests that go through all options. Any thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "cli/option_table.h"

namespace rollcall::cli {

// A value other than the default that the option takes: the first such of a list that has one for
// each kind of option.
inline std::string OtherValue(const OptionSpec& spec) {
  if (spec.flag == "config") return "/dev/null";  // it is read
  for (const char* value : {"65MiB",      "3GiB",
                            "1KiB",       "3",
                            "70",         "true",
                            "1500ms",     "7m",
                            "36h",        "http://127.0.0.1:1/x",
                            "[::1]:7",    "debug",
                            "jsonl",      "json",
                            "cozystack",  "2026-03",
                            "/var/lib/x", "edge=http://127.0.0.1:1/uptime",
                            "10.0.0.0/8", "both",
                            "import"}) {
    Options options;
    if (spec.set(value, options).ok() && spec.show(options) != spec.DefaultText()) return value;
  }
  ADD_FAILURE() << "no value for --" << spec.flag;
  return {};
}

}  // namespace rollcall::cli
