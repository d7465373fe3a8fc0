// Binning by a search of fixed length without branches, several values at a time so that their
// waits overlap.
#include "mlk_binning.h"

static inline uint8_t bin_of(double value, const double *cuts) {
  // Counts the cuts below the value: each step decides one bit of the count.
  uint32_t below = 0;
  for (uint32_t step = 128; step > 0; step >>= 1)
    below += cuts[below + step - 1] < value ? step : 0;
  return value == value ? (uint8_t)(below + 1) : 0;
}

void mlk_bin_values(const double *values, size_t count, const double *cuts, uint8_t *bins,
                    size_t bin_stride) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint32_t below[8] = {0};
    for (uint32_t step = 128; step > 0; step >>= 1)
      for (int k = 0; k < 8; k++)
        below[k] += cuts[below[k] + step - 1] < values[i + k] ? step : 0;
    for (int k = 0; k < 8; k++)
      bins[(i + k) * bin_stride] =
          values[i + k] == values[i + k] ? (uint8_t)(below[k] + 1) : 0;
  }
  for (; i < count; i++) bins[i * bin_stride] = bin_of(values[i], cuts);
}
