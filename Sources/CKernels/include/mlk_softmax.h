// Exponentials in single precision, and the softmax of rows of scores.
#ifndef MLK_SOFTMAX_H
#define MLK_SOFTMAX_H

#include <stddef.h>

// result[i] = e^values[i], with a relative error below 3e-7; 0 below -87, e^88 above 88. NaN stays
// NaN. `result` may be `values`.
void mlk_exp_float(const float *values, float *result, size_t count);

// For each of `rows` rows of `columns` scores, `stride` floats apart, with z[i] = scale * score[i] +
// offsets[i] (offsets may be NULL): largest[r] = the largest z, every score becomes
// e^(z - largest[r]), and sums[r] is their sum, over 32 lanes that are then added by halves.
// columns > 0.
void mlk_softmax_rows(float *scores, size_t rows, size_t columns, size_t stride, float scale,
                      const float *offsets, float *largest, float *sums);

#endif
