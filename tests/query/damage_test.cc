// Random damage to every file of a killed store: each is told (the start is refused, or verify or
// repair say so) or does no harm (same answers, same export, verify finds nothing). None is silent.
// ROLLCALL_DAMAGE_ROUNDS sets how many (60).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "query/exporter.h"
#include "storage/repair.h"
#include "tests/support/cozystack.h"
#include "tests/support/file_tree.h"
#include "tests/support/manual_clock.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

namespace fs = std::filesystem;

int DamageRounds() {
  const char* const rounds = std::getenv("ROLLCALL_DAMAGE_ROUNDS");
  return rounds == nullptr ? Rounds(60) : std::max(1, std::atoi(rounds));
}

std::string Export(storage::Stores& stores) {
  query::ExportOptions options;
  options.fleet = kFirstFleet;
  options.source_label = CozystackFleet().id_label;
  query::Exporter exporter(stores, std::move(options));
  std::string text;
  for (;;) {
    const Result<bool> more = exporter.Next(text);
    if (!more.ok()) return "failed: " + more.status().message();
    if (!*more) return text;
  }
}

// What a store answers; "" in `error` where it opens.
struct Answers {
  std::string error;
  std::string faults;  // of verify, with its differences
  std::string text;    // the overviews and the export
};

Answers Ask(const std::string& directory, bool read_only) {
  storage::StoreOptions options;
  options.directory = directory;
  options.read_only = read_only;
  const auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return {stores.status().message(), "", ""};
  Answers answers;
  for (const std::string& example :
       counts::Verify(**stores, {CozystackFleet()}, [](uint64_t, uint64_t) {}).examples) {
    answers.faults += example + "\n";
  }
  metrics::Registry registry;
  counts::WindowCounts windows(**stores, registry);
  const ManualClock clock(At("2026-03-20"));
  counts::OverviewReader overviews(**stores, windows, clock, registry,
                                   [] { return std::vector<std::string>(); });
  for (const char* const month : {"2026-01", "2026-02", "2026-03"}) {
    const auto overview = overviews.Read(CozystackFleet(), *Month::Parse(month));
    answers.text += !overview.ok()          ? "failed: " + overview.status().message()
                    : overview->has_value() ? Harness::Render(**overview)
                                            : "none";
    answers.text += "\n";
  }
  answers.text += Export(**stores);
  return answers;
}

// Rows in files of every table and in the log.
void Fill(Harness& rollcall) {
  const auto report_all = [&](const std::string& date, int value) {
    rollcall.SetTime(date);
    for (int c = 0; c < 12; ++c) {
      const std::string n = std::to_string(value + c);
      ASSERT_TRUE(rollcall
                      .Report("cluster-" + std::to_string(c),
                              "cozy_cluster_info{version=\"v" + n +
                                  "\"} 1\ncozy_nodes_count{os=\"" + n + "\"} " + n +
                                  "\ncozy_application_count{kind=\"App" + n + "\"} 2\n")
                      .ok());
    }
  };
  rollcall.Forward(true);
  for (const char* const date : {"2026-01-05", "2026-01-06", "2026-02-07"}) report_all(date, 3);
  for (const char* const month : {"2026-01", "2026-02"}) rollcall.Overview(month);
  rollcall.Restart();
  for (const char* const date : {"2026-02-17", "2026-03-01"}) report_all(date, 7);
  rollcall.Restart();
  ASSERT_TRUE(rollcall.stores().store().Compact().ok());
  for (const char* const date : {"2026-03-02", "2026-03-03"}) report_all(date, 11);
  for (const char* const month : {"2026-01", "2026-02", "2026-03"}) rollcall.Overview(month);
}

// Damages one file, and says how.
std::string Damage(const std::string& directory, std::mt19937& random) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  const fs::path file = files[random() % files.size()];
  const uint64_t size = fs::file_size(file);
  const std::string name = file.filename().string();
  const uint64_t at = size == 0 ? 0 : random() % size;
  switch (size == 0 ? 3 : random() % 8) {
    case 0: {
      const uint64_t bytes = 1 + random() % 4096;
      std::fstream(file, std::ios::binary | std::ios::in | std::ios::out)
          .seekp(static_cast<std::streamoff>(at))
          .write(std::string(std::min(bytes, size - at), '\0').data(),
                 static_cast<std::streamsize>(std::min(bytes, size - at)));
      return "zeros in " + name + " from " + std::to_string(at);
    }
    case 1:
    case 2:
      fs::resize_file(file, at);
      return name + " cut to " + std::to_string(at) + " of " + std::to_string(size);
    case 3:
      fs::remove(file);
      return name + " removed";
    default: {
      std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
      stream.seekg(static_cast<std::streamoff>(at));
      const int byte = stream.get();
      stream.seekp(static_cast<std::streamoff>(at));
      stream.put(static_cast<char>(byte ^ 1 << random() % 8));
      return "a bit of " + name + " at " + std::to_string(at) + " flipped";
    }
  }
}

TEST(DamageTest, EachRandomDamageIsToldOrDoesNoHarm) {
  Harness rollcall;
  Fill(rollcall);
  const TempDir work;
  const std::string killed = work.path() + "/killed";
  fs::copy(rollcall.directory(), killed, fs::copy_options::recursive);
  rollcall.Close();
  const Answers sound = Ask(killed, true);
  ASSERT_EQ(sound.error + sound.faults, "");
  ASSERT_NE(sound.text.find("2026-03: month clusters=12"), std::string::npos) << sound.text;

  int refused = 0;
  int found = 0;
  int harmless = 0;
  int silent = 0;
  int repaired = 0;
  int repaired_whole = 0;
  const int rounds = DamageRounds();
  for (int round = 0; round < rounds; ++round) {
    std::mt19937 random(static_cast<uint32_t>(round));
    const std::string copy = work.path() + "/copy";
    fs::copy(killed, copy, fs::copy_options::recursive);
    const std::string damage = Damage(copy, random);
    SCOPED_TRACE("round " + std::to_string(round) + ": " + damage);
    const auto before = Contents(copy);
    const Answers read = Ask(copy, true);
    EXPECT_TRUE(Contents(copy) == before) << "verify changes nothing";
    if (!read.error.empty() || !read.faults.empty()) {
      (read.error.empty() ? found : refused) += 1;
      const auto report = storage::Repair(copy, false);
      if (report.ok()) {
        ++repaired;
        const Answers after = Ask(copy, false);
        EXPECT_EQ(after.error, "") << read.error << read.faults;
        repaired_whole += after.faults.empty() && after.text == sound.text ? 1 : 0;
      } else {
        std::cout << "not repaired: " << damage << ": " << report.status().message() << "\n";
      }
    } else {
      const Answers written = Ask(copy, false);
      const bool same = read.text == sound.text && written.error + written.faults == "" &&
                        written.text == sound.text;
      (same ? harmless : silent) += 1;
      EXPECT_TRUE(same) << written.error << written.faults;
    }
    fs::remove_all(copy);
  }
  std::cout << rounds << " damages: " << refused << " refused at start, " << found
            << " found by verify, " << harmless << " harmless, " << silent << " silent; "
            << repaired << " repaired, " << repaired_whole << " of them without a loss\n";
  EXPECT_EQ(silent, 0);
}

}  // namespace
}  // namespace rollcall::test
