// A tile of rows stays in registers while all steps of a tree pass over it: four vector operations
// for 64 rows and a step where comparisons give masks.
#include "mlk_leaf_steps.h"

#include <string.h>

#include "multiversion.h"

enum { LANES = MLK_STEP_ROWS, TILE = 512, VECTORS = TILE / LANES, TREES = 4 };

typedef int8_t lanes __attribute__((ext_vector_type(LANES)));

// Moves rows that stand `at` some leftmost leaves by a step; `count` of their bins are read. Signed
// comparisons are cheaper than unsigned ones, and bytes moved by 128 have the same order.
MLK_ELEMENT void move_rows(lanes *at, const uint8_t *bins, size_t count, mlk_leaf_step step) {
  lanes from_low = 0;
  memcpy(&from_low, bins, count);
  from_low -= (int8_t)(step.low ^ 128);
  lanes goes_right = (lanes)(from_low > (int8_t)(step.width ^ 128));
  lanes is_here = (lanes)(*at == (int8_t)step.leaf);
  *at = goes_right & is_here ? (lanes)(int8_t)step.right : *at;
}

// The leaves of `rows` rows, not more than TILE.
MLK_ELEMENT void divide(const mlk_leaf_step *steps, size_t step_count, const uint8_t *columns,
                        size_t column_bytes, size_t rows, lanes leaves[VECTORS]) {
  lanes at[VECTORS];
  for (int i = 0; i < VECTORS; i++) at[i] = 0;
  if (rows == TILE) {
    for (size_t s = 0; s < step_count; s++) {
      const uint8_t *column = columns + steps[s].feature * column_bytes;
      for (int i = 0; i < VECTORS; i++) move_rows(&at[i], column + i * LANES, LANES, steps[s]);
    }
    memcpy(leaves, at, sizeof at);
    return;
  }
  size_t whole = rows / LANES, rest = rows % LANES;
  for (size_t i = 0; i < whole; i++) leaves[i] = 0;
  lanes last = 0;
  for (size_t s = 0; s < step_count; s++) {
    const uint8_t *column = columns + steps[s].feature * column_bytes;
    for (size_t i = 0; i < whole; i++) move_rows(&leaves[i], column + i * LANES, LANES, steps[s]);
    if (rest > 0) move_rows(&last, column + whole * LANES, rest, steps[s]);
  }
  if (rest > 0) leaves[whole] = last;
}

MLK_MULTIVERSION
void mlk_step_leaves(const mlk_leaf_step *steps, size_t step_count, const uint16_t *names,
                     const uint8_t *columns, size_t column_bytes, size_t first, size_t count,
                     uint16_t *leaves) {
  lanes at[VECTORS];
  const uint8_t *found = (const uint8_t *)at;
  for (size_t start = 0; start < count; start += TILE) {
    size_t rows = count - start < TILE ? count - start : TILE;
    divide(steps, step_count, columns + first + start, column_bytes, rows, at);
    for (size_t i = 0; i < rows; i++) leaves[start + i] = names[found[i]];
  }
}

MLK_MULTIVERSION
void mlk_step_add(const mlk_leaf_step *steps, const uint32_t *step_starts, const double *values,
                  const uint32_t *value_starts, size_t trees, const uint8_t *columns,
                  size_t column_bytes, size_t count, double *scores) {
  lanes at[TREES][VECTORS];
  const uint8_t *found = (const uint8_t *)at;
  for (size_t start = 0; start < count; start += TILE) {
    size_t rows = count - start < TILE ? count - start : TILE;
    size_t read = (rows + LANES - 1) / LANES * LANES;
    double *sums = scores + start;
    for (size_t t = 0; t < trees; t += TREES) {
      size_t some = trees - t < TREES ? trees - t : TREES;
      const double *own[TREES] = {0};
      for (size_t k = 0; k < some; k++) {
        const mlk_leaf_step *first = steps + step_starts[t + k];
        divide(first, step_starts[t + k + 1] - step_starts[t + k], columns + start, column_bytes,
               read, at[k]);
        own[k] = values + value_starts[t + k];
      }
      if (some < TREES) {
        for (size_t k = 0; k < some; k++)
          for (size_t i = 0; i < rows; i++) sums[i] += own[k][found[k * TILE + i]];
        continue;
      }
      for (size_t i = 0; i < rows; i++) {
        double sum = sums[i];
        for (size_t k = 0; k < TREES; k++) sum += own[k][found[k * TILE + i]];
        sums[i] = sum;
      }
    }
  }
}
