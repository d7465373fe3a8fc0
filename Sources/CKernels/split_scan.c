// Split search, eight thresholds at a time: prefix sums of gradients and hessians by shifted
// additions, gains in single precision, and the largest gain of each lane by comparing bit
// patterns, which order as the non-negative floats they are.
#include "mlk_split_scan.h"

#include <string.h>

#include "multiversion.h"

enum { LANES = 8 };
typedef int32_t integers __attribute__((ext_vector_type(LANES)));
typedef float floats __attribute__((ext_vector_type(LANES)));

// The best threshold of each lane and the sums to the left of it.
typedef struct {
  integers gain;  // bits of a float, -1 while none is allowed
  integers threshold;
  integers left_g, left_h;
} lane_bests;

// Vectors go in and out by pointer: their calling convention depends on the instruction set.
#define INLINED static inline __attribute__((always_inline))

// x[k] = x[0] + ... + x[k] + carry, and carry = the last of them in all lanes.
INLINED void add_up(integers *x, integers *carry) {
  const integers zero = 0;
  integers sums = *x;
  sums += __builtin_shufflevector(sums, zero, 8, 0, 1, 2, 3, 4, 5, 6);
  sums += __builtin_shufflevector(sums, zero, 8, 8, 0, 1, 2, 3, 4, 5);
  sums += __builtin_shufflevector(sums, zero, 8, 8, 8, 8, 0, 1, 2, 3);
  *x = sums + *carry;
  *carry += __builtin_shufflevector(sums, sums, 7, 7, 7, 7, 7, 7, 7, 7);
}

// The squared gradient sum less lambda_l1, and the hessian sum plus lambda_l2.
INLINED void regularise(floats *square, floats *hessian, const integers *gradients,
                        const integers *hessians, const mlk_scan_node *node) {
  floats size = __builtin_elementwise_abs(__builtin_convertvector(*gradients, floats));
  size = __builtin_elementwise_max(size - node->lambda_l1, (floats)0.0f);
  *square = size * size;
  *hessian = __builtin_convertvector(*hessians, floats) + node->lambda_l2;
}

// Considers the thresholds of one vector, of which `inside` ones exist.
INLINED void improve(lane_bests *best, const integers *left_g, const integers *left_h,
                     const integers *threshold, const integers *inside,
                     const mlk_scan_node *node) {
  const integers right_g = (int32_t)(node->total >> 32) - *left_g;
  const integers right_h = (int32_t)(node->total & 0xFFFFFFFF) - *left_h;
  floats left, left_hessian, right, right_hessian;
  regularise(&left, &left_hessian, left_g, left_h, node);
  regularise(&right, &right_hessian, &right_g, &right_h, node);
  // On one denominator, as divisions are what a scan waits for.
  const floats gain =
      (left * right_hessian + right * left_hessian) / (left_hessian * right_hessian);
  integers bits;
  memcpy(&bits, &gain, sizeof bits);
  integers is_better = (*left_h >= node->least_hessian) & (right_h >= node->least_hessian) &
                       *inside & (bits > best->gain);
  best->gain = is_better ? bits : best->gain;
  best->threshold = is_better ? *threshold : best->threshold;
  best->left_g = is_better ? *left_g : best->left_g;
  best->left_h = is_better ? *left_h : best->left_h;
}

// Makes the best lane the split if it beats `gain`.
INLINED void take(mlk_scan_split *split, int32_t *gain, const lane_bests *best,
                  int32_t missing_left) {
  int lane = -1;
  for (int k = 0; k < LANES; k++) {
    if (best->gain[k] > *gain ||
        (lane >= 0 && best->gain[k] == *gain && best->threshold[k] < best->threshold[lane])) {
      *gain = best->gain[k];
      lane = k;
    }
  }
  if (lane < 0) return;
  memcpy(&split->gain, gain, sizeof split->gain);
  split->threshold = best->threshold[lane];
  split->missing_left = missing_left;
  split->left = (int64_t)((uint64_t)(int64_t)best->left_g[lane] << 32) + best->left_h[lane];
}

MLK_MULTIVERSION
mlk_scan_split mlk_split_scan(const int64_t *cells, int32_t bins, const mlk_scan_node *node) {
  const integers lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  const int32_t total_h = (int32_t)(node->total & 0xFFFFFFFF);
  const int32_t missing_g = (int32_t)(cells[0] >> 32);
  const int32_t missing_h = (int32_t)(cells[0] & 0xFFFFFFFF);
  lane_bests right = {-1, 0, 0, 0}, left = {-1, 0, 0, 0};
  integers carry_g = 0, carry_h = 0;
  for (int32_t bin = 1; bin < bins; bin += LANES) {
    integers first, second;
    memcpy(&first, cells + bin, sizeof first);
    memcpy(&second, cells + bin + LANES / 2, sizeof second);
    integers h = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14);
    integers g = __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15);
    // Behind the last bin there may be anything, which must not enter the sums.
    const integers threshold = lanes + bin;
    const integers inside = threshold < bins;
    g &= inside;
    h &= inside;
    add_up(&g, &carry_g);
    add_up(&h, &carry_h);
    // Left children only grow: before they are large enough, and once right ones are too small,
    // there is nothing to compute.
    if (carry_h[0] + missing_h < node->least_hessian) continue;
    if (total_h - h[0] < node->least_hessian) break;
    improve(&right, &g, &h, &threshold, &inside, node);
    if (cells[0] != 0) {
      g += missing_g;
      h += missing_h;
      improve(&left, &g, &h, &threshold, &inside, node);
    }
  }
  mlk_scan_split split = {-1, 0, 0, 0};
  int32_t gain = -1;
  take(&split, &gain, &right, 0);
  take(&split, &gain, &left, 1);
  return split;
}
