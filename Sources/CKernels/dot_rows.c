// Four rows at a time, so that their sums over lanes are added up together, and memory is the limit.
// Every row goes through the same additions in the same order.
#include "mlk_dot_rows.h"

#include <string.h>

#include "multiversion.h"

enum { lane_count = 8, group = 4, cache_line = 64, ahead = 8192 };

typedef float lanes4 __attribute__((vector_size(16)));
typedef float lanes8 __attribute__((vector_size(32)));
// Rows start anywhere.
typedef float loose_lanes8 __attribute__((vector_size(32), aligned(4), may_alias));

#define LOAD(address) (*(const loose_lanes8 *)(address))
#define SHUFFLE __builtin_shufflevector

MLK_MULTIVERSION
void mlk_dot_rows(const float *rows, size_t count, size_t width, const float *vector,
                  float *products) {
  for (size_t r = 0; r < count; r += group) {
    size_t some = count - r < group ? count - r : group;
    // A last group that is short reads its first row again.
    const float *row0 = rows + r * width;
    const float *row1 = some > 1 ? row0 + width : row0;
    const float *row2 = some > 2 ? row0 + 2 * width : row0;
    const float *row3 = some > 3 ? row0 + 3 * width : row0;
    // The processor's own prefetching ends with each page. What lies behind the rows is not read.
    for (size_t line = 0; line < group * width * sizeof(float); line += cache_line)
      __builtin_prefetch((const char *)row0 + ahead + line);
    lanes8 sums0 = {0}, sums1 = {0}, sums2 = {0}, sums3 = {0};
    size_t i = 0;
    for (; i + lane_count <= width; i += lane_count) {
      lanes8 part = LOAD(vector + i);
      sums0 += LOAD(row0 + i) * part;
      sums1 += LOAD(row1 + i) * part;
      sums2 += LOAD(row2 + i) * part;
      sums3 += LOAD(row3 + i) * part;
    }
    // Neighbours are added, then pairs of neighbours, then the halves.
    lanes8 left = SHUFFLE(sums0, sums1, 0, 8, 1, 9, 4, 12, 5, 13) +
                  SHUFFLE(sums0, sums1, 2, 10, 3, 11, 6, 14, 7, 15);
    lanes8 right = SHUFFLE(sums2, sums3, 0, 8, 1, 9, 4, 12, 5, 13) +
                   SHUFFLE(sums2, sums3, 2, 10, 3, 11, 6, 14, 7, 15);
    lanes8 both = SHUFFLE(left, right, 0, 1, 8, 9, 4, 5, 12, 13) +
                  SHUFFLE(left, right, 2, 3, 10, 11, 6, 7, 14, 15);
    lanes4 sums = SHUFFLE(both, both, 0, 1, 2, 3) + SHUFFLE(both, both, 4, 5, 6, 7);
    for (; i < width; i++) {
      lanes4 cells = {row0[i], row1[i], row2[i], row3[i]};
      sums += cells * vector[i];
    }
    memcpy(products + r, &sums, some * sizeof(float));
  }
}
