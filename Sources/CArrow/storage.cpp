// Local files and S3 through one file system interface, and the words of their failures.
#include <arrow/filesystem/s3fs.h>
#include <arrow/util/io_util.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <cstdlib>
#include <filesystem>

#include "internal.h"

namespace mlc {

// The only sign that Arrow gives of a text that is not UTF-8.
bool IsBadText(const arrow::Status& status) {
  return status.message().find("Invalid UTF8") != std::string::npos;
}

static int32_t CodeOf(const arrow::Status& status, Source source) {
  if (status.IsOutOfMemory()) return MLC_NO_RESOURCES;
  // The only sign that Arrow gives of a thread pool that cannot start a thread.
  if (status.message().find("launch worker thread") != std::string::npos) return MLC_NO_RESOURCES;
  switch (arrow::internal::ErrnoFromStatus(status)) {
    case 0: break;
    case ENOENT:
    case ENOTDIR: return MLC_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS: return MLC_NO_PERMISSION;
    case EAGAIN:
    case ENOMEM: return MLC_NO_RESOURCES;
    default: return MLC_FILE_FAILED;
  }
  switch (source) {
    case Source::kData: return IsBadText(status) ? MLC_BAD_TEXT : MLC_BAD_DATA;
    case Source::kLocal: return MLC_FILE_FAILED;
    case Source::kRemote: return MLC_REMOTE_FAILED;
  }
  return MLC_INTERNAL;
}

void Report(const arrow::Status& status, Source source, mlc_error* error) {
  // What the system said, such as a full disk, is a detail beside Arrow's message.
  std::string message = status.message();
  if (const int number = arrow::internal::ErrnoFromStatus(status); number != 0) {
    message += std::string(": ") + std::strerror(number);
  }
  Report(message.c_str(), error);
  error->code = CodeOf(status, source);
}

static Source SourceOf(const mlc_storage* storage) {
  return storage->is_remote ? Source::kRemote : Source::kLocal;
}

/// Starts the AWS library once, and stops it when the process exits.
static arrow::Status StartS3() {
  static const arrow::Status status = [] {
    arrow::fs::S3GlobalOptions options = arrow::fs::S3GlobalOptions::Defaults();
    options.log_level = arrow::fs::S3LogLevel::Off;
    ARROW_RETURN_NOT_OK(arrow::fs::InitializeS3(options));
    // Making a file system, which connects to nothing yet, makes the static objects that stopping
    // needs; made later, they would be gone before the handler below runs.
    arrow::fs::S3Options nowhere = arrow::fs::S3Options::Anonymous();
    nowhere.region = "us-east-1";
    nowhere.endpoint_override = "127.0.0.1:1";
    ARROW_RETURN_NOT_OK(arrow::fs::S3FileSystem::Make(nowhere).status());
    std::atexit([] { static_cast<void>(arrow::fs::FinalizeS3()); });
    return arrow::Status::OK();
  }();
  return status;
}

/// `is_understood` is false if the location itself is wrong, and not what it leads to.
static arrow::Status OpenS3(const std::string& location, mlc_storage& storage,
                            bool& is_understood) {
  ARROW_RETURN_NOT_OK(StartS3());
  auto parsed = arrow::fs::S3Options::FromUri(location, &storage.path);
  // Without a region, one is asked for, which fails otherwise than by misunderstanding.
  is_understood = !parsed.status().IsInvalid();
  ARROW_ASSIGN_OR_RAISE(auto options, std::move(parsed));
  // With a server of one's own the region is a formality; asking AWS for it would cost seconds.
  if (options.region.empty() && !options.endpoint_override.empty()) options.region = "us-east-1";
  // A refused connection fails in well under a second, a lost packet is still asked for again.
  options.retry_strategy = arrow::fs::S3RetryStrategy::GetAwsStandardRetryStrategy(2);
  options.connect_timeout = 5;
  // Small objects then go up in one request, which every S3-compatible server understands.
  options.allow_delayed_open = true;
  ARROW_ASSIGN_OR_RAISE(storage.system, arrow::fs::S3FileSystem::Make(options));
  return arrow::Status::OK();
}

/// Reads to the end.
static arrow::Status ReadStream(arrow::io::InputStream& stream,
                                std::shared_ptr<arrow::Buffer>* buffer) {
  arrow::BufferBuilder builder;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto part, stream.Read(1 << 20));
    if (part->size() == 0) break;
    ARROW_RETURN_NOT_OK(builder.Append(part->data(), part->size()));
  }
  return builder.Finish(buffer);
}

}  // namespace mlc

extern "C" {

mlc_storage* mlc_storage_open(const char* location, mlc_error* error) {
  const bool is_remote = std::strncmp(location, "s3://", 5) == 0;
  bool is_understood = true;
  auto* storage = mlc::Make<mlc_storage>(
      is_remote ? mlc::Source::kRemote : mlc::Source::kLocal, error, [&](mlc_storage& made) {
        made.is_remote = is_remote;
        if (is_remote) return mlc::OpenS3(location, made, is_understood);
        made.system = std::make_shared<arrow::fs::LocalFileSystem>();
        // Absolute, because a relative path with a colon looks like a URI to Arrow.
        made.path = std::filesystem::absolute(location).lexically_normal().string();
        return arrow::Status::OK();
      });
  if (storage == nullptr && !is_understood) error->code = MLC_BAD_LOCATION;
  return storage;
}

void mlc_storage_free(mlc_storage* storage) { delete storage; }

const char* mlc_storage_path(const mlc_storage* storage) { return storage->path.c_str(); }

mlc_storage* mlc_storage_child(const mlc_storage* storage, const char* path, mlc_error* error) {
  return mlc::Make<mlc_storage>(mlc::SourceOf(storage), error, [&](mlc_storage& made) {
    made.system = storage->system;
    made.is_remote = storage->is_remote;
    made.path = storage->path;
    if (!made.path.empty() && made.path.back() != '/') made.path += '/';
    made.path += path;
    return arrow::Status::OK();
  });
}

bool mlc_storage_is_remote(const mlc_storage* storage) { return storage->is_remote; }

int32_t mlc_storage_kind(const mlc_storage* storage, mlc_error* error) {
  int32_t kind = -1;
  mlc::Guard(mlc::SourceOf(storage), error, [&] {
    ARROW_ASSIGN_OR_RAISE(auto info, storage->system->GetFileInfo(storage->path));
    switch (info.type()) {
      case arrow::fs::FileType::NotFound: kind = MLC_MISSING; break;
      case arrow::fs::FileType::File: kind = MLC_FILE; break;
      case arrow::fs::FileType::Directory: kind = MLC_FOLDER; break;
      case arrow::fs::FileType::Unknown: kind = MLC_STREAM; break;
    }
    return arrow::Status::OK();
  });
  return kind;
}

bool mlc_storage_list(const mlc_storage* storage, void* context,
                      void (*visit)(void* context, const char* path), mlc_error* error) {
  return mlc::Guard(mlc::SourceOf(storage), error, [&] {
    arrow::fs::FileSelector selector;
    selector.base_dir = storage->path;
    selector.recursive = true;
    ARROW_ASSIGN_OR_RAISE(auto infos, storage->system->GetFileInfo(selector));
    for (const auto& info : infos) {
      if (info.type() == arrow::fs::FileType::File) visit(context, info.path().c_str());
    }
    return arrow::Status::OK();
  });
}

bool mlc_storage_remove(const mlc_storage* storage, mlc_error* error) {
  return mlc::Guard(mlc::SourceOf(storage), error,
                    [&] { return storage->system->DeleteFile(storage->path); });
}

bool mlc_storage_make_folder(const mlc_storage* storage, mlc_error* error) {
  return mlc::Guard(mlc::SourceOf(storage), error,
                    [&] { return storage->system->CreateDir(storage->path, true); });
}

bool mlc_storage_sync(const mlc_storage* storage, mlc_error* error) {
  return mlc::Guard(mlc::SourceOf(storage), error, [&] {
    if (storage->is_remote) return arrow::Status::OK();
    const int folder = open(storage->path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = folder >= 0 && syncfs(folder) == 0;
    const int number = errno;
    if (folder >= 0) close(folder);
    if (is_synced) return arrow::Status::OK();
    return arrow::internal::IOErrorFromErrno(number, "cannot flush");
  });
}

mlc_bytes* mlc_bytes_read(const mlc_storage* storage, const char* path, mlc_error* error) {
  return mlc::Make<mlc_bytes>(mlc::SourceOf(storage), error, [&](mlc_bytes& made) {
    if (storage->is_remote) {
      ARROW_ASSIGN_OR_RAISE(auto stream, storage->system->OpenInputStream(path));
      return mlc::ReadStream(*stream, &made.buffer);
    }
    return mlc::MapFile(path, made);
  });
}

void mlc_bytes_free(mlc_bytes* bytes) { delete bytes; }

const uint8_t* mlc_bytes_data(const mlc_bytes* bytes) { return bytes->buffer->data(); }

int64_t mlc_bytes_count(const mlc_bytes* bytes) { return bytes->buffer->size(); }

mlc_output* mlc_output_open(const mlc_storage* storage, mlc_error* error) {
  return mlc::Make<mlc_output>(mlc::SourceOf(storage), error, [&](mlc_output& made) {
    made.is_remote = storage->is_remote;
    ARROW_ASSIGN_OR_RAISE(made.stream, storage->system->OpenOutputStream(storage->path));
    return arrow::Status::OK();
  });
}

bool mlc_output_write(mlc_output* output, const uint8_t* bytes, int64_t count,
                      mlc_error* error) {
  return mlc::Guard(output->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal, error,
                    [&] { return output->stream->Write(bytes, count); });
}

bool mlc_output_close(mlc_output* output, mlc_error* error) {
  return mlc::Guard(output->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal, error,
                    [&] { return output->stream->Close(); });
}

void mlc_output_free(mlc_output* output) {
  if (output != nullptr && !output->stream->closed()) {
    static_cast<void>(output->stream->Abort());
  }
  delete output;
}

}  // extern "C"
