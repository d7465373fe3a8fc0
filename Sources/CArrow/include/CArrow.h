// Arrow C++ behind plain C: storage (local files and S3), CSV, Parquet.
//
// Every call that can fail takes an mlc_error and returns NULL or false after filling it; no C++
// exception leaves this library. Handles are freed by the call named beside them; NULL is allowed
// there. Columns cross over chunk by chunk in the structs of the Arrow C Data Interface.
#ifndef CARROW_H
#define CARROW_H

#include <arrow/c/abi.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Errors ------------------------------------------------------------------------------------

enum {
  MLC_OK = 0,
  MLC_BAD_DATA,       // the bytes are not what they should be
  MLC_BAD_TEXT,       // a text is not UTF-8
  MLC_NOT_FOUND,      // no such file, folder, bucket or key
  MLC_NO_PERMISSION,  // it is there, but may not be read or written
  MLC_FILE_FAILED,    // any other failure of a local file system
  MLC_REMOTE_FAILED,  // any other failure of a remote one
  MLC_BAD_LOCATION,   // the location itself cannot be understood
  MLC_NO_RESOURCES,   // out of memory, or no thread can be started
  MLC_INTERNAL        // an exception nobody expected
};

typedef struct mlc_error {
  int32_t code;
  char message[1020];
} mlc_error;

// ---- Storage -----------------------------------------------------------------------------------

enum { MLC_MISSING = 0, MLC_FILE, MLC_FOLDER, MLC_STREAM };

/// A file system and a path in it.
typedef struct mlc_storage mlc_storage;

/// Opens a local path, or s3://bucket/path?endpoint_override=..&scheme=..&region=..
mlc_storage *mlc_storage_open(const char *location, mlc_error *error);
void mlc_storage_free(mlc_storage *storage);
/// The path inside the storage; lives as long as the storage.
const char *mlc_storage_path(const mlc_storage *storage);
/// A path below the storage's own, in the same file system.
mlc_storage *mlc_storage_child(const mlc_storage *storage, const char *path, mlc_error *error);
bool mlc_storage_is_remote(const mlc_storage *storage);
/// MLC_MISSING, MLC_FILE, MLC_FOLDER or MLC_STREAM (a pipe or a device); -1 on failure.
int32_t mlc_storage_kind(const mlc_storage *storage, mlc_error *error);
/// Calls `visit` with the full path of every file below the path, in any order.
bool mlc_storage_list(const mlc_storage *storage, void *context,
                      void (*visit)(void *context, const char *path), mlc_error *error);

/// Removes a file.
bool mlc_storage_remove(const mlc_storage *storage, mlc_error *error);
/// Makes a folder and those above it; true if it is there already.
bool mlc_storage_make_folder(const mlc_storage *storage, mlc_error *error);
/// Forces everything that was written to the folder's file system onto the disk, if it is local.
bool mlc_storage_sync(const mlc_storage *storage, mlc_error *error);

/// The whole contents of a file: mapped if it is local, fetched if not.
typedef struct mlc_bytes mlc_bytes;
mlc_bytes *mlc_bytes_read(const mlc_storage *storage, const char *path, mlc_error *error);
void mlc_bytes_free(mlc_bytes *bytes);
const uint8_t *mlc_bytes_data(const mlc_bytes *bytes);
int64_t mlc_bytes_count(const mlc_bytes *bytes);
/// Whether the file is what it was when it was mapped; where it was cut, bytes have become zeros.
bool mlc_bytes_are_unchanged(const mlc_bytes *bytes);

/// Calls `visit` with the full path, the size and the time (in seconds since 1970) of every file below
/// the path, in any order; a prefix of a bucket without objects is an empty folder.
bool mlc_storage_list_objects(const mlc_storage *storage, void *context,
                              void (*visit)(void *context, const char *path, int64_t size,
                                            int64_t modified),
                              mlc_error *error);

/// One state of an object; texts are empty where the storage has none.
typedef struct mlc_stamp {
  int64_t size;
  int64_t modified;  // in seconds since 1970
  char tag[256];
  char version[1028];
} mlc_stamp;

/// A file that is read in parts.
typedef struct mlc_object mlc_object;
mlc_object *mlc_object_open(const mlc_storage *storage, mlc_error *error);
void mlc_object_free(mlc_object *object);
/// What it was when it was opened.
bool mlc_object_stamp(const mlc_object *object, mlc_stamp *stamp, mlc_error *error);
/// Reads up to `count` bytes and returns how many; 0 at the end, -1 on failure.
int64_t mlc_object_read(const mlc_object *object, int64_t offset, int64_t count, uint8_t *bytes,
                        mlc_error *error);

/// A file being written. Remote objects appear when it is closed.
typedef struct mlc_output mlc_output;
mlc_output *mlc_output_open(const mlc_storage *storage, mlc_error *error);
bool mlc_output_write(mlc_output *output, const uint8_t *bytes, int64_t count, mlc_error *error);
/// Must be called before mlc_output_free for the contents to count.
bool mlc_output_close(mlc_output *output, mlc_error *error);
/// Frees the output, and gives up what was written to it if it was not closed.
void mlc_output_free(mlc_output *output);

// ---- Tables ------------------------------------------------------------------------------------

/// Columns in chunks. The types are those of mlc_csv_column, and for Parquet: integers, floats,
/// booleans, utf8, dictionary<int32, utf8>, timestamps, dates, null.
typedef struct mlc_table mlc_table;
void mlc_table_free(mlc_table *table);
int64_t mlc_table_row_count(const mlc_table *table);
int32_t mlc_table_chunk_count(const mlc_table *table, int32_t column);
/// The caller releases `schema`.
bool mlc_table_type(const mlc_table *table, int32_t column, struct ArrowSchema *schema,
                    mlc_error *error);
/// The caller releases `array`.
bool mlc_table_chunk(const mlc_table *table, int32_t column, int32_t chunk,
                     struct ArrowArray *array, mlc_error *error);

/// Sets the number of threads that readers share; at least 1.
bool mlc_set_threads(int32_t threads, mlc_error *error);

// ---- CSV ---------------------------------------------------------------------------------------

enum {
  MLC_CSV_INFER = 0,
  MLC_CSV_DOUBLE,
  MLC_CSV_DICTIONARY,  // dictionary<int32, utf8>
  MLC_CSV_UTF8,
  MLC_CSV_MICROSECONDS,  // timestamps, as written without a zone and as written with one
  MLC_CSV_MICROSECONDS_ZONED,
  MLC_CSV_NANOSECONDS,
  MLC_CSV_NANOSECONDS_ZONED
};

typedef struct mlc_csv_column {
  int32_t index;  // in the file
  int32_t type;   // MLC_CSV_...
} mlc_csv_column;

typedef struct mlc_csv_options {
  uint8_t delimiter;
  uint8_t decimal;  // the byte before the fraction of a number
  bool newlines_in_values;
  bool use_threads;
  int32_t block_size;
  int32_t field_count;  // in a row of the file
  const mlc_csv_column *columns;
  int32_t column_count;
  const char *const *missing;  // the spellings of a missing number or timestamp
  int32_t missing_count;
} mlc_csv_options;

/// Reads the rows (no header) in `count` bytes from `offset`. Strings are never null.
mlc_table *mlc_csv_read(const mlc_bytes *bytes, int64_t offset, int64_t count,
                        const mlc_csv_options *options, mlc_error *error);

/// Parses a whole string as a number, as the CSV reader does; `decimal` stands before the fraction.
bool mlc_parse_number(const char *characters, int64_t count, char decimal, double *value);
/// Parses a whole string as an ISO 8601 instant, in seconds since 1970.
bool mlc_parse_timestamp(const char *characters, int64_t count, double *seconds);

// ---- Parquet -----------------------------------------------------------------------------------

typedef struct mlc_parquet mlc_parquet;
/// Opens a Parquet file; `bytes` must outlive it.
mlc_parquet *mlc_parquet_open(const mlc_bytes *bytes, mlc_error *error);
void mlc_parquet_free(mlc_parquet *parquet);
int32_t mlc_parquet_column_count(const mlc_parquet *parquet);
/// The first column whose name holds a zero byte, at which C strings end; -1 if there is none.
int32_t mlc_parquet_zero_in_name(const mlc_parquet *parquet);
/// The type and name of a column as stored; the caller releases `schema`.
bool mlc_parquet_type(const mlc_parquet *parquet, int32_t column, struct ArrowSchema *schema,
                      mlc_error *error);
/// Reads some columns; those with a true in `as_text` stay plain utf8. A column that cannot be
/// read as any of the types of mlc_table is left in `*failed_column`, else -1.
mlc_table *mlc_parquet_read(const mlc_parquet *parquet, const int32_t *columns,
                            const bool *as_text, int32_t count, bool use_threads,
                            int32_t *failed_column, mlc_error *error);

enum {
  MLC_WRITE_NUMBER = 0,
  MLC_WRITE_TIMESTAMP,
  MLC_WRITE_CATEGORY,
  MLC_WRITE_TEXT,
  MLC_WRITE_INT32,
  MLC_WRITE_INT64,
  MLC_WRITE_VECTOR  // fixed_size_list<float32>
};

/// Strings one after the other: string i is the bytes offsets[i] ..< offsets[i + 1].
typedef struct mlc_strings {
  const int64_t *offsets;
  const uint8_t *characters;
  int64_t count;
} mlc_strings;

typedef struct mlc_field {
  const char *name;
  int32_t kind;        // MLC_WRITE_...
  mlc_strings levels;  // of a category
  int32_t width;       // of a vector
} mlc_field;

/// The values of one column in a block of rows.
typedef struct mlc_values {
  const double *numbers;  // numbers, and timestamps in seconds since 1970; NaN is missing
  const int64_t *integers;
  const int32_t *codes;  // of a category; of texts and integers too, where 0 and up is present,
                         // negative is missing, and NULL means that none is missing
  mlc_strings strings;    // of a text
  const float *floats;    // of a vector, row after row; none is missing
} mlc_values;

typedef struct mlc_parquet_writer mlc_parquet_writer;
/// Starts a Parquet file on `output`, which must outlive the writer.
mlc_parquet_writer *mlc_parquet_writer_open(mlc_output *output, const mlc_field *fields,
                                            int32_t count, mlc_error *error);
/// Appends a row group.
bool mlc_parquet_writer_append(mlc_parquet_writer *writer, const mlc_values *values,
                               int64_t rows, mlc_error *error);
/// Appends rows to a row group that ends by itself when it is large; files of many small appends.
bool mlc_parquet_writer_append_rows(mlc_parquet_writer *writer, const mlc_values *values,
                                    int64_t rows, mlc_error *error);
/// Writes the footer; the output is still to be closed.
bool mlc_parquet_writer_close(mlc_parquet_writer *writer, mlc_error *error);
void mlc_parquet_writer_free(mlc_parquet_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
