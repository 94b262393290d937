// A mutex, its lock and its condition variables, made known to Clang's thread-safety analysis, and
// the annotations that say what a mutex guards. GCC ignores the annotations; ./dev lint refuses
// code that touches a guarded field without the lock.
//
// The classes behave like their namesakes in the standard library.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#if defined(__clang__)
#define ROLLCALL_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ROLLCALL_THREAD_ATTRIBUTE(x)
#endif

// On a field: it is read and written only while this mutex is held.
#define GUARDED_BY(mutex) ROLLCALL_THREAD_ATTRIBUTE(guarded_by(mutex))
// On a function: the caller holds this mutex; or must not hold it.
#define REQUIRES(...) ROLLCALL_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) ROLLCALL_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
// On the class that is locked, the class that locks, and their functions.
#define CAPABILITY(name) ROLLCALL_THREAD_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY ROLLCALL_THREAD_ATTRIBUTE(scoped_lockable)
#define ACQUIRE(...) ROLLCALL_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) ROLLCALL_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define ASSERT_CAPABILITY(...) ROLLCALL_THREAD_ATTRIBUTE(assert_capability(__VA_ARGS__))

namespace rollcall {

class CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }
  // Tells the analysis, and the reader, what it cannot see: that the caller holds the mutex. Does
  // nothing at run time.
  void AssertHeld() const ASSERT_CAPABILITY(this) {}

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a mutex until the end of its scope, except between unlock() and lock().
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() RELEASE() {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() RELEASE() { lock_.unlock(); }
  void lock() ACQUIRE() { lock_.lock(); }

 private:
  friend class ConditionVariable;
  friend class StoppableConditionVariable;
  std::unique_lock<std::mutex> lock_;
};

// A condition variable without predicates: wait in a loop that tests the condition, since the
// analysis does not look into predicates.
class ConditionVariable {
 public:
  void Wait(MutexLock& lock) { condition_.wait(lock.lock_); }
  // Return false when the time is up.
  template <typename Clock, typename Duration>
  bool WaitUntil(MutexLock& lock, const std::chrono::time_point<Clock, Duration>& end) {
    return condition_.wait_until(lock.lock_, end) == std::cv_status::no_timeout;
  }
  template <typename Rep, typename Period>
  bool WaitFor(MutexLock& lock, const std::chrono::duration<Rep, Period>& time) {
    return condition_.wait_for(lock.lock_, time) == std::cv_status::no_timeout;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

// A condition variable whose waits also end when a stop is requested. Each wait returns the final
// result of `predicate`, which is called with the lock held and must say so:
//
//   [this]() REQUIRES(mutex_) { return done_; }
class StoppableConditionVariable {
 public:
  template <typename Predicate>
  bool Wait(MutexLock& lock, std::stop_token stop, Predicate predicate) {
    return condition_.wait(lock.lock_, std::move(stop), std::move(predicate));
  }
  template <typename Clock, typename Duration, typename Predicate>
  bool WaitUntil(MutexLock& lock, std::stop_token stop,
                 const std::chrono::time_point<Clock, Duration>& end, Predicate predicate) {
    return condition_.wait_until(lock.lock_, std::move(stop), end, std::move(predicate));
  }
  template <typename Rep, typename Period, typename Predicate>
  bool WaitFor(MutexLock& lock, std::stop_token stop,
               const std::chrono::duration<Rep, Period>& time, Predicate predicate) {
    return condition_.wait_for(lock.lock_, std::move(stop), time, std::move(predicate));
  }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace rollcall
