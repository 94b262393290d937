// The configuration file of a server: flags of serve without their dashes, one a line.
//
//   # What stands behind this sign at the start of a line is for people.
//   listen-addr = :8081
//   fleets cozystack,/etc/rollcall/fleets/
//   no-store
//
// A value is the rest of its line, without the blanks around it; it may be empty behind a sign of
// equality. A switch needs none. A flag that may be repeated may stand in several lines. Plain
// values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cli/option_table.h"

namespace rollcall::cli {

// The largest file, inclusive.
inline constexpr size_t kMaxConfigBytes = 1024 * 1024;

class ConfigFile {
 public:
  // No file: nothing stands in it.
  ConfigFile() = default;
  // Reads a file. NotFound, Unavailable: it is not there, or cannot be read. Fails as Parse does.
  static Result<ConfigFile> Read(const std::string& name);
  // InvalidArgument: "NAME:12: retention: 'x' is not a whole number …". Each line has to name a
  // flag of serve, but --config, with a value that it accepts.
  static Result<ConfigFile> Parse(const std::string& name, std::string_view text);

  // Returns the value of a flag; nullptr if the file says nothing of it.
  const std::string* Find(std::string_view flag) const;
  size_t size() const { return values_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> values_;  // by flag
};

// The option that names the file, for the option table.
void AddConfigOption(std::vector<OptionSpec>& table);

}  // namespace rollcall::cli
