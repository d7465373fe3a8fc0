// Local files in memory by mmap, which costs neither a copy nor memory of one's own. A file that is
// cut while it is read would end the process by SIGBUS: the handler puts a page of zeros into the
// place of the one that is gone, and remembers it, so that whoever reads finds out afterwards.
#include <arrow/util/io_util.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "internal.h"

namespace mlc {

/// Where a mapping lies. Slots are used again but never freed, so that the handler may walk over them
/// at any moment.
struct MappedRange {
  std::atomic<uintptr_t> start{0};
  std::atomic<size_t> size{0};
  std::atomic<bool> is_cut{false};
  MappedRange* next = nullptr;
};

namespace {

std::atomic<MappedRange*> ranges{nullptr};
std::mutex ranges_mutex;
struct sigaction previous_action;

MappedRange* RangeOf(uintptr_t address) {
  for (auto* range = ranges.load(); range != nullptr; range = range->next) {
    const uintptr_t start = range->start.load();
    if (start != 0 && address >= start && address - start < range->size.load()) return range;
  }
  return nullptr;
}

/// Only what is safe in a signal handler.
void OnBusError(int, siginfo_t* info, void*) {
  const int number = errno;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  auto* range = RangeOf(address);
  if (range != nullptr) {
    const auto page_size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    void* page = reinterpret_cast<void*>(address & ~(page_size - 1));
    range->is_cut.store(true);
    if (mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
      errno = number;
      return;
    }
  }
  // Not ours: what happens when the access is tried again is up to the handler before.
  sigaction(SIGBUS, &previous_action, nullptr);
  errno = number;
}

void InstallHandler() {
  static const bool is_installed = [] {
    struct sigaction action{};
    action.sa_sigaction = OnBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, &previous_action) == 0;
  }();
  static_cast<void>(is_installed);
}

MappedRange* Register(const void* start, size_t size) {
  const std::lock_guard lock(ranges_mutex);
  auto* range = ranges.load();
  while (range != nullptr && range->start.load() != 0) range = range->next;
  const bool is_new = range == nullptr;
  if (is_new) range = new MappedRange;
  range->is_cut.store(false);
  range->size.store(size);
  range->start.store(reinterpret_cast<uintptr_t>(start));
  if (is_new) {
    range->next = ranges.load();
    ranges.store(range);
  }
  return range;
}

void Unregister(MappedRange* range) {
  const std::lock_guard lock(ranges_mutex);
  range->start.store(0);
}

/// The pages of a file.
class MappedBuffer : public arrow::Buffer {
 public:
  MappedBuffer(const uint8_t* start, size_t size, MappedRange* range)
      : arrow::Buffer(start, static_cast<int64_t>(size)), range_(range) {}

  ~MappedBuffer() override {
    Unregister(range_);
    munmap(const_cast<uint8_t*>(data_), static_cast<size_t>(size_));
  }

 private:
  MappedRange* range_;
};

}  // namespace

arrow::Status MapFile(const char* path, mlc_bytes& made) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot open the file");
  struct stat status{};
  void* start = MAP_FAILED;
  const bool is_known = fstat(file, &status) == 0;
  const auto size = static_cast<size_t>(status.st_size);
  if (is_known && size > 0) start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  const int number = errno;
  // The mapping outlives the descriptor, and folders may hold thousands of files.
  close(file);
  if (!is_known) return arrow::internal::IOErrorFromErrno(number, "cannot look at the file");
  made.path = path;
  made.device = status.st_dev;
  made.inode = status.st_ino;
  made.modified = status.st_mtim;
  // Nothing cannot be mapped.
  if (size == 0) return arrow::BufferBuilder().Finish(&made.buffer);
  if (start == MAP_FAILED) return arrow::internal::IOErrorFromErrno(number, "cannot map the file");
  InstallHandler();
  made.range = Register(start, size);
  made.buffer = std::make_shared<MappedBuffer>(static_cast<const uint8_t*>(start), size, made.range);
  return arrow::Status::OK();
}

}  // namespace mlc

extern "C" {

bool mlc_bytes_are_unchanged(const mlc_bytes* bytes) {
  if (bytes->path.empty()) return true;
  if (bytes->range != nullptr && bytes->range->is_cut.load()) return false;
  struct stat status{};
  // Another file of this name leaves the one that is mapped as it was.
  if (stat(bytes->path.c_str(), &status) != 0) return true;
  if (status.st_dev != bytes->device || status.st_ino != bytes->inode) return true;
  return status.st_size == bytes->buffer->size() &&
         status.st_mtim.tv_sec == bytes->modified.tv_sec &&
         status.st_mtim.tv_nsec == bytes->modified.tv_nsec;
}

}  // extern "C"
