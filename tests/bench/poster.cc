#include "tests/bench/poster.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

// Enough to share syncs, few enough for a machine of two processors.
constexpr unsigned kConnections = 48;

}  // namespace

Status PostAll(int port, uint64_t count, const std::function<Post(uint64_t)>& make) {
  std::atomic<uint64_t> next{0};
  std::atomic<int> bad_status{200};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kConnections; ++t) {
    threads.emplace_back([&] {
      test::HttpClient client(port);
      for (uint64_t i = next++; i < count && bad_status == 200; i = next++) {
        const Post post = make(i);
        const int status = client.Post(post.source, post.body).status;
        if (status != 200) bad_status = status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return bad_status == 200
             ? Status::Ok()
             : Status::Unavailable("post " + std::to_string(count) + " reports: one was answered " +
                                   std::to_string(bad_status.load()));
}

}  // namespace rollcall::bench
