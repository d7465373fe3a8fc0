// Rows of embedding tables: sums of rows, unit length and its gradient, and the optimisers.
#ifndef MLK_EMBEDDING_H
#define MLK_EMBEDDING_H

#include <stddef.h>
#include <stdint.h>

// into[i] += factor * from[i].
void mlk_axpy(float factor, const float *from, float *into, size_t count);

// result = the sum of the table's rows rows[0], rows[1], ..., added in this order to what `result`
// holds. A row has `width` floats.
void mlk_bag_add(const float *table, const int32_t *rows, size_t count, size_t width,
                 float *result);

// Copies the table's rows rows[0], rows[1], ... of `width` floats side by side, and adds each to
// `sums`, one after the other.
void mlk_gather_and_sum(const float *table, const int32_t *rows, size_t count, size_t width,
                        float *result, float *sums);

// sums[i] += the sum of column i, row after row.
void mlk_column_sums(const float *values, size_t rows, size_t width, float *sums);

// The gradient before a ReLU from the one behind it, in place: zero where the ReLU's result is.
void mlk_relu_gradient(const float *results, size_t count, float *gradients);

// Divides each row of `width` floats by its Euclidean length, which goes to lengths[r]. A row of
// zeros, or one whose squares vanish, becomes zeros and has length 0.
void mlk_unit_rows(float *values, size_t rows, size_t width, float *lengths);

// The gradient before unit length from the one behind it, in place: (g - (g . u) u) / length, and
// zeros where the length is 0. `units` are the rows that mlk_unit_rows made.
void mlk_unit_rows_gradient(const float *units, const float *lengths, size_t rows, size_t width,
                            float *gradients);

// One step of Adam with decoupled weight decay.
// `rate` is the learning rate with both bias corrections (rate * sqrt(1 - b2^t) / (1 - b1^t)),
// `epsilon` the one of the paper times sqrt(1 - b2^t); `decay` is learning rate * weight decay.
typedef struct {
  float rate;
  float beta1;
  float beta2;
  float epsilon;
  float decay;
} mlk_adam_step;
void mlk_adam(float *values, const float *gradients, float *first, float *second, size_t count,
              const mlk_adam_step *step);

// Several steps of Adam without a gradient at once: the mean goes on to push the values while it
// fades. first *= fade1, second *= fade2, values -= push * first / (sqrt(second) + epsilon) with the
// means before they fade, after values *= keep.
void mlk_adam_coast(float *values, float *first, float *second, size_t count, float push,
                    float epsilon, float fade1, float fade2, float keep);

// One step of row-wise Adagrad on one row: *accumulator += mean of squared gradients, then
// values -= rate * gradient / (sqrt(*accumulator) + epsilon), after a decay by `decay`.
void mlk_row_adagrad(float *values, const float *gradients, float *accumulator, size_t width,
                     float rate, float epsilon, float decay);

#endif
