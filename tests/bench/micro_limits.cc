// The limits themselves: what this machine's memory and disk take.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "tests/bench/micro_support.h"

namespace rollcall::bench {
namespace {

void CopyBody(benchmark::State& state) {
  std::string to(64 * 1024, ' ');
  size_t i = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const std::string& body = Bodies()[i++ % Bodies().size()];
    std::memcpy(to.data(), body.data(), body.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
    bytes += static_cast<int64_t>(body.size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(CopyBody)->Name("copy_body");

// Larger than any cache.
void CopyLarge(benchmark::State& state) {
  const std::string from(64 * 1024 * 1024, 'x');
  std::string to(from.size(), ' ');
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(from.size()) * state.iterations());
}
BENCHMARK(CopyLarge)->Name("copy_64MiB")->Unit(benchmark::kMillisecond);

// `grows`: the file gets longer each time, so its length is synced too, as that of a new log is.
void Sync(benchmark::State& state, bool grows) {
  const ScratchStore place;
  const std::string path = place.directory() + ".sync";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const std::array<char, 4096> block{};
  off_t at = 0;
  for (auto _ : state) {
    if (pwrite(fd, block.data(), block.size(), at) < 0 || fdatasync(fd) != 0) {
      state.SkipWithError("cannot write");
      break;
    }
    if (grows) at += static_cast<off_t>(block.size());
  }
  close(fd);
  unlink(path.c_str());
}
BENCHMARK_CAPTURE(Sync, _, false)->Name("sync_4KiB")->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Sync, _, true)
    ->Name("sync_4KiB_growing_file")
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rollcall::bench
