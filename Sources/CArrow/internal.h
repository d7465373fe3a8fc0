// What the C++ files of this library share: the handles, and the border where a Status or an
// exception becomes an mlc_error.
#pragma once

#include <arrow/api.h>
#include <arrow/filesystem/api.h>
#include <arrow/io/api.h>

#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "CArrow.h"

struct mlc_storage {
  std::shared_ptr<arrow::fs::FileSystem> system;
  std::string path;
  bool is_remote;
};

struct mlc_bytes {
  std::shared_ptr<arrow::Buffer> buffer;
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

inline void Report(const char* message, mlc_error* error) {
  error->code = MLC_INTERNAL;
  std::strncpy(error->message, message, sizeof error->message - 1);
  error->message[sizeof error->message - 1] = 0;
}

/// Runs `body`, which returns a Status; false and a filled `error` if it fails or throws.
template <typename Body>
bool Guard(Source source, mlc_error* error, Body body) {
  try {
    arrow::Status status = body();
    if (status.ok()) return true;
    Report(status, source, error);
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
