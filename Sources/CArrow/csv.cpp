// Delimited text through Arrow's block-parallel reader.
#include <arrow/csv/api.h>
#include <arrow/util/value_parsing.h>

#include "internal.h"

static std::shared_ptr<arrow::DataType> TypeOf(int32_t type) {
  switch (type) {
    case MLC_CSV_DOUBLE: return arrow::float64();
    case MLC_CSV_DICTIONARY: return arrow::dictionary(arrow::int32(), arrow::utf8());
    case MLC_CSV_UTF8: return arrow::utf8();
    case MLC_CSV_MICROSECONDS: return arrow::timestamp(arrow::TimeUnit::MICRO);
    case MLC_CSV_MICROSECONDS_ZONED: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case MLC_CSV_NANOSECONDS: return arrow::timestamp(arrow::TimeUnit::NANO);
    case MLC_CSV_NANOSECONDS_ZONED: return arrow::timestamp(arrow::TimeUnit::NANO, "UTC");
    default: return nullptr;
  }
}

extern "C" {

mlc_table* mlc_csv_read(const mlc_bytes* bytes, int64_t offset, int64_t count,
                        const mlc_csv_options* options, mlc_error* error) {
  return mlc::Make<mlc_table>(mlc::Source::kData, error, [&](mlc_table& made) {
    auto read = arrow::csv::ReadOptions::Defaults();
    read.use_threads = options->use_threads;
    read.block_size = options->block_size;
    // Columns go by their number: the names in the file are the caller's business.
    for (int32_t i = 0; i < options->field_count; i++) {
      read.column_names.push_back(std::to_string(i));
    }
    auto parse = arrow::csv::ParseOptions::Defaults();
    parse.delimiter = static_cast<char>(options->delimiter);
    parse.newlines_in_values = options->newlines_in_values;
    auto convert = arrow::csv::ConvertOptions::Defaults();
    convert.null_values.assign(options->missing, options->missing + options->missing_count);
    convert.decimal_point = static_cast<char>(options->decimal);
    for (int32_t i = 0; i < options->column_count; i++) {
      auto name = std::to_string(options->columns[i].index);
      convert.include_columns.push_back(name);
      if (auto type = TypeOf(options->columns[i].type)) convert.column_types[name] = type;
    }
    auto input = std::make_shared<arrow::io::BufferReader>(
        arrow::SliceBuffer(bytes->buffer, offset, count));
    ARROW_ASSIGN_OR_RAISE(
        auto reader, arrow::csv::TableReader::Make(arrow::io::default_io_context(), input, read,
                                                   parse, convert));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->Read());
    ARROW_RETURN_NOT_OK(table->Validate());
    for (const auto& column : table->columns()) ARROW_RETURN_NOT_OK(mlc::Validate(*column));
    made.columns = table->columns();
    made.row_count = table->num_rows();
    return arrow::Status::OK();
  });
}

bool mlc_parse_number(const char* characters, int64_t count, char decimal, double* value) {
  return arrow::internal::StringToFloat(characters, static_cast<size_t>(count), decimal, value);
}

bool mlc_parse_timestamp(const char* characters, int64_t count, double* seconds) {
  using arrow::internal::ParseTimestampISO8601;
  const auto length = static_cast<size_t>(count);
  bool zoned = false;
  int64_t units = 0;
  if (ParseTimestampISO8601(characters, length, arrow::TimeUnit::MICRO, &units, &zoned)) {
    *seconds = static_cast<double>(units) / 1e6;
    return true;
  }
  // Nanoseconds only where they are written: they end in the year 2262.
  if (!ParseTimestampISO8601(characters, length, arrow::TimeUnit::NANO, &units, &zoned)) {
    return false;
  }
  *seconds = static_cast<double>(units) / 1e9;
  return true;
}

}  // extern "C"
