// Exponential, logarithm, sigmoid and sums over arrays, written so that the compiler turns the loops
// into vector code of any width with the same result: see elementary.h, and sums over a fixed number
// of lanes.
#include "mlk_vector_math.h"

#include "elementary.h"

MLK_MULTIVERSION
void mlk_exp(const double *values, double *result, size_t count) {
  for (size_t i = 0; i < count; i++) result[i] = exponential(values[i]);
}

MLK_MULTIVERSION
void mlk_log(const double *values, double *result, size_t count) {
  for (size_t i = 0; i < count; i++) result[i] = logarithm(values[i]);
}

MLK_MULTIVERSION
void mlk_sigmoid(const double *values, double *result, size_t count) {
  for (size_t i = 0; i < count; i++) {
    double x = values[i];
    double e = exponential(x < 0.0 ? x : -x);
    result[i] = (x < 0.0 ? e : 1.0) / (1.0 + e);
  }
}

enum { lane_count = 16, block_size = 4096 };

// Adds neighbours at distance 8, 4, 2, 1: the order of a vector's horizontal sum.
static inline double sum_of_lanes(double *lanes) {
  for (int width = lane_count / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

MLK_MULTIVERSION
double mlk_sum(const double *values, size_t count) {
  double total = 0.0;
  for (size_t start = 0; start < count; start += block_size) {
    size_t end = count - start < block_size ? count : start + block_size;
    double lanes[lane_count] = {0};
    size_t i = start;
    for (; i + lane_count <= end; i += lane_count)
      for (int lane = 0; lane < lane_count; lane++) lanes[lane] += values[i + lane];
    for (int lane = 0; i + lane < end; lane++) lanes[lane] += values[i + lane];
    total += sum_of_lanes(lanes);
  }
  return total;
}

MLK_MULTIVERSION
double mlk_dot(const double *left, const double *right, size_t count) {
  double total = 0.0;
  for (size_t start = 0; start < count; start += block_size) {
    size_t end = count - start < block_size ? count : start + block_size;
    double lanes[lane_count] = {0};
    size_t i = start;
    for (; i + lane_count <= end; i += lane_count)
      for (int lane = 0; lane < lane_count; lane++) lanes[lane] += left[i + lane] * right[i + lane];
    for (int lane = 0; i + lane < end; lane++) lanes[lane] += left[i + lane] * right[i + lane];
    total += sum_of_lanes(lanes);
  }
  return total;
}
