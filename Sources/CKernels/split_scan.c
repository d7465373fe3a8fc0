// Split search: a scalar prefix sum (one addition a bin), then gains in vectors, then the largest
// by comparing bit patterns, which order as the non-negative floats they are.
#include "mlk_split_scan.h"

#include <string.h>

#include "multiversion.h"

static inline float shrunk(float gradient, float lambda_l1) {
  float size = (gradient < 0 ? -gradient : gradient) - lambda_l1;
  return size > 0 ? size : 0;
}

// Fills gains[0 ..< count] for the left sums; gains are the bits of floats, -1 where not allowed.
MLK_MULTIVERSION
static void fill_gains(const int32_t *restrict left_g, const int32_t *restrict left_h,
                       int32_t count, const mlk_scan_node *node, int32_t *restrict gains) {
  const int32_t total_g = (int32_t)(node->total >> 32);
  const int32_t total_h = (int32_t)(node->total & 0xFFFFFFFF);
  const float l1 = node->lambda_l1, l2 = node->lambda_l2;
  const int32_t least = node->least_hessian;
  for (int32_t i = 0; i < count; i++) {
    int32_t right_h = total_h - left_h[i];
    float gl = shrunk((float)left_g[i], l1);
    float gr = shrunk((float)(total_g - left_g[i]), l1);
    float hl = (float)left_h[i] + l2;
    float hr = (float)right_h + l2;
    float gain = gl * gl / hl + gr * gr / hr;
    int32_t bits;
    memcpy(&bits, &gain, sizeof bits);
    int allowed = (left_h[i] >= least) & (right_h >= least);
    gains[i] = allowed ? bits : -1;
  }
}

MLK_MULTIVERSION
static int32_t largest(const int32_t *gains, int32_t count) {
  int32_t best = -1;
  for (int32_t i = 0; i < count; i++) best = gains[i] > best ? gains[i] : best;
  return best;
}

static int32_t first_index(const int32_t *gains, int32_t value) {
  int32_t i = 0;
  while (gains[i] != value) i++;
  return i;
}

mlk_scan_split mlk_split_scan(const int64_t *cells, int32_t bins, const mlk_scan_node *node) {
  int32_t left_g[256], left_h[256], gains[256];
  const int32_t count = bins - 1;
  mlk_scan_split split = {-1, 0, 0};
  int32_t best = -1;
  const int passes = cells[0] == 0 ? 1 : 2;
  for (int pass = 0; pass < passes; pass++) {
    int64_t sum = pass == 0 ? 0 : cells[0];
    for (int32_t i = 0; i < count; i++) {
      sum += cells[i + 1];
      left_g[i] = (int32_t)(sum >> 32);
      left_h[i] = (int32_t)(sum & 0xFFFFFFFF);
    }
    fill_gains(left_g, left_h, count, node, gains);
    int32_t found = largest(gains, count);
    if (found > best) {
      best = found;
      split.threshold = first_index(gains, found) + 1;
      split.missing_left = pass;
      memcpy(&split.gain, &found, sizeof found);
    }
  }
  return split;
}
