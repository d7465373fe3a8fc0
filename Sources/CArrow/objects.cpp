// Objects of a bucket one by one: what a listing tells of them, their version, and their bytes.
#include <arrow/util/key_value_metadata.h>

#include <chrono>
#include <cstring>
#include <ctime>

#include "internal.h"

struct mlc_object {
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  bool is_remote;
};

namespace mlc {

static int64_t SecondsOf(arrow::fs::TimePoint time) {
  if (time == arrow::fs::kNoTime) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// An instant such as 2026-05-07T11:12:13Z in seconds since 1970; 0 for any other text.
static int64_t SecondsOf(const std::string& text) {
  std::tm parts{};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return 0;
  return timegm(&parts);
}

template <size_t size>
static arrow::Status Copy(const std::string& text, char (&target)[size]) {
  if (text.size() >= size) return arrow::Status::Invalid("a version of ", text.size(), " bytes");
  std::memcpy(target, text.data(), text.size());
  target[text.size()] = 0;
  return arrow::Status::OK();
}

}  // namespace mlc

extern "C" {

bool mlc_storage_list_objects(const mlc_storage* storage, void* context,
                              void (*visit)(void* context, const char* path, int64_t size,
                                            int64_t modified),
                              mlc_error* error) {
  const auto source = storage->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal;
  return mlc::Guard(source, error, [&] {
    arrow::fs::FileSelector selector;
    selector.base_dir = storage->path;
    selector.recursive = true;
    // A prefix without objects is an empty folder.
    selector.allow_not_found = true;
    ARROW_ASSIGN_OR_RAISE(auto infos, storage->system->GetFileInfo(selector));
    if (infos.empty()) {
      // In a bucket that is not there, nothing is empty.
      const std::string bucket = storage->path.substr(0, storage->path.find('/'));
      ARROW_ASSIGN_OR_RAISE(auto info, storage->system->GetFileInfo(bucket));
      if (storage->is_remote && info.type() == arrow::fs::FileType::NotFound) {
        return arrow::Status::IOError("there is no bucket '", bucket, "'");
      }
    }
    for (const auto& info : infos) {
      if (info.type() == arrow::fs::FileType::File) {
        visit(context, info.path().c_str(), info.size(), mlc::SecondsOf(info.mtime()));
      }
    }
    return arrow::Status::OK();
  });
}

mlc_object* mlc_object_open(const mlc_storage* storage, mlc_error* error) {
  const auto source = storage->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal;
  return mlc::Make<mlc_object>(source, error, [&](mlc_object& made) {
    made.is_remote = storage->is_remote;
    ARROW_ASSIGN_OR_RAISE(made.file, storage->system->OpenInputFile(storage->path));
    return arrow::Status::OK();
  });
}

void mlc_object_free(mlc_object* object) { delete object; }

bool mlc_object_stamp(const mlc_object* object, mlc_stamp* stamp, mlc_error* error) {
  const auto source = object->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal;
  return mlc::Guard(source, error, [&] {
    *stamp = mlc_stamp{};
    ARROW_ASSIGN_OR_RAISE(stamp->size, object->file->GetSize());
    ARROW_ASSIGN_OR_RAISE(auto facts, object->file->ReadMetadata());
    if (facts == nullptr) return arrow::Status::OK();
    const auto text = [&](const char* key) { return facts->Get(key).ValueOr(""); };
    stamp->modified = mlc::SecondsOf(text("Last-Modified"));
    ARROW_RETURN_NOT_OK(mlc::Copy(text("ETag"), stamp->tag));
    return mlc::Copy(text("VersionId"), stamp->version);
  });
}

int64_t mlc_object_read(const mlc_object* object, int64_t offset, int64_t count, uint8_t* bytes,
                        mlc_error* error) {
  const auto source = object->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal;
  int64_t read = -1;
  mlc::Guard(source, error, [&] {
    ARROW_ASSIGN_OR_RAISE(read, object->file->ReadAt(offset, count, bytes));
    return arrow::Status::OK();
  });
  return read;
}

}  // extern "C"
