// Hands the chunks of a table over the Arrow C Data Interface.
#include <arrow/c/bridge.h>
#include <arrow/util/thread_pool.h>

#include "internal.h"

namespace mlc {

/// Whether a wrong value leads outside of the memory of its array, or is no text.
static bool IsIndirect(const arrow::DataType& type) {
  return !(arrow::is_integer(type.id()) || arrow::is_floating(type.id()) ||
           type.id() == arrow::Type::BOOL || type.id() == arrow::Type::TIMESTAMP ||
           type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::DATE64 ||
           type.id() == arrow::Type::DURATION || type.id() == arrow::Type::NA);
}

arrow::Status Validate(const arrow::ChunkedArray& column) {
  return IsIndirect(*column.type()) ? column.ValidateFull() : column.Validate();
}

}  // namespace mlc

extern "C" {

void mlc_table_free(mlc_table* table) { delete table; }

int64_t mlc_table_row_count(const mlc_table* table) { return table->row_count; }

int32_t mlc_table_chunk_count(const mlc_table* table, int32_t column) {
  return table->columns[column]->num_chunks();
}

bool mlc_table_type(const mlc_table* table, int32_t column, struct ArrowSchema* schema,
                    mlc_error* error) {
  return mlc::Guard(mlc::Source::kData, error, [&] {
    return arrow::ExportType(*table->columns[column]->type(), schema);
  });
}

bool mlc_table_chunk(const mlc_table* table, int32_t column, int32_t chunk,
                     struct ArrowArray* array, mlc_error* error) {
  return mlc::Guard(mlc::Source::kData, error, [&] {
    return arrow::ExportArray(*table->columns[column]->chunk(chunk), array);
  });
}

bool mlc_set_threads(int32_t threads, mlc_error* error) {
  return mlc::Guard(mlc::Source::kData, error, [&] {
    if (arrow::GetCpuThreadPoolCapacity() == threads) return arrow::Status::OK();
    return arrow::SetCpuThreadPoolCapacity(threads);
  });
}

}  // extern "C"
