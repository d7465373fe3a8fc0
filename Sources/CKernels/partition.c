// Partitioning without a branch that depends on the data: each entry is stored on both sides and
// only one side's position moves.
#include "mlk_partition.h"

#include <string.h>

enum { ROWS_AHEAD = 24 };

#define DIVIDE(PREFETCH, GOES_LEFT)               \
  for (size_t i = 0; i < count; i++) {            \
    PREFETCH;                                     \
    uint64_t entry = entries[i];                  \
    uint8_t bin = column[(entry >> 32) * stride]; \
    size_t goes_left = (GOES_LEFT);               \
    *l = entry;                                   \
    r[-1] = entry;                                \
    l += goes_left;                               \
    r -= 1 - goes_left;                           \
  }

#define PREFETCH_AHEAD                                        \
  size_t ahead = i + ROWS_AHEAD < count ? i + ROWS_AHEAD : i; \
  __builtin_prefetch(column + (entries[ahead] >> 32) * stride)

#define PARTITION(GOES_LEFT)          \
  uint64_t *l = left, *r = right_end; \
  if (is_near) {        \
    DIVIDE((void)0, GOES_LEFT)        \
  } else {                            \
    DIVIDE(PREFETCH_AHEAD, GOES_LEFT) \
  }                                   \
  return (size_t)(l - left);

size_t mlk_partition_interval(const uint8_t *column, size_t stride, int is_near, uint8_t low,
                              uint8_t width, const uint64_t *entries, size_t count,
                              uint64_t *left, uint64_t *right_end) {
  PARTITION((uint8_t)(bin - low) <= width)
}

size_t mlk_partition_set(const uint8_t *column, size_t stride, int is_near,
                         const uint64_t mask[4], const uint64_t *entries, size_t count,
                         uint64_t *left, uint64_t *right_end) {
  PARTITION((mask[bin >> 6] >> (bin & 63)) & 1)
}

#define GATHER(COPY)                                                         \
  for (size_t i = 0; i < count; i++) {                                       \
    if (i + ROWS_AHEAD < count)                                              \
      __builtin_prefetch(bins + (entries[i + ROWS_AHEAD] >> 32) * stride);   \
    uint32_t row = (uint32_t)(entries[i] >> 32);                             \
    const uint8_t *from = bins + row * stride;                               \
    uint8_t *to = packed + (first + i) * stride;                             \
    COPY;                                                                    \
    rows[first + i] = row;                                                   \
    entries[i] = (uint64_t)(first + (uint32_t)i) << 32 | (uint32_t)entries[i]; \
  }

void mlk_gather_rows(const uint8_t *bins, size_t stride, uint64_t *entries, size_t count,
                     uint32_t first, uint8_t *packed, uint32_t *rows) {
  // Copies of a known length need no call.
  if (stride == 32) {
    GATHER(memcpy(to, from, 32))
  } else if (stride == 16) {
    GATHER(memcpy(to, from, 16))
  } else {
    GATHER(for (size_t k = 0; k < stride; k += 8) memcpy(to + k, from + k, 8))
  }
}
