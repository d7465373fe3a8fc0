// From scores to row entries: gradients of the log loss, and their quantisation.
#ifndef MLK_GRADIENTS_H
#define MLK_GRADIENTS_H

#include <stddef.h>
#include <stdint.h>

// Gradient p - y and hessian p (1 - p) of the log loss, where p = 1 / (1 + exp(-score)).
void mlk_logistic_gradients(const float *scores, const float *labels, size_t count,
                            float *gradients, float *hessians);

// Rounds gradient * gradient_scale and hessian * hessian_scale to integers, up or down with a
// probability that keeps the mean (up to the rounding of single precision), and packs them with the
// row (see mlk_histogram.h). The draw is a function of `key` and the row alone. Row `i` of the block is `rows[i]`, or
// `first_row + i` where rows is NULL. Scaled gradients must be within +-32767, hessians within
// 0 ... 32767.
void mlk_quantise(const float *gradients, const float *hessians, size_t count,
                  const int32_t *rows, uint32_t first_row, uint32_t key,
                  float gradient_scale, float hessian_scale, uint64_t *entries);

#endif
