// Reads Parquet files, and brings their columns to the few types that the caller knows.
#include <arrow/array.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <arrow/util/decimal.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "internal.h"

struct mlc_parquet {
  std::shared_ptr<arrow::Buffer> buffer;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::shared_ptr<arrow::Schema> schema;
};

namespace {

using arrow::Result;
using arrow::Status;

Result<std::unique_ptr<parquet::arrow::FileReader>> Open(
    const std::shared_ptr<arrow::Buffer>& buffer,
    const std::shared_ptr<parquet::FileMetaData>& metadata,
    const parquet::ArrowReaderProperties& properties) {
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::make_shared<arrow::io::BufferReader>(buffer),
                                   parquet::default_reader_properties(), metadata));
  builder.properties(properties);
  return builder.Build();
}

using Column = std::shared_ptr<arrow::ChunkedArray>;

/// Registers the functions of computing, which Arrow does on demand only, and by one thread.
Status StartComputing() {
  static const Status started = arrow::compute::Initialize();
  return started;
}

Result<Column> Cast(const Column& column, const std::shared_ptr<arrow::DataType>& type) {
  ARROW_RETURN_NOT_OK(StartComputing());
  ARROW_ASSIGN_OR_RAISE(auto datum, arrow::compute::Cast(column, type));
  return datum.chunked_array();
}

Result<Column> Encode(const Column& column, bool as_text) {
  if (as_text) return column;
  ARROW_RETURN_NOT_OK(StartComputing());
  ARROW_ASSIGN_OR_RAISE(auto datum, arrow::compute::DictionaryEncode(column));
  return datum.chunked_array();
}

/// Whether doubles hold decimals, so that digits behind the fifteenth are not lost.
Result<bool> Hold(const Column& doubles, const Column& decimals) {
  const auto& type = static_cast<const arrow::DecimalType&>(*decimals->type());
  if (type.precision() <= 15) return true;
  const int32_t digits = arrow::Decimal256Type::kMaxPrecision;
  ARROW_ASSIGN_OR_RAISE(auto wide, Cast(decimals, arrow::decimal256(digits, type.scale())));
  const arrow::Decimal256 small(1000000000000000);
  for (int c = 0; c < wide->num_chunks(); c++) {
    const auto& exact = static_cast<const arrow::Decimal256Array&>(*wide->chunk(c));
    const auto& rounded = static_cast<const arrow::DoubleArray&>(*doubles->chunk(c));
    for (int64_t i = 0; i < exact.length(); i++) {
      if (exact.IsNull(i)) continue;
      const arrow::Decimal256 value(exact.GetValue(i));
      if (arrow::Decimal256::Abs(value) <= small) continue;
      const auto back = arrow::Decimal256::FromReal(rounded.Value(i), digits, type.scale());
      if (!back.ok() || *back != value) return false;
    }
  }
  return true;
}

/// Decimals as numbers if these hold them, else as their digits: whole ones as integers of 64 bits,
/// others as doubles.
Result<Column> Number(const Column& column) {
  if (static_cast<const arrow::DecimalType&>(*column->type()).scale() == 0) {
    // Fails for numbers of more than 64 bits.
    auto whole = Cast(column, arrow::int64());
    return whole.ok() ? whole : Cast(column, arrow::utf8());
  }
  ARROW_ASSIGN_OR_RAISE(auto doubles, Cast(column, arrow::float64()));
  ARROW_ASSIGN_OR_RAISE(const bool are_held, Hold(doubles, column));
  if (are_held) return doubles;
  ARROW_ASSIGN_OR_RAISE(auto text, Cast(column, arrow::utf8()));
  // As numbers are spelled, without zeros at the end.
  const arrow::compute::ReplaceSubstringOptions no_zeros(R"(^([^E]*?)\.?0+$)", R"(\1)");
  ARROW_ASSIGN_OR_RAISE(
      auto datum, arrow::compute::CallFunction("replace_substring_regex", {text}, &no_zeros));
  return datum.chunked_array();
}

/// Instants and decimals as the text that CSV writers give them; other columns as they are.
Result<Column> Spell(const Column& column) {
  const auto& type = *column->type();
  if (arrow::is_decimal(type.id()) || arrow::is_date(type.id())) {
    return Cast(column, arrow::utf8());
  }
  if (type.id() != arrow::Type::TIMESTAMP) return column;
  // In UTC, so that no database of time zones is needed.
  const auto& timestamp = static_cast<const arrow::TimestampType&>(type);
  const bool zoned = !timestamp.timezone().empty();
  ARROW_ASSIGN_OR_RAISE(
      auto plain, Cast(column, arrow::timestamp(timestamp.unit(), zoned ? "UTC" : "")));
  ARROW_ASSIGN_OR_RAISE(auto text, Cast(plain, arrow::utf8()));
  const arrow::compute::ReplaceSubstringOptions no_zeros(R"(\.0+(Z?)$)", R"(\1)");
  ARROW_ASSIGN_OR_RAISE(
      auto datum, arrow::compute::CallFunction("replace_substring_regex", {text}, &no_zeros));
  return datum.chunked_array();
}

/// Durations in seconds, whatever their unit is.
Result<Column> Seconds(const Column& column) {
  double per_second = 1;
  switch (static_cast<const arrow::DurationType&>(*column->type()).unit()) {
    case arrow::TimeUnit::SECOND: break;
    case arrow::TimeUnit::MILLI: per_second = 1e3; break;
    case arrow::TimeUnit::MICRO: per_second = 1e6; break;
    case arrow::TimeUnit::NANO: per_second = 1e9; break;
  }
  arrow::ArrayVector chunks;
  for (const auto& chunk : column->chunks()) {
    const auto& counts = static_cast<const arrow::DurationArray&>(*chunk);
    arrow::DoubleBuilder seconds;
    ARROW_RETURN_NOT_OK(seconds.Reserve(counts.length()));
    for (int64_t i = 0; i < counts.length(); i++) {
      if (counts.IsNull(i)) {
        seconds.UnsafeAppendNull();
      } else {
        seconds.UnsafeAppend(static_cast<double>(counts.Value(i)) / per_second);
      }
    }
    ARROW_ASSIGN_OR_RAISE(auto array, seconds.Finish());
    chunks.push_back(std::move(array));
  }
  return arrow::ChunkedArray::Make(std::move(chunks), arrow::float64());
}

Status Unusable(const arrow::DataType& type) {
  return Status::TypeError("its type is ", type.ToString(),
                           ", expected numbers, strings, booleans or dates");
}

/// Brings a column to one of the types that mlc_table promises.
Result<Column> Normalise(const Column& given, bool as_text) {
  Column column = given;
  if (as_text) {
    ARROW_ASSIGN_OR_RAISE(column, Spell(given));
  }
  const auto& type = *column->type();
  switch (type.id()) {
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::BOOL:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DATE32:
    case arrow::Type::NA: return column;
    case arrow::Type::DATE64: return Cast(column, arrow::date32());
    case arrow::Type::HALF_FLOAT: return Cast(column, arrow::float32());
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      ARROW_ASSIGN_OR_RAISE(auto number, Number(column));
      const bool is_text = number->type()->id() == arrow::Type::STRING;
      return is_text ? Encode(number, as_text) : Result<Column>(number);
    }
    case arrow::Type::DURATION: return Seconds(column);
    case arrow::Type::STRING: return Encode(column, as_text);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64: {
      ARROW_ASSIGN_OR_RAISE(auto strings, Cast(column, arrow::utf8()));
      return Encode(strings, as_text);
    }
    case arrow::Type::DICTIONARY: {
      const auto& dictionary = static_cast<const arrow::DictionaryType&>(type);
      const bool has_strings = dictionary.value_type()->id() == arrow::Type::STRING;
      if (has_strings && dictionary.index_type()->id() == arrow::Type::INT32 && !as_text) {
        return column;
      }
      ARROW_ASSIGN_OR_RAISE(auto values, Cast(column, dictionary.value_type()));
      return Normalise(values, as_text);
    }
    default: return Unusable(type);
  }
}

bool IsString(const arrow::DataType& type) { return type.id() == arrow::Type::STRING; }

}  // namespace

extern "C" {

mlc_parquet* mlc_parquet_open(const mlc_bytes* bytes, mlc_error* error) {
  return mlc::Make<mlc_parquet>(mlc::Source::kData, error, [&](mlc_parquet& made) {
    made.buffer = bytes->buffer;
    ARROW_ASSIGN_OR_RAISE(
        auto reader, Open(bytes->buffer, nullptr, parquet::ArrowReaderProperties()));
    made.metadata = reader->parquet_reader()->metadata();
    return reader->GetSchema(&made.schema);
  });
}

void mlc_parquet_free(mlc_parquet* parquet) { delete parquet; }

int32_t mlc_parquet_column_count(const mlc_parquet* parquet) {
  return parquet->schema->num_fields();
}

int32_t mlc_parquet_zero_in_name(const mlc_parquet* parquet) {
  for (int32_t column = 0; column < parquet->schema->num_fields(); column++) {
    if (parquet->schema->field(column)->name().find('\0') != std::string::npos) return column;
  }
  return -1;
}

bool mlc_parquet_type(const mlc_parquet* parquet, int32_t column, struct ArrowSchema* schema,
                      mlc_error* error) {
  return mlc::Guard(mlc::Source::kData, error, [&] {
    return arrow::ExportField(*parquet->schema->field(column), schema);
  });
}

mlc_table* mlc_parquet_read(const mlc_parquet* parquet, const int32_t* columns,
                            const bool* as_text, int32_t count, bool use_threads,
                            int32_t* failed_column, mlc_error* error) {
  *failed_column = -1;
  return mlc::Make<mlc_table>(mlc::Source::kData, error, [&](mlc_table& made) {
    parquet::ArrowReaderProperties properties(use_threads);
    std::vector<int> leaves;
    {
      ARROW_ASSIGN_OR_RAISE(auto reader, Open(parquet->buffer, parquet->metadata, properties));
      for (int32_t i = 0; i < count; i++) {
        const auto& field = reader->manifest().schema_fields[columns[i]];
        if (!field.is_leaf()) {
          *failed_column = columns[i];
          return Unusable(*field.field->type());
        }
        leaves.push_back(field.column_index);
        if (!as_text[i] && IsString(*field.field->type())) {
          properties.set_read_dictionary(field.column_index, true);
        }
      }
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, Open(parquet->buffer, parquet->metadata, properties));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->ReadTable(leaves));
    ARROW_RETURN_NOT_OK(table->Validate());
    for (int32_t i = 0; i < count; i++) {
      // Before any use: a damaged file may hold indices of no entry and texts of no end.
      if (const auto valid = mlc::Validate(*table->column(i)); !valid.ok()) {
        if (mlc::IsBadText(valid)) *failed_column = columns[i];
        return valid;
      }
      auto column = Normalise(table->column(i), as_text[i]);
      if (!column.ok()) {
        *failed_column = columns[i];
        return column.status();
      }
      made.columns.push_back(*column);
    }
    made.row_count = table->num_rows();
    return Status::OK();
  });
}

}  // extern "C"
