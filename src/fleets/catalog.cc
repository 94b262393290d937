#include "fleets/catalog.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "parse/fingerprint.h"

namespace rollcall::fleets {
namespace {

constexpr std::string_view kRoot = "/";
// What a thread keeps to read the next body with; after a larger one it begins anew.
constexpr size_t kUsualBodyBytes = 256 * 1024;

// What a reader makes of bodies, with the undeclared fields told.
class DeclaredFormat final : public BodyFormat {
 public:
  DeclaredFormat(const Declaration& declaration, ReportReader reader, IntakeLog& log)
      : reader_(std::move(reader)),
        log_(log),
        is_json_(declaration.format == ReportFormat::kJson) {}

  Status Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
              std::optional<SourceId>& id, ParsedReport& report,
              ReportBound& exceeded) const override {
    thread_local std::unique_ptr<JsonCapture> capture;
    if (!capture) capture = std::make_unique<JsonCapture>();
    MappedReport mapped;
    const Status status = reader_.Read(body, hash_seed, bounds, *capture, mapped, exceeded);
    if (body.size() > kUsualBodyBytes) capture.reset();
    ROLLCALL_RETURN_IF_ERROR(status);
    log_.AddUndeclared(mapped.undeclared);
    if (mapped.id) id = std::move(mapped.id);
    report = std::move(mapped.report);
    return Status::Ok();
  }
  // Another version of a declaration makes another report of the same body, so the address of
  // this object, which outlives all that is remembered of reports, is part of the seed.
  Hash128 Fingerprint(std::string_view body, uint64_t seed) const override {
    const uint64_t own = seed + reinterpret_cast<uintptr_t>(this);
    return is_json_ ? HashBytes(body, own) : FingerprintLines(body, own);
  }
  bool keeps_all() const override { return false; }

 private:
  const ReportReader reader_;
  IntakeLog& log_;
  const bool is_json_;
};

std::unique_ptr<const BodyFormat> FormatOf(const Declaration& declaration, ReportReader reader,
                                           IntakeLog& log) {
  if (declaration.format == ReportFormat::kPrometheus && declaration.keeps_undeclared) {
    return std::make_unique<TextFormat>(declaration.fleet.id_label);
  }
  return std::make_unique<DeclaredFormat>(declaration, std::move(reader), log);
}

// Returns how a report finds the fleet, in words.
std::string WayIn(const Declaration& declaration) {
  const std::string path = "POST " + declaration.path;
  return declaration.id_header.empty() ? path : path + " with " + declaration.id_header;
}

}  // namespace

DeclaredFleet::DeclaredFleet(DeclarationText text, Declaration declaration, ReportReader reader,
                             std::shared_ptr<IntakeLog> log)
    : text_(std::move(text)),
      declaration_(std::move(declaration)),
      log_(std::move(log)),
      format_(FormatOf(declaration_, std::move(reader), *log_)) {}

Result<std::unique_ptr<const FleetSet>> FleetSet::Make(const std::vector<DeclarationText>& texts,
                                                       const AssignRef& assign,
                                                       const FleetSet* before) {
  std::unique_ptr<FleetSet> set(new FleetSet());
  for (const DeclarationText& text : texts) {
    std::shared_ptr<const DeclaredFleet> fleet;
    for (size_t i = 0; before != nullptr && i < before->fleets_.size(); ++i) {
      if (before->fleets_[i]->text() == text) fleet = before->fleets_[i];
    }
    if (!fleet) {
      Result<Declaration> declaration = ParseDeclaration(text.file, text.text);
      if (!declaration.ok()) return declaration.status();
      const std::string& name = declaration->fleet.name;
      const DeclaredFleet* const old = before == nullptr ? nullptr : before->Find(name);
      const Result<FleetRef> ref = assign(name);
      if (!ref.ok()) return ref.status();
      declaration->fleet.ref = *ref;
      Result<ReportReader> reader = ReportReader::Make(*declaration);
      if (!reader.ok()) return reader.status();
      fleet = std::make_shared<const DeclaredFleet>(
          text, std::move(declaration).value(), std::move(reader).value(),
          old == nullptr ? std::make_shared<IntakeLog>() : old->log());
    }
    ROLLCALL_RETURN_IF_ERROR(set->Add(std::move(fleet)));
  }
  if (set->fleets_.empty()) return Status::InvalidArgument("no fleet is declared");
  return std::unique_ptr<const FleetSet>(std::move(set));
}

Status FleetSet::Add(std::shared_ptr<const DeclaredFleet> fleet) {
  const Declaration& added = fleet->declaration();
  for (const auto& one : fleets_) {
    const Declaration& other = one->declaration();
    const std::string both = one->text().file + " and " + fleet->text().file + ": ";
    if (other.fleet.name == added.fleet.name) {
      return Status::InvalidArgument(both + "both declare the fleet " + added.fleet.name);
    }
    const bool same_header = EqualsIgnoringCase(other.id_header, added.id_header);
    if (other.path == added.path &&
        (same_header || other.id_header.empty() || added.id_header.empty())) {
      return Status::InvalidArgument(both + WayIn(other) + " and " + WayIn(added) +
                                     ": a report could be of either");
    }
  }
  fleets_.push_back(std::move(fleet));
  return Status::Ok();
}

const DeclaredFleet* FleetSet::Find(std::string_view name) const {
  for (const auto& one : fleets_) {
    if (one->fleet().name == name) return one.get();
  }
  return nullptr;
}

const DeclaredFleet* FleetSet::Find(FleetRef ref) const {
  for (const auto& one : fleets_) {
    if (one->fleet().ref == ref) return one.get();
  }
  return nullptr;
}

const DeclaredFleet* FleetSet::FindFor(
    std::string_view path, const std::function<bool(std::string_view)>& has_header) const {
  const DeclaredFleet* at_root = nullptr;
  bool is_declared = false;
  for (const auto& one : fleets_) {
    const Declaration& declaration = one->declaration();
    const bool is_here = declaration.path == path;
    is_declared = is_declared || is_here;
    if (!is_here && declaration.path != kRoot) continue;
    const bool fits = declaration.id_header.empty() ? is_here : has_header(declaration.id_header);
    if (!fits) continue;
    if (is_here) return one.get();
    if (at_root == nullptr) at_root = one.get();
  }
  return is_declared ? nullptr : at_root;
}

std::vector<const DeclaredFleet*> FleetSet::At(std::string_view path) const {
  std::vector<const DeclaredFleet*> found;
  for (const auto& one : fleets_) {
    if (one->declaration().path == path) found.push_back(one.get());
  }
  return found;
}

Catalog::Catalog(std::unique_ptr<const FleetSet> first) : current_(first.get()) {
  const MutexLock lock(mutex_);
  sets_.push_back(std::move(first));
}

bool Catalog::Replace(std::unique_ptr<const FleetSet> next) {
  const MutexLock lock(mutex_);
  if (next->all() == current().all()) return false;
  sets_.push_back(std::move(next));
  current_.store(sets_.back().get(), std::memory_order_release);
  return true;
}

}  // namespace rollcall::fleets
