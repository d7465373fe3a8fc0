// Values to bins.
#ifndef MLK_BINNING_H
#define MLK_BINNING_H

#include <stddef.h>
#include <stdint.h>

// bins[i * bin_stride] = 1 + the number of cuts below values[i], or 0 where it is NaN.
// cuts: 255 ascending numbers, of which the unused last ones are +infinity.
void mlk_bin_values(const double *values, size_t count, const double *cuts, uint8_t *bins,
                    size_t bin_stride);

#endif
