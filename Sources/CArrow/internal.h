// What the C++ files of this library share: the handles, and the border where a Status or an
// exception becomes an mlc_error.
#pragma once

#include <arrow/api.h>
#include <arrow/filesystem/api.h>
#include <arrow/io/api.h>

#include <sys/stat.h>

#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <system_error>

#include "CArrow.h"

struct mlc_storage {
  std::shared_ptr<arrow::fs::FileSystem> system;
  std::string path;
  bool is_remote;
};

namespace mlc {
struct MappedRange;
}

struct mlc_bytes {
  std::shared_ptr<arrow::Buffer> buffer;
  // Of a local file that was mapped: its path, and what it was then.
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  timespec modified{};
  mlc::MappedRange* range = nullptr;
};

struct mlc_output {
  std::shared_ptr<arrow::io::OutputStream> stream;
  bool is_remote;
};

struct mlc_table {
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
  int64_t row_count;
};

namespace mlc {

/// Where a failure comes from, which says what an IOError without errno means.
enum class Source { kData, kLocal, kRemote };

/// Fills `error` from a failed status.
void Report(const arrow::Status& status, Source source, mlc_error* error);

inline void Report(const char* message, mlc_error* error, int32_t code = MLC_INTERNAL) {
  error->code = code;
  std::strncpy(error->message, message, sizeof error->message - 1);
  error->message[sizeof error->message - 1] = 0;
}

/// Maps a local file into memory.
arrow::Status MapFile(const char* path, mlc_bytes& made);

/// Fails unless whatever reads the column by its indices, offsets and texts stays inside of it.
arrow::Status Validate(const arrow::ChunkedArray& column);

/// Whether a failure is about a text that is not UTF-8.
bool IsBadText(const arrow::Status& status);

/// Runs `body`, which returns a Status; false and a filled `error` if it fails or throws.
template <typename Body>
bool Guard(Source source, mlc_error* error, Body body) {
  try {
    arrow::Status status = body();
    if (status.ok()) return true;
    Report(status, source, error);
  } catch (const std::bad_alloc&) {
    Report("out of memory", error, MLC_NO_RESOURCES);
  } catch (const std::system_error& exception) {
    // What the standard library throws when the system starts no thread.
    Report(exception.what(), error, MLC_NO_RESOURCES);
  } catch (const std::exception& exception) {
    Report(exception.what(), error);
  } catch (...) {
    Report("an exception of an unknown type", error);
  }
  return false;
}

/// Runs `body`, which fills a new T; the T, or NULL and a filled `error`.
template <typename T, typename Body>
T* Make(Source source, mlc_error* error, Body body) {
  auto made = std::make_unique<T>();
  return Guard(source, error, [&] { return body(*made); }) ? made.release() : nullptr;
}

}  // namespace mlc
