// The k best of many scores.
#ifndef MLK_TOP_K_H
#define MLK_TOP_K_H

#include <stddef.h>
#include <stdint.h>

// An item and its score.
typedef struct {
  float score;
  int32_t item;
} mlk_scored;

// Keeps the best of `limit` items seen so far in `heap`, whose first element is the worst of them
// once it is full; `size` of it are in use. Item `first + i` has the score scores[i]. Items must
// come in ascending order over all calls for one heap: of equal scores the first to come stay.
// Scores of -infinity and NaN are never taken. Returns the new size.
size_t mlk_top_k_add(const float *scores, size_t count, int32_t first, mlk_scored *heap,
                     size_t size, size_t limit);

#endif
