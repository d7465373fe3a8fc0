// Loops over embedding rows, which are short: a row stays in registers or in the nearest cache.
// Sums go over a fixed number of lanes, so that every instruction set gives the same bits.
#include "mlk_embedding.h"

#include <math.h>

#include "multiversion.h"

enum { lane_count = 16 };

// The square root of the C library may set errno, and so stands in the way of vectors. The other
// one gives the same bits: both are rounded correctly.
#if defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define SQUARE_ROOT(x) __builtin_elementwise_sqrt(x)
#endif
#endif
#ifndef SQUARE_ROOT
#define SQUARE_ROOT(x) sqrtf(x)
#endif

static inline float dot(const float *left, const float *right, size_t count) {
  float lanes[lane_count] = {0};
  size_t i = 0;
  for (; i + lane_count <= count; i += lane_count)
    for (int lane = 0; lane < lane_count; lane++) lanes[lane] += left[i + lane] * right[i + lane];
  for (int lane = 0; i + lane < count; lane++) lanes[lane] += left[i + lane] * right[i + lane];
  for (int width = lane_count / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

MLK_MULTIVERSION
void mlk_axpy(float factor, const float *restrict from, float *restrict into, size_t count) {
  for (size_t i = 0; i < count; i++) into[i] += factor * from[i];
}

MLK_MULTIVERSION
void mlk_bag_add(const float *restrict table, const int32_t *restrict rows, size_t count,
                 size_t width, float *restrict result) {
  for (size_t r = 0; r < count; r++) {
    const float *row = table + (size_t)rows[r] * width;
    for (size_t i = 0; i < width; i++) result[i] += row[i];
  }
}

MLK_MULTIVERSION
void mlk_gather_and_sum(const float *restrict table, const int32_t *restrict rows, size_t count,
                        size_t width, float *restrict result, float *restrict sums) {
  for (size_t r = 0; r < count; r++) {
    const float *from = table + (size_t)rows[r] * width;
    float *to = result + r * width;
    for (size_t i = 0; i < width; i++) {
      to[i] = from[i];
      sums[i] += from[i];
    }
  }
}

MLK_MULTIVERSION
void mlk_column_sums(const float *restrict values, size_t rows, size_t width,
                     float *restrict sums) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) sums[i] += values[r * width + i];
}

MLK_MULTIVERSION
void mlk_relu_gradient(const float *restrict results, size_t count, float *restrict gradients) {
  for (size_t i = 0; i < count; i++) gradients[i] = results[i] <= 0.0f ? 0.0f : gradients[i];
}

MLK_MULTIVERSION
void mlk_unit_rows(float *values, size_t rows, size_t width, float *lengths) {
  for (size_t r = 0; r < rows; r++) {
    float *row = values + r * width;
    float square = dot(row, row, width);
    // Below the least normal number the quotient would lose its precision.
    float length = square >= 0x1p-126f ? sqrtf(square) : 0.0f;
    float factor = length > 0.0f ? 1.0f / length : 0.0f;
    for (size_t i = 0; i < width; i++) row[i] = row[i] * factor;
    lengths[r] = length;
  }
}

MLK_MULTIVERSION
void mlk_unit_rows_gradient(const float *restrict units, const float *restrict lengths, size_t rows,
                            size_t width, float *restrict gradients) {
  for (size_t r = 0; r < rows; r++) {
    const float *unit = units + r * width;
    float *gradient = gradients + r * width;
    float along = dot(unit, gradient, width);
    float factor = lengths[r] > 0.0f ? 1.0f / lengths[r] : 0.0f;
    for (size_t i = 0; i < width; i++) gradient[i] = (gradient[i] - along * unit[i]) * factor;
  }
}

MLK_MULTIVERSION
void mlk_adam(float *restrict values, const float *restrict gradients, float *restrict first,
              float *restrict second, size_t count, const mlk_adam_step *step) {
  const float rate = step->rate, epsilon = step->epsilon, keep = 1.0f - step->decay;
  const float beta1 = step->beta1, beta2 = step->beta2;
  const float rest1 = 1.0f - beta1, rest2 = 1.0f - beta2;
  for (size_t i = 0; i < count; i++) {
    float gradient = gradients[i];
    float mean = beta1 * first[i] + rest1 * gradient;
    float square = beta2 * second[i] + rest2 * gradient * gradient;
    first[i] = mean;
    second[i] = square;
    values[i] = values[i] * keep - rate * mean / (SQUARE_ROOT(square) + epsilon);
  }
}

MLK_MULTIVERSION
void mlk_adam_coast(float *restrict values, float *restrict first, float *restrict second,
                    size_t count, float push, float epsilon, float fade1, float fade2, float keep) {
  for (size_t i = 0; i < count; i++) {
    values[i] = values[i] * keep - push * first[i] / (SQUARE_ROOT(second[i]) + epsilon);
    first[i] = first[i] * fade1;
    second[i] = second[i] * fade2;
  }
}

MLK_MULTIVERSION
void mlk_row_adagrad(float *restrict values, const float *restrict gradients,
                     float *restrict accumulator, size_t width, float rate, float epsilon,
                     float decay) {
  float total = *accumulator + dot(gradients, gradients, width) / (float)width;
  float factor = rate / (sqrtf(total) + epsilon);
  *accumulator = total;
  for (size_t i = 0; i < width; i++)
    values[i] = values[i] * (1.0f - decay) - factor * gradients[i];
}
