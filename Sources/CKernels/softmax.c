// The exponentials are the larger part of a softmax that is not matrix multiplication, so they are
// written for the compiler to turn into vectors: no branches, no calls, sums in fixed lanes.
#include "mlk_softmax.h"

#include <stdint.h>
#include <string.h>

#include "multiversion.h"

// e^x = 2^k e^r with |r| <= ln(2)/2, by the Taylor series to degree 7 (it leaves 5e-9).
static inline float exponential(float value) {
  // The comparisons are false for NaN, which stays.
  float x = value > 88.0f ? 88.0f : value;
  int vanishes = x < -87.0f;
  x = vanishes ? -87.0f : x;
  const float rounding = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  float shifted = x * 1.44269504f + rounding;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  float k = shifted - rounding;
  float r = x - k * 0.693145752f;  // ln(2) in two parts: the first has trailing zeros
  r = r - k * 1.42860677e-6f;
  float p = 1.98412698e-4f;
  p = p * r + 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  uint32_t exponent = (bits - 0x4B400000u + 127u) << 23;
  float power;
  memcpy(&power, &exponent, sizeof power);
  return vanishes ? 0.0f : p * power;
}

MLK_MULTIVERSION
void mlk_exp_float(const float *values, float *result, size_t count) {
  for (size_t i = 0; i < count; i++) result[i] = exponential(values[i]);
}

enum { lane_count = 32 };

// Adds neighbours at distance 16, 8, 4, 2, 1.
static inline float sum_of_lanes(float *lanes) {
  for (int width = lane_count / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

MLK_MULTIVERSION
void mlk_softmax_rows(float *scores, size_t rows, size_t columns, size_t stride, float scale,
                      const float *offsets, float *largest, float *sums) {
  for (size_t r = 0; r < rows; r++) {
    float *row = scores + r * stride;
    if (offsets)
      for (size_t i = 0; i < columns; i++) row[i] = scale * row[i] + offsets[i];
    else
      for (size_t i = 0; i < columns; i++) row[i] = scale * row[i];
    float tops[lane_count];
    for (int lane = 0; lane < lane_count; lane++) tops[lane] = row[0];
    size_t i = 0;
    for (; i + lane_count <= columns; i += lane_count)
      for (int lane = 0; lane < lane_count; lane++)
        tops[lane] = row[i + lane] > tops[lane] ? row[i + lane] : tops[lane];
    for (size_t lane = 0; i + lane < columns; lane++)
      tops[lane] = row[i + lane] > tops[lane] ? row[i + lane] : tops[lane];
    float top = tops[0];
    for (int lane = 1; lane < lane_count; lane++) top = tops[lane] > top ? tops[lane] : top;

    float lanes[lane_count] = {0};
    for (i = 0; i + lane_count <= columns; i += lane_count)
      for (int lane = 0; lane < lane_count; lane++) {
        float power = exponential(row[i + lane] - top);
        row[i + lane] = power;
        lanes[lane] += power;
      }
    for (size_t lane = 0; i + lane < columns; lane++) {
      float power = exponential(row[i + lane] - top);
      row[i + lane] = power;
      lanes[lane] += power;
    }
    largest[r] = top;
    sums[r] = sum_of_lanes(lanes);
  }
}
