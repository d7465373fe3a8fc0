// Histogram building: one read-modify-write of 8 bytes for each row and feature. What costs is
// the wait for rows at random addresses, so each row is asked for well before it is needed.
#include "mlk_histogram.h"

#include <string.h>

#include "multiversion.h"

enum { ROWS_AHEAD = 16, CELLS = MLK_FEATURE_CELLS };

static inline int64_t addend(uint64_t entry) {
  int64_t gradient = (int16_t)(entry >> 16);
  return (int64_t)((uint64_t)gradient << 32) + (int64_t)(entry & 0xFFFF);
}

// Bins are read eight or four at a time. The row is little-endian on every machine we build for.
static inline __attribute__((always_inline)) void add_row(const uint8_t *row, size_t features,
                                                          int64_t sum, int64_t *cells) {
  for (; features >= 8; features -= 8, row += 8, cells += 8 * CELLS) {
    uint64_t bins;
    memcpy(&bins, row, sizeof bins);
    cells[bins & 255] += sum;
    cells[CELLS + (bins >> 8 & 255)] += sum;
    cells[2 * CELLS + (bins >> 16 & 255)] += sum;
    cells[3 * CELLS + (bins >> 24 & 255)] += sum;
    cells[4 * CELLS + (bins >> 32 & 255)] += sum;
    cells[5 * CELLS + (bins >> 40 & 255)] += sum;
    cells[6 * CELLS + (bins >> 48 & 255)] += sum;
    cells[7 * CELLS + (bins >> 56)] += sum;
  }
  if (features >= 4) {
    uint32_t bins;
    memcpy(&bins, row, sizeof bins);
    cells[bins & 255] += sum;
    cells[CELLS + (bins >> 8 & 255)] += sum;
    cells[2 * CELLS + (bins >> 16 & 255)] += sum;
    cells[3 * CELLS + (bins >> 24)] += sum;
    features -= 4, row += 4, cells += 4 * CELLS;
  }
  for (size_t f = 0; f < features; f++) cells[CELLS * f + row[f]] += sum;
}

void mlk_histogram_add(const uint8_t *bins, size_t stride, size_t features,
                       const uint64_t *entries, size_t count, int64_t *cells) {
  for (size_t i = 0; i < count; i++) {
    size_t ahead = i + ROWS_AHEAD < count ? i + ROWS_AHEAD : i;
    __builtin_prefetch(bins + (entries[ahead] >> 32) * stride);
    add_row(bins + (entries[i] >> 32) * stride, features, addend(entries[i]), cells);
  }
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
