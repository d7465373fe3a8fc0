// Writes Parquet files, one row group per block of rows.
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <cmath>

#include "internal.h"

struct mlc_parquet_writer {
  std::shared_ptr<arrow::Schema> schema;
  std::vector<int32_t> kinds;
  std::vector<int32_t> widths;
  std::vector<std::shared_ptr<arrow::Array>> levels;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
  mlc::Source source;
};

namespace {

using arrow::Result;
using arrow::Status;
using Array = std::shared_ptr<arrow::Array>;

std::shared_ptr<arrow::DataType> TypeOf(int32_t kind, int32_t width = 0) {
  switch (kind) {
    case MLC_WRITE_TIMESTAMP: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case MLC_WRITE_CATEGORY: return arrow::dictionary(arrow::int32(), arrow::utf8());
    case MLC_WRITE_TEXT: return arrow::utf8();
    case MLC_WRITE_INT32: return arrow::int32();
    case MLC_WRITE_INT64: return arrow::int64();
    case MLC_WRITE_VECTOR:
      return arrow::fixed_size_list(arrow::field("element", arrow::float32(), false), width);
    default: return arrow::float64();
  }
}

/// Copies strings; those with a negative code are null, if there are codes.
Result<Array> Strings(const mlc_strings& strings, const int32_t* codes) {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(strings.count));
  for (int64_t i = 0; i < strings.count; i++) {
    if (codes != nullptr && codes[i] < 0) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    const int64_t start = strings.offsets[i];
    ARROW_RETURN_NOT_OK(builder.Append(strings.characters + start,
                                       static_cast<int32_t>(strings.offsets[i + 1] - start)));
  }
  return builder.Finish();
}

Result<Array> Numbers(const double* numbers, int64_t rows) {
  arrow::DoubleBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(rows));
  for (int64_t i = 0; i < rows; i++) {
    if (std::isnan(numbers[i])) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(numbers[i]);
    }
  }
  return builder.Finish();
}

/// Integers; those with a negative code are null, if there are codes.
template <typename Builder>
Result<Array> Integers(const int64_t* integers, const int32_t* codes, int64_t rows) {
  Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(rows));
  for (int64_t i = 0; i < rows; i++) {
    if (codes != nullptr && codes[i] < 0) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(static_cast<typename Builder::value_type>(integers[i]));
    }
  }
  return builder.Finish();
}

Result<Array> Timestamps(const double* seconds, int64_t rows) {
  arrow::TimestampBuilder builder(TypeOf(MLC_WRITE_TIMESTAMP), arrow::default_memory_pool());
  ARROW_RETURN_NOT_OK(builder.Reserve(rows));
  for (int64_t i = 0; i < rows; i++) {
    // Also false for NaN; beyond this a count of microseconds does not fit.
    if (std::fabs(seconds[i]) < 9.2e12) {
      // The fraction by itself, as the product of the whole would be rounded.
      const double whole = std::floor(seconds[i]);
      builder.UnsafeAppend(static_cast<int64_t>(whole) * 1'000'000 +
                           std::llround((seconds[i] - whole) * 1e6));
    } else {
      builder.UnsafeAppendNull();
    }
  }
  return builder.Finish();
}

Result<Array> Categories(const int32_t* codes, int64_t rows, const Array& levels) {
  arrow::Int32Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(rows));
  for (int64_t i = 0; i < rows; i++) {
    if (codes[i] < 0) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(codes[i]);
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto indices, builder.Finish());
  return arrow::DictionaryArray::FromArrays(TypeOf(MLC_WRITE_CATEGORY), indices, levels);
}

Result<Array> Vectors(const float* floats, int64_t rows, int32_t width) {
  arrow::FloatBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(floats, rows * width));
  ARROW_ASSIGN_OR_RAISE(auto elements, builder.Finish());
  return std::make_shared<arrow::FixedSizeListArray>(TypeOf(MLC_WRITE_VECTOR, width), rows,
                                                     elements);
}

Result<Array> ArrayOf(const mlc_values& values, int64_t rows, int32_t kind, int32_t width,
                      const Array& levels) {
  switch (kind) {
    case MLC_WRITE_TIMESTAMP: return Timestamps(values.numbers, rows);
    case MLC_WRITE_CATEGORY: return Categories(values.codes, rows, levels);
    case MLC_WRITE_TEXT: return Strings(values.strings, values.codes);
    case MLC_WRITE_INT32:
      return Integers<arrow::Int32Builder>(values.integers, values.codes, rows);
    case MLC_WRITE_INT64:
      return Integers<arrow::Int64Builder>(values.integers, values.codes, rows);
    case MLC_WRITE_VECTOR: return Vectors(values.floats, rows, width);
    default: return Numbers(values.numbers, rows);
  }
}

/// The most rows of a row group that is filled bit by bit.
constexpr int64_t kRowGroupRows = 1 << 18;

Result<arrow::ArrayVector> ArraysOf(const mlc_parquet_writer& writer, const mlc_values* values,
                                    int64_t rows) {
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < writer.kinds.size(); i++) {
    ARROW_ASSIGN_OR_RAISE(auto array, ArrayOf(values[i], rows, writer.kinds[i],
                                              writer.widths[i], writer.levels[i]));
    arrays.push_back(array);
  }
  return arrays;
}

}  // namespace

extern "C" {

mlc_parquet_writer* mlc_parquet_writer_open(mlc_output* output, const mlc_field* fields,
                                            int32_t count, mlc_error* error) {
  const auto source = output->is_remote ? mlc::Source::kRemote : mlc::Source::kLocal;
  return mlc::Make<mlc_parquet_writer>(source, error, [&](mlc_parquet_writer& made) {
    made.source = source;
    arrow::FieldVector vector;
    parquet::WriterProperties::Builder properties;
    properties.compression(arrow::Compression::SNAPPY)->max_row_group_length(kRowGroupRows);
    for (int32_t i = 0; i < count; i++) {
      vector.push_back(arrow::field(fields[i].name, TypeOf(fields[i].kind, fields[i].width),
                                    fields[i].kind != MLC_WRITE_VECTOR));
      made.kinds.push_back(fields[i].kind);
      made.widths.push_back(fields[i].width);
      // Hardly any two floats of a vector are the same, so that a dictionary of them is a waste.
      if (fields[i].kind == MLC_WRITE_VECTOR) {
        properties.disable_dictionary(std::string(fields[i].name) + ".list.element");
      }
      Array levels;
      if (fields[i].kind == MLC_WRITE_CATEGORY) {
        ARROW_ASSIGN_OR_RAISE(levels, Strings(fields[i].levels, nullptr));
      }
      made.levels.push_back(levels);
    }
    made.schema = arrow::schema(vector);
    // With Arrow's schema stored, a category stays one even if its levels look like numbers.
    auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    ARROW_ASSIGN_OR_RAISE(
        made.writer,
        parquet::arrow::FileWriter::Open(*made.schema, arrow::default_memory_pool(),
                                         output->stream, properties.build(), arrow_properties));
    return Status::OK();
  });
}

bool mlc_parquet_writer_append(mlc_parquet_writer* writer, const mlc_values* values,
                               int64_t rows, mlc_error* error) {
  return mlc::Guard(writer->source, error, [&] {
    ARROW_ASSIGN_OR_RAISE(auto arrays, ArraysOf(*writer, values, rows));
    auto table = arrow::Table::Make(writer->schema, arrays, rows);
    return writer->writer->WriteTable(*table, std::max<int64_t>(rows, 1));
  });
}

bool mlc_parquet_writer_append_rows(mlc_parquet_writer* writer, const mlc_values* values,
                                    int64_t rows, mlc_error* error) {
  return mlc::Guard(writer->source, error, [&] {
    ARROW_ASSIGN_OR_RAISE(auto arrays, ArraysOf(*writer, values, rows));
    return writer->writer->WriteRecordBatch(
        *arrow::RecordBatch::Make(writer->schema, rows, std::move(arrays)));
  });
}

bool mlc_parquet_writer_close(mlc_parquet_writer* writer, mlc_error* error) {
  return mlc::Guard(writer->source, error, [&] { return writer->writer->Close(); });
}

void mlc_parquet_writer_free(mlc_parquet_writer* writer) { delete writer; }

}  // extern "C"
