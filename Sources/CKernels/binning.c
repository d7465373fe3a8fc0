// Binning by a search of fixed length without branches, several values at a time so that their
// waits overlap. The comparison is turned into a number by a shift, as compilers make a branch of
// a conditional expression, and half of these branches would be guessed wrong.
#include "mlk_binning.h"

static inline uint8_t bin_of(double value, const double *cuts) {
  // Counts the cuts below the value: each step decides one bit of the count.
  uint32_t below = 0;
  for (int bit = 7; bit >= 0; bit--)
    below += (uint32_t)(cuts[below + (1u << bit) - 1] < value) << bit;
  return value == value ? (uint8_t)(below + 1) : 0;
}

void mlk_bin_values(const double *values, size_t count, const double *cuts, uint8_t *bins,
                    size_t bin_stride) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint32_t below[8] = {0};
    for (int bit = 7; bit >= 0; bit--)
      for (int k = 0; k < 8; k++)
        below[k] += (uint32_t)(cuts[below[k] + (1u << bit) - 1] < values[i + k]) << bit;
    for (int k = 0; k < 8; k++)
      bins[(i + k) * bin_stride] =
          values[i + k] == values[i + k] ? (uint8_t)(below[k] + 1) : 0;
  }
  for (; i < count; i++) bins[i * bin_stride] = bin_of(values[i], cuts);
}
