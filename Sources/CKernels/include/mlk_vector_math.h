// Elementwise functions and sums over arrays of doubles, with the same bits on every processor.
#ifndef MLK_VECTOR_MATH_H
#define MLK_VECTOR_MATH_H

#include <stddef.h>

// result[i] = e^values[i]. Error below 1 ulp, also where the result is subnormal; NaN stays NaN.
// `result` may be `values`.
void mlk_exp(const double *values, double *result, size_t count);

// result[i] = natural logarithm of values[i]. Error below 1 ulp. Zero gives -infinity, a negative
// number NaN. `result` may be `values`.
void mlk_log(const double *values, double *result, size_t count);

// result[i] = 1 / (1 + e^-values[i]), without overflow or loss in the tails. Error below 3 ulp
// where the result is normal. `result` may be `values`.
void mlk_sigmoid(const double *values, double *result, size_t count);

// The sum of the values, and of the products, in an order that depends on `count` only: blocks of
// 4,096 elements one after the other, 16 lanes inside a block.
double mlk_sum(const double *values, size_t count);
double mlk_dot(const double *left, const double *right, size_t count);

#endif
