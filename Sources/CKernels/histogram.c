// Histogram building: one read-modify-write of 8 bytes for each row and feature. Each row is asked
// for well before it is needed; what is left to wait for are the instructions of the updates and,
// where the cells of all features exceed it, the nearest cache.
#include "mlk_histogram.h"

#include "multiversion.h"

enum { ROWS_AHEAD = 16, CELLS = MLK_FEATURE_CELLS };

static inline int64_t addend(uint64_t entry) {
  int64_t gradient = (int16_t)(entry >> 16);
  return (int64_t)((uint64_t)gradient << 32) + (int64_t)(entry & 0xFFFF);
}

// Bins are read one by one, as shifts and masks that cut them out of words take longer than reads.
// `fours` is known when this is compiled, so a row is a line of updates without a loop.
static inline __attribute__((always_inline)) void add_rows(
    const uint8_t *bins, size_t stride, size_t fours, size_t rest, const uint64_t *entries,
    size_t count, int64_t *cells) {
  for (size_t i = 0; i < count; i++) {
    size_t ahead = i + ROWS_AHEAD < count ? i + ROWS_AHEAD : i;
    __builtin_prefetch(bins + (entries[ahead] >> 32) * stride);
    const uint8_t *row = bins + (entries[i] >> 32) * stride;
    const int64_t sum = addend(entries[i]);
    int64_t *of_four = cells;
#pragma unroll
    for (size_t four = 0; four < fours; four++) {
      of_four[row[4 * four]] += sum;
      of_four[CELLS + row[4 * four + 1]] += sum;
      of_four[2 * CELLS + row[4 * four + 2]] += sum;
      of_four[3 * CELLS + row[4 * four + 3]] += sum;
      of_four += 4 * CELLS;
    }
    for (size_t k = 0; k < rest; k++) of_four[CELLS * k + row[4 * fours + k]] += sum;
  }
}

#define FOURS(N) \
  case N: return add_rows(bins, stride, N, features % 4, entries, count, cells);

void mlk_histogram_add(const uint8_t *bins, size_t stride, size_t features,
                       const uint64_t *entries, size_t count, int64_t *cells) {
  switch (features / 4) {
    FOURS(0) FOURS(1) FOURS(2) FOURS(3) FOURS(4) FOURS(5) FOURS(6) FOURS(7) FOURS(8)
    FOURS(9) FOURS(10) FOURS(11) FOURS(12) FOURS(13) FOURS(14) FOURS(15) FOURS(16)
  }
  // Rows of more features are counted in parts.
  mlk_histogram_add(bins, stride, 64, entries, count, cells);
  mlk_histogram_add(bins + 64, stride, features - 64, entries, count, cells + 64 * CELLS);
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
