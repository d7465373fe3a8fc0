// Partitioning without a branch that depends on the data: each entry is stored on both sides and
// only one side's position moves.
#include "mlk_partition.h"

enum { ROWS_AHEAD = 24 };

#define PARTITION(GOES_LEFT)                                                 \
  uint64_t *l = left, *r = right_end;                                        \
  for (size_t i = 0; i < count; i++) {                                       \
    if (i + ROWS_AHEAD < count)                                              \
      __builtin_prefetch(column + (entries[i + ROWS_AHEAD] >> 32) * stride); \
    uint64_t entry = entries[i];                                             \
    uint8_t bin = column[(entry >> 32) * stride];                            \
    size_t goes_left = (GOES_LEFT);                                          \
    *l = entry;                                                              \
    r[-1] = entry;                                                           \
    l += goes_left;                                                          \
    r -= 1 - goes_left;                                                      \
  }                                                                          \
  return (size_t)(l - left);

size_t mlk_partition_interval(const uint8_t *column, size_t stride, uint8_t low, uint8_t width,
                              const uint64_t *entries, size_t count, uint64_t *left,
                              uint64_t *right_end) {
  PARTITION((uint8_t)(bin - low) <= width)
}

size_t mlk_partition_set(const uint8_t *column, size_t stride, const uint64_t mask[4],
                         const uint64_t *entries, size_t count, uint64_t *left,
                         uint64_t *right_end) {
  PARTITION((mask[bin >> 6] >> (bin & 63)) & 1)
}
