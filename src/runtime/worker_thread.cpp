#include "runtime/worker_thread.hpp"

#include <pthread.h>

#include "core/log.hpp"

namespace tracker::runtime {

WorkerThread::WorkerThread(std::string name, std::size_t queue_length_max)
    : name_(std::move(name)),
      queue_length_max_(queue_length_max),
      thread_([this](const std::stop_token& stop) { run(stop); }) {
  pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

WorkerThread::~WorkerThread() {
  thread_.request_stop();
  thread_.join();
}

bool WorkerThread::post(std::move_only_function<void()>& work) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_length_max_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

std::size_t WorkerThread::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerThread::run(const std::stop_token& stop) {
  while (true) {
    std::move_only_function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

Error error_from(std::exception_ptr thrown, const std::string& where) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& error) {
    return {ErrorCode::internal, error.what(), "please report this", where};
  } catch (...) {
    return {ErrorCode::internal, "something unknown was thrown", "please report this", where};
  }
}

}  // namespace tracker::runtime
