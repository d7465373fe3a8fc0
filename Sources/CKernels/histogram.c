// Histogram building: one read-modify-write of 8 bytes for each row and feature. What costs is
// the wait for rows at random addresses, so each row is asked for well before it is needed.
#include "mlk_histogram.h"

#include <string.h>

#include "multiversion.h"

enum { ROWS_AHEAD = 16 };

static inline int64_t addend(uint64_t entry) {
  int64_t gradient = (int16_t)(entry >> 16);
  return (int64_t)((uint64_t)gradient << 32) + (int64_t)(entry & 0xFFFF);
}

static inline void add_row(const uint8_t *row, const uint32_t *offsets, size_t features,
                           int64_t sum, int64_t *cells) {
  size_t f = 0;
  for (; f + 4 <= features; f += 4) {
    cells[offsets[f] + row[f]] += sum;
    cells[offsets[f + 1] + row[f + 1]] += sum;
    cells[offsets[f + 2] + row[f + 2]] += sum;
    cells[offsets[f + 3] + row[f + 3]] += sum;
  }
  for (; f < features; f++) cells[offsets[f] + row[f]] += sum;
}

void mlk_histogram_add(const uint8_t *bins, size_t stride, const uint32_t *offsets,
                       size_t features, const uint64_t *entries, size_t count,
                       int64_t *cells) {
  size_t i = 0;
  for (; i + ROWS_AHEAD < count; i++) {
    __builtin_prefetch(bins + (entries[i + ROWS_AHEAD] >> 32) * stride);
    add_row(bins + (entries[i] >> 32) * stride, offsets, features, addend(entries[i]), cells);
  }
  for (; i < count; i++)
    add_row(bins + (entries[i] >> 32) * stride, offsets, features, addend(entries[i]), cells);
}

MLK_MULTIVERSION
void mlk_histogram_subtract(int64_t *restrict parent, const int64_t *restrict child,
                            size_t count) {
  for (size_t i = 0; i < count; i++) parent[i] -= child[i];
}

MLK_MULTIVERSION
void mlk_histogram_merge(int64_t *restrict into, const int64_t *restrict from, size_t count) {
  for (size_t i = 0; i < count; i++) into[i] += from[i];
}
