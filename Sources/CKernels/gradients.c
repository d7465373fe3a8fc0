// Loops over blocks of rows that stay in the nearest cache; written so that the compiler turns
// them into vectors.
#include "mlk_gradients.h"

#include <string.h>

#include "multiversion.h"

// exp(x) for |x| <= 87 by 2^k * exp(r) with |r| <= ln(2)/2 and a polynomial of degree 6 (Taylor
// coefficients; relative error below 3e-7, which is less than the quantisation that follows).
static inline float fast_exp(float x) {
  x = x > 87.0f ? 87.0f : x;
  x = x < -87.0f ? -87.0f : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  float shifted = x * 1.44269504f + magic;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  float k = shifted - magic;
  float r = x - k * 0.693145752f;  // ln(2) in two parts, so that the remainder is exact
  r = r - k * 1.42860677e-6f;
  float p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  int32_t exponent = (int32_t)((uint32_t)(bits - 0x4B400000 + 127) << 23);
  float power;
  memcpy(&power, &exponent, sizeof power);
  return p * power;
}

MLK_MULTIVERSION
void mlk_logistic_gradients(const float *restrict scores, const float *restrict labels,
                            size_t count, float *restrict gradients, float *restrict hessians) {
  for (size_t i = 0; i < count; i++) {
    float p = 1.0f / (1.0f + fast_exp(-scores[i]));
    gradients[i] = p - labels[i];
    hessians[i] = p * (1.0f - p);
  }
}

// A 32-bit mixing function (Wellons' "lowbias32" constants).
static inline uint32_t mixed(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

static inline uint64_t packed(uint32_t row, uint32_t key, float gradient, float hessian) {
  uint32_t random = mixed(row ^ key);
  float g = gradient + (float)(int32_t)(random & 0xFFFF) * 0x1p-16f;
  float h = hessian + (float)(int32_t)(random >> 16) * 0x1p-16f;
  int32_t truncated = (int32_t)g;
  int32_t rounded_down = truncated - (g < (float)truncated);
  return (uint64_t)row << 32 | (uint32_t)rounded_down << 16 | (uint32_t)(int32_t)h;
}

MLK_MULTIVERSION
void mlk_quantise(const float *restrict gradients, const float *restrict hessians, size_t count,
                  const int32_t *restrict rows, uint32_t first_row, uint32_t key,
                  float gradient_scale, float hessian_scale, uint64_t *restrict entries) {
  if (rows) {
    for (size_t i = 0; i < count; i++)
      entries[i] = packed((uint32_t)rows[i], key, gradients[i] * gradient_scale,
                          hessians[i] * hessian_scale);
  } else {
    for (size_t i = 0; i < count; i++)
      entries[i] = packed(first_row + (uint32_t)i, key, gradients[i] * gradient_scale,
                          hessians[i] * hessian_scale);
  }
}
