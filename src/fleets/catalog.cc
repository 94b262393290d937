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
  bool keeps_all() const override { return false; }

 private:
  Hash128 HashOf(std::string_view body, uint64_t seed) const override {
    return is_json_ ? HashBytes(body, seed) : FingerprintLines(body, seed);
  }

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

// InvalidArgument: two declarations have one name, or a report could be of either.
Status TellApart(const Declaration& one, const Declaration& other) {
  if (one.fleet.name == other.fleet.name) {
    return Status::InvalidArgument("both declare the fleet " + one.fleet.name);
  }
  const bool same_header = EqualsIgnoringCase(one.id_header, other.id_header);
  if (one.path != other.path ||
      (!same_header && !one.id_header.empty() && !other.id_header.empty())) {
    return Status::Ok();
  }
  return Status::InvalidArgument(WayIn(one) + " and " + WayIn(other) +
                                 ": a report could be of either");
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
  if (texts.empty()) return Status::InvalidArgument("no fleet is declared");
  std::unique_ptr<FleetSet> set(new FleetSet());
  set->fleets_.resize(texts.size());  // those of `before`; null: to be made
  std::vector<Declaration> declarations;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (before != nullptr) set->fleets_[i] = before->Find(texts[i]);
    Result<Declaration> declaration = set->fleets_[i]
                                          ? set->fleets_[i]->declaration()
                                          : ParseDeclaration(texts[i].file, texts[i].text);
    if (!declaration.ok()) return declaration.status();
    for (size_t k = 0; k < i; ++k) {
      const Status status = TellApart(declarations[k], *declaration);
      if (!status.ok()) return status.WithContext(texts[k].file + " and " + texts[i].file);
    }
    declarations.push_back(std::move(declaration).value());
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    if (set->fleets_[i]) continue;
    Declaration& declaration = declarations[i];
    const DeclaredFleet* const old =
        before == nullptr ? nullptr : before->Find(declaration.fleet.name);
    const Result<FleetRef> ref = assign(declaration.fleet.name);
    if (!ref.ok()) return ref.status();
    declaration.fleet.ref = *ref;
    Result<ReportReader> reader = ReportReader::Make(declaration);
    if (!reader.ok()) return reader.status();
    set->fleets_[i] = std::make_shared<const DeclaredFleet>(
        texts[i], std::move(declaration), std::move(reader).value(),
        old == nullptr ? std::make_shared<IntakeLog>() : old->log());
  }
  return std::unique_ptr<const FleetSet>(std::move(set));
}

std::shared_ptr<const DeclaredFleet> FleetSet::Find(const DeclarationText& text) const {
  for (const auto& one : fleets_) {
    if (one->text() == text) return one;
  }
  return nullptr;
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
