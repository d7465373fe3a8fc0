// Normal distributions over arrays of doubles, with the same bits on every processor.
#ifndef MLK_NORMAL_H
#define MLK_NORMAL_H

#include <stddef.h>

// result[i] = the logarithm of the standard normal distribution's mass from lows[i] up to
// lows[i] + widths[i], also far out in a tail. Error below 1e-12, relative where the result is beyond
// -1. All are finite and no width is below 0; a width of 0 gives -infinity. `result` may be one of
// the two.
void mlk_log_normal_masses(const double *lows, const double *widths, double *result, size_t count);

// sums[i] -= z^2 / 2, where z is the distance of means[i] from the interval from low to high (0
// inside), times scales[i].
void mlk_add_normal_exponents(const double *means, const double *scales, size_t count, double low,
                              double high, double *sums);

#endif
