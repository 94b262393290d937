// The catalog: the declared fleets that a process serves, in order; the first is the default. Each
// set of them is immutable. Where a file changes, a further set takes its place, and the one before
// stays until the process ends, so whoever works with a fleet may go on with it: changes are rare,
// and a set takes some kilobytes. Owned by the command that serves; thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "fleets/declaration.h"
#include "fleets/intake_log.h"
#include "fleets/report_reader.h"
#include "parse/body_format.h"

namespace rollcall::fleets {

// A declaration as it was read: from a file, or a built-in one.
struct DeclarationText {
  std::string file;  // or the name of a built-in fleet
  std::string text;

  bool operator==(const DeclarationText&) const = default;
};

class DeclaredFleet {
 public:
  DeclaredFleet(DeclarationText text, Declaration declaration, ReportReader reader,
                std::shared_ptr<IntakeLog> log);

  const DeclarationText& text() const { return text_; }
  const Declaration& declaration() const { return declaration_; }
  const Fleet& fleet() const { return declaration_.fleet; }
  // Returns the form in which its reports come; valid as long as this object.
  const BodyFormat& format() const { return *format_; }
  // Returns what came in; thread-safe, and shared with later versions of the declaration.
  const std::shared_ptr<IntakeLog>& log() const { return log_; }
  // Returns whether each body names its source; if not, a header does.
  bool body_names_source() const { return declaration_.id_header.empty(); }

 private:
  const DeclarationText text_;
  const Declaration declaration_;
  const std::shared_ptr<IntakeLog> log_;
  const std::unique_ptr<const BodyFormat> format_;
};

class FleetSet {
 public:
  // Gives a fleet its ref, by its name.
  using AssignRef = std::function<Result<FleetRef>(const std::string& name)>;

  // Makes a set of at least one text. Takes over the fleets of `before` (may be null) whose texts
  // are the same, and of others what is known of their undeclared fields. InvalidArgument: a text
  // is no declaration (see ParseDeclaration), or two of them collide: in their name, or in the path
  // and header by which a report finds its fleet; then `assign` is not called. Fails as it does.
  static Result<std::unique_ptr<const FleetSet>> Make(const std::vector<DeclarationText>& texts,
                                                      const AssignRef& assign,
                                                      const FleetSet* before);

  const std::vector<std::shared_ptr<const DeclaredFleet>>& all() const { return fleets_; }
  const DeclaredFleet& first() const { return *fleets_.front(); }
  // Return nullptr where there is no such fleet.
  const DeclaredFleet* Find(std::string_view name) const;
  const DeclaredFleet* Find(FleetRef ref) const;
  // Returns the fleet whose report a POST to that path is: of those with that path the one whose
  // id header the request has, or the one that needs none. A path that no fleet declares is as good
  // as "/" for a request with an id header.
  const DeclaredFleet* FindFor(std::string_view path,
                               const std::function<bool(std::string_view)>& has_header) const;
  // Returns the fleets that declare that path.
  std::vector<const DeclaredFleet*> At(std::string_view path) const;

 private:
  FleetSet() = default;
  // Returns the fleet that was made of this text; null where there is none.
  std::shared_ptr<const DeclaredFleet> Find(const DeclarationText& text) const;

  std::vector<std::shared_ptr<const DeclaredFleet>> fleets_;
};

class Catalog {
 public:
  explicit Catalog(std::unique_ptr<const FleetSet> first);

  // Returns the set in force, valid as long as the catalog.
  const FleetSet& current() const { return *current_.load(std::memory_order_acquire); }
  // Puts another set in force. Returns false, and keeps the one in force, if both are the same.
  bool Replace(std::unique_ptr<const FleetSet> next);

 private:
  Mutex mutex_;
  std::vector<std::unique_ptr<const FleetSet>> sets_ GUARDED_BY(mutex_);
  std::atomic<const FleetSet*> current_;
};

}  // namespace rollcall::fleets
