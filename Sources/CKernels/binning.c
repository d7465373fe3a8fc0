// Binning by a grid over the cuts. Where cuts crowd in a few cells, a search of fixed length
// without branches takes its place, several values at a time so that their waits overlap. A
// comparison is turned into a number by a shift, as compilers make a branch of a conditional
// expression, and half of these branches would be guessed wrong.
#include "mlk_binning.h"

#include <math.h>
#include <string.h>

#include "multiversion.h"

// Steps up to which the grid is faster than a search among all cuts, and the steps of that.
enum { GRID_STEPS = 2, ALL_STEPS = 8, BATCH = 256 };

MLK_ELEMENT int32_t cell_of(double value, double low, double scale, double last) {
  double cell = (value - low) * scale;
  cell = cell > 0 ? cell : 0;  // also where it is NaN
  return (int32_t)(cell < last ? cell : last);
}

MLK_ELEMENT uint8_t bin_of(double value, uint32_t below, const double *cuts, int32_t steps) {
  // Each step decides one bit of the number of cuts below the value.
  for (int32_t bit = steps - 1; bit >= 0; bit--)
    below += (uint32_t)(cuts[below + (1u << bit) - 1] < value) << bit;
  return value == value ? (uint8_t)(below + 1) : 0;
}

// The steps that the fullest cell needs.
static int32_t steps_of(const double *cuts, size_t count, mlk_cut_grid grid) {
  size_t most = 0, own = 0;
  int32_t at = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t cell = cell_of(cuts[i], grid.low, grid.scale, grid.last);
    own = cell == at ? own + 1 : 1;
    at = cell;
    if (own > most) most = own;
  }
  int32_t steps = 0;
  while ((1u << steps) <= most) steps++;
  return steps;
}

mlk_cut_grid mlk_cut_grid_of(const double *cuts, size_t count, uint8_t *before) {
  mlk_cut_grid best = {0, 1, 0, ALL_STEPS};
  double width = count > 1 ? cuts[count - 1] - cuts[0] : 0;
  for (int cells = 256; cells <= MLK_CUT_CELLS && best.steps > 1; cells *= 4) {
    double scale = cells / width;
    if (!isnormal(width) || !isnormal(scale)) break;
    mlk_cut_grid grid = {cuts[0], scale, cells - 1, 0};
    grid.steps = steps_of(cuts, count, grid);
    if (grid.steps <= GRID_STEPS && grid.steps < best.steps) best = grid;
  }
  memset(before, 0, MLK_CUT_CELLS);
  if (best.steps == ALL_STEPS) return best;
  size_t below = 0;
  for (int32_t cell = 0; cell <= (int32_t)best.last; cell++) {
    before[cell] = (uint8_t)below;
    while (below < count && cell_of(cuts[below], best.low, best.scale, best.last) == cell) below++;
  }
  return best;
}

MLK_ELEMENT void look_up(const double *values, const int32_t *cells, size_t count,
                         const uint8_t *before, const double *cuts, int32_t steps,
                         uint8_t *bins) {
  for (size_t i = 0; i < count; i++) bins[i] = bin_of(values[i], before[cells[i]], cuts, steps);
}

static void search(const double *values, size_t count, const double *cuts, uint8_t *bins) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint32_t below[8] = {0};
    for (int bit = ALL_STEPS - 1; bit >= 0; bit--)
      for (int k = 0; k < 8; k++)
        below[k] += (uint32_t)(cuts[below[k] + (1u << bit) - 1] < values[i + k]) << bit;
    for (int k = 0; k < 8; k++)
      bins[i + k] = values[i + k] == values[i + k] ? (uint8_t)(below[k] + 1) : 0;
  }
  for (; i < count; i++) bins[i] = bin_of(values[i], 0, cuts, ALL_STEPS);
}

MLK_MULTIVERSION
static void by_grid(const double *values, size_t count, mlk_cut_grid grid, const uint8_t *before,
                    const double *cuts, uint8_t *bins) {
  int32_t cells[BATCH];
  for (size_t start = 0; start < count; start += BATCH) {
    const double *own = values + start;
    size_t some = count - start < BATCH ? count - start : BATCH;
    for (size_t i = 0; i < some; i++)
      cells[i] = cell_of(own[i], grid.low, grid.scale, grid.last);
    if (grid.steps == 1)
      look_up(own, cells, some, before, cuts, 1, bins + start);
    else
      look_up(own, cells, some, before, cuts, GRID_STEPS, bins + start);
  }
}

void mlk_bin_values(const double *values, size_t count, mlk_cut_grid grid, const uint8_t *before,
                    const double *cuts, uint8_t *bins) {
  if (grid.steps == ALL_STEPS)
    search(values, count, cuts, bins);
  else
    by_grid(values, count, grid, before, cuts, bins);
}

uint8_t mlk_bin_value(double value, const mlk_cut_grid *grid, const uint8_t *before,
                      const double *cuts) {
  uint32_t below = before[cell_of(value, grid->low, grid->scale, grid->last)];
  return bin_of(value, below, cuts, grid->steps);
}
