#include "cli/record_move.h"

#include <cstdio>
#include <optional>

#include "api/record_export.h"
#include "base/byte_sizes.h"
#include "base/clock.h"
#include "cli/export_output.h"
#include "cli/import_input.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/server_client.h"
#include "http/client/client.h"
#include "http/client/url.h"
#include "parse/decompress.h"
#include "parse/record_import.h"
#include "records/record_stack.h"
#include "storage/records.h"
#include "storage/transaction.h"

namespace rollcall::cli {
namespace {

constexpr size_t kBytesOfATransaction = 4 * kMiB;

// What came of the records so far.
struct Moved {
  uint64_t added = 0;
  uint64_t there = 0;
  uint64_t refused = 0;
  std::vector<std::string> errors;  // the first ones
};

class Import {
 public:
  explicit Import(storage::Stores& stores) : stores_(stores) {
    stores_.records().SetStackOf(records::StackOf);
  }

  Status Take(Record&& record) {
    // Every later record would be received no earlier, and none of them ever be old.
    if (record.reception > latest_) {
      Refuse("record " + std::to_string(record.id.value) + " was received in the future");
      return Status::Ok();
    }
    if (!transaction_) transaction_.emplace(stores_.store());
    const Result<bool> added = stores_.records().Import(record, *transaction_);
    if (added.ok()) {
      ++(*added ? moved_.added : moved_.there);
    } else if (added.status().code() == Code::kInvalidArgument) {
      Refuse(added.status().message());
    } else {
      return added.status();
    }
    return transaction_->bytes() < kBytesOfATransaction ? Status::Ok() : Commit();
  }
  // Stores what was taken so far.
  Status Commit() {
    if (!transaction_) return Status::Ok();
    const Status status = transaction_->Commit();
    transaction_.reset();
    return status;
  }
  const Moved& moved() const { return moved_; }

 private:
  void Refuse(const std::string& why) {
    ++moved_.refused;
    if (moved_.errors.size() < RecordImportReader::Tally::kMaxErrors) moved_.errors.push_back(why);
  }

  storage::Stores& stores_;
  const UnixSeconds latest_ = SystemClock().Now() + std::chrono::days(1);  // of a reception
  std::optional<storage::Transaction> transaction_;
  Moved moved_;
};

ProgressBar MakeBar(const ImportInput& input) {
  ProgressBar::Options options =
      ProgressBar::ForStderr("import", "MiB", input.total_bytes() / kMiB);
  options.total_known = input.total_bytes() > 0;
  options.detail_unit = "records";
  return ProgressBar(options);
}

void Print(const RecordImportReader::Tally& tally, const Moved& moved) {
  std::printf("%s: %s new, %s there already, %s refused\n", Count(tally.rows, "record").c_str(),
              std::to_string(moved.added).c_str(), std::to_string(moved.there).c_str(),
              std::to_string(tally.refused + moved.refused).c_str());
  for (const auto* const errors : {&tally.errors, &moved.errors}) {
    for (const std::string& error : *errors) std::printf("  %s\n", error.c_str());
  }
}

}  // namespace

Status ExportRecords(const Options& options, OutputFile& file) {
  ExportOutput output(file, "records");
  if (options.move.through_server) {
    Result<http::HttpClientOptions> client = ServerClient(options.move);
    if (!client.ok()) return client.status();
    client->read_timeout = std::chrono::hours(1);
    const auto answer = http::HttpGetStream(
        http::RequestUrl(options.move.server, "/api/v1/records/export", {}),
        [&](std::string_view piece) { return output.Write(piece); }, *client);
    if (!answer.ok()) return answer.status();
    if (answer->status == 200) return Status::Ok();
    return Status::Unavailable(RefusalOf(options.move.server, answer->status, answer->body));
  }
  storage::StoreOptions store = options.store;
  store.read_only = true;
  const auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  api::RecordExport records((*stores)->records());
  for (;;) {
    std::string piece;
    const Result<bool> more = records.Next(piece);
    if (!more.ok()) return more.status();
    ROLLCALL_RETURN_IF_ERROR(output.Write(piece));
    if (!*more) return Status::Ok();
  }
}

Status ImportRecords(const Options& options) {
  const auto input = ImportInput::Open(options.move.file);
  if (!input.ok()) return input.status();
  auto stores = storage::Stores::Open(options.store);
  if (!stores.ok()) return stores.status();
  Import import(**stores);
  RecordImportReader reader([&](Record&& record) { return import.Take(std::move(record)); });
  Decompressor decompressor([&](std::string_view piece) { return reader.Feed(piece); });
  Status status;
  {
    ProgressBar bar = MakeBar(**input);
    for (;;) {
      const Result<std::string_view> piece = (*input)->Next();
      status = piece.ok() ? decompressor.Feed(*piece) : piece.status();
      if (!status.ok() || piece->empty()) break;
      bar.Update((*input)->bytes_read() / kMiB, reader.tally().rows);
    }
  }
  if (status.ok()) status = decompressor.Finish();
  if (status.ok()) status = reader.Finish();
  // What was read before a failure stays; the same command goes on behind it.
  const Status committed = import.Commit();
  if (status.ok()) status = committed;
  Print(reader.tally(), import.moved());
  // An open store's columns do not have them yet: opening it again writes these.
  stores->reset();
  const auto again = storage::Stores::Open(options.store);
  if (!again.ok()) return again.status();
  ROLLCALL_RETURN_IF_ERROR(status);
  const uint64_t refused = reader.tally().refused + import.moved().refused;
  if (refused == 0) return Status::Ok();
  return Status::InvalidArgument(Count(refused, "row") + " left out");
}

}  // namespace rollcall::cli
