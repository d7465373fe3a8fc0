// Selection by a threshold: once the heap is full, nearly every score is below the worst kept one,
// so that blocks of scores are compared with it at once and rarely looked at singly.
#include "mlk_top_k.h"

#include <math.h>

#include "multiversion.h"

enum { block_size = 64 };

// Whether `a` ranks behind `b`.
static inline int is_behind(mlk_scored a, mlk_scored b) {
  return a.score < b.score || (a.score == b.score && a.item > b.item);
}

// Moves heap[0] down until no child ranks behind its parent.
static inline void sift_down(mlk_scored *heap, size_t size) {
  mlk_scored moving = heap[0];
  size_t parent = 0;
  for (;;) {
    size_t child = 2 * parent + 1;
    if (child >= size) break;
    if (child + 1 < size && is_behind(heap[child + 1], heap[child])) child++;
    if (!is_behind(heap[child], moving)) break;
    heap[parent] = heap[child];
    parent = child;
  }
  heap[parent] = moving;
}

static inline void sift_up(mlk_scored *heap, size_t place) {
  mlk_scored moving = heap[place];
  while (place > 0) {
    size_t parent = (place - 1) / 2;
    if (!is_behind(moving, heap[parent])) break;
    heap[place] = heap[parent];
    place = parent;
  }
  heap[place] = moving;
}

MLK_MULTIVERSION
size_t mlk_top_k_add(const float *scores, size_t count, int32_t first, mlk_scored *heap,
                     size_t size, size_t limit) {
  if (limit == 0) return 0;
  float threshold = size == limit ? heap[0].score : -INFINITY;
  for (size_t start = 0; start < count; start += block_size) {
    size_t end = count - start < block_size ? count : start + block_size;
    if (end - start == block_size) {
      int32_t above = 0;
      for (int i = 0; i < block_size; i++) above |= scores[start + i] > threshold;
      if (!above) continue;
    }
    for (size_t i = start; i < end; i++) {
      if (!(scores[i] > threshold)) continue;
      mlk_scored scored = {scores[i], first + (int32_t)i};
      if (size < limit) {
        heap[size] = scored;
        sift_up(heap, size++);
      } else {
        heap[0] = scored;
        sift_down(heap, size);
      }
      if (size == limit) threshold = heap[0].score;
    }
  }
  return size;
}
