#include "tests/bench/crowd.h"

#include <chrono>
#include <memory>
#include <string_view>

namespace rollcall::bench {
namespace {

constexpr std::string_view kDrip =
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nX-Cluster-ID: dripping\r\n"
    "Content-Length: 1000\r\n\r\n";
constexpr unsigned kTurnsPerSecond = 20;

// The server has ended it: a byte would be refused, or its end is there to be read.
bool IsEnded(const test::RawClient& client) {
  char byte = 0;
  const ssize_t n = recv(client.fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace

Crowd::Crowd(int port, size_t idle, size_t dripping) : port_(port), dripping_(dripping) {
  members_.reserve(idle + dripping);
  for (size_t i = 0; i < idle + dripping; ++i) {
    members_.push_back({test::RawClient(port), 0, i < dripping});
    if (members_.back().client.connected()) ++open_;
  }
  thread_ = std::thread([this] { Run(); });
}

Crowd::~Crowd() {
  stop_ = true;
  thread_.join();
}

void Crowd::Turn(Member& member) {
  const char byte = kDrip[member.sent % kDrip.size()];
  const bool connected = member.client.connected();
  if (connected && !IsEnded(member.client) && member.client.Send({&byte, 1})) {
    ++member.sent;
    return;
  }
  if (connected) --open_;
  ++reopened_;
  std::destroy_at(&member.client);
  std::construct_at(&member.client, port_);
  member.sent = 0;
  if (member.client.connected()) ++open_;
}

void Crowd::Run() {
  auto due = std::chrono::steady_clock::now();
  for (size_t turn = 0; !stop_; ++turn) {
    for (size_t i = turn % kTurnsPerSecond; i < dripping_; i += kTurnsPerSecond) Turn(members_[i]);
    due += std::chrono::milliseconds(1'000 / kTurnsPerSecond);
    std::this_thread::sleep_until(due);
  }
}

}  // namespace rollcall::bench
