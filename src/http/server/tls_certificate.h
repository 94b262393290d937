// The certificate and key by which a listener speaks TLS, read from files and read again when they
// change: connections that are open keep what they began with. Owned by the front. Current is
// thread-safe; the rest is for one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/status.h"
#include "http/server/file_stamp.h"
#include "metrics/registry.h"

struct ssl_ctx_st;

namespace rollcall::http {

// Files in PEM form. Empty: the listener speaks plain HTTP.
struct TlsFiles {
  std::string certificate;  // the server's, then those that lead to its root
  std::string key;
  std::string client_ca;  // whom clients' certificates must be of; empty: clients need none
};

class TlsCertificate {
 public:
  using Context = std::shared_ptr<ssl_ctx_st>;

  // Reads the files. FailedPrecondition: one of them cannot be read or is not what it should be, or
  // the key is not the certificate's; the message names the file. `listener` is for the log and the
  // label of the metrics, which say when the certificate expires and whether the last reading
  // failed. `registry` must outlive this object.
  static Result<std::unique_ptr<TlsCertificate>> Load(const TlsFiles& files,
                                                      const std::string& listener,
                                                      metrics::Registry& registry);

  // Reads the files again if they have changed. Bad ones leave in force what is, and one line in
  // the log says why.
  void FollowFiles();

  // Returns what new connections are made with. Keeps it alive.
  Context Current() const EXCLUDES(mutex_);

 private:
  using Stamps = std::array<FileStamp, 3>;

  TlsCertificate(TlsFiles files, std::string listener, metrics::Registry& registry);
  Stamps StampsNow() const;
  Status Read() EXCLUDES(mutex_);

  const TlsFiles files_;
  const std::string listener_;
  metrics::Gauge& expires_;
  metrics::Gauge& is_stale_;
  Stamps read_;  // of the last reading, good or bad
  mutable Mutex mutex_;
  Context current_ GUARDED_BY(mutex_);
};

// Returns the oldest of OpenSSL's errors in this thread, for a person, and forgets them all.
std::string TakeTlsError();

}  // namespace rollcall::http
