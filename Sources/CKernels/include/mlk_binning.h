// Values to bins.
#ifndef MLK_BINNING_H
#define MLK_BINNING_H

#include <stddef.h>
#include <stdint.h>

// Where a value finds the cuts near it. The line of numbers is divided into cells of one width, the
// first and the last of them without end, and `before` says how many cuts lie in cells before each.
// The cuts of the value's own cell are searched in `steps` steps, enough for any cell.
//
// The count is exact whatever is rounded. A cell's number is a chain of operations of which each
// never falls where the value rises: a difference, a product with a number above 0, two bounds and
// the cutting off of a fraction. So cuts of cells before are below the value and cuts of cells
// behind are above it; infinities, zeros of either sign, subnormal numbers and cuts
// that share a cell are no exceptions. A value that is no number gets cell 0 and then bin 0.
typedef struct {
  double low;
  double scale;
  double last;  // the number of the last cell
  int32_t steps;
} mlk_cut_grid;

enum { MLK_CUT_CELLS = 4096, MLK_PADDED_CUTS = 256 };

// Chooses a grid for ascending cuts, at most 254, and fills `before`, of MLK_CUT_CELLS bytes.
mlk_cut_grid mlk_cut_grid_of(const double *cuts, size_t count, uint8_t *before);

// bins[i] = 1 + the number of cuts below values[i], or 0 where it is NaN.
// cuts: MLK_PADDED_CUTS ascending numbers, of which the unused last ones are +infinity.
void mlk_bin_values(const double *values, size_t count, mlk_cut_grid grid, const uint8_t *before,
                    const double *cuts, uint8_t *bins);

// The same for one value.
uint8_t mlk_bin_value(double value, const mlk_cut_grid *grid, const uint8_t *before,
                      const double *cuts);

#endif
