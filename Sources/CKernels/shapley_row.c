// One row alone: the points of the integral lie side by side in the lanes of vectors, with 0 in
// lanes behind them. All sums are those of shapley.c, in the same order.
#include <string.h>

#include "mlk_shapley.h"
#include "multiversion.h"

// Vectors are arguments of inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = MLK_SHAPLEY_LANES };
typedef double reals __attribute__((ext_vector_type(LANES)));
typedef int64_t masks __attribute__((ext_vector_type(LANES)));

// Whether the row goes to the node's first child.
MLK_ELEMENT int goes_first(const mlk_shapley_step *step, const uint64_t (*sets)[4],
                           const uint8_t *bins) {
  uint8_t bin = bins[step->feature];
  int met = (uint8_t)(bin - step->low) <= step->width;
  if (step->set) met = sets[step->set - 1][bin >> 6] >> (bin & 63) & 1;
  return met ^ (step->flip & 1);
}

// The elements of an array for some points. What follows the last point is read too.
MLK_ELEMENT reals load(const double *array, size_t vector) {
  reals elements;
  memcpy(&elements, array + vector * LANES, sizeof elements);
  return elements;
}

// The elements of an array, or one number where a condition above is not met.
MLK_ELEMENT reals load_if(int before, const double *array, size_t vector, double neither) {
  return (masks)(int64_t)-before ? load(array, vector) : (reals)neither;
}

MLK_ELEMENT double sum_of(const reals *vectors, size_t points) {
  double sum = 0;
  for (size_t t = 0; t < points; t++) sum += ((const double *)vectors)[t];
  return sum;
}

#define EACH for (size_t v = 0; v < vectors; v++)

MLK_ELEMENT void add_row(const mlk_shapley_step *steps, size_t step_count, const double *c,
                         size_t points, const uint64_t (*sets)[4], const uint8_t *bins,
                         reals *terms, reals *products, reals *sums, int64_t *taken,
                         double *contributions) {
  const size_t vectors = (points + LANES - 1) / LANES;
  EACH products[v] = (reals)0;
  for (size_t t = 0; t < points; t++) ((double *)products)[t] = c[t];
  c += points;
  for (const mlk_shapley_step *step = steps; step < steps + step_count; step++) {
    const size_t depth = step->depth;
    reals *own = products + depth * vectors, *below = own + vectors;
    reals *sum = sums + depth * vectors, *sum_below = sum + vectors;
    double *contribution = contributions + step->input;
    const double *c1 = c + points, *c2 = c1 + points, *c3 = c2 + points;
    switch (step->kind) {
      case MLK_SHAPLEY_LEAVES: {
        int first = goes_first(step, sets, bins);
        const double *values = first ? c : c1;
        EACH sum[v] = own[v] * load(values, v);
        *contribution += sum_of(own, points) * c2[!first] - sum_of(sum, points);
        c = c2 + 2;
        break;
      }
      case MLK_SHAPLEY_LEAF_THEN_CHILD: {
        int first = goes_first(step, sets, bins);
        const double *value = first ? c : c1, *factor = first ? c2 : c3;
        EACH {
          sum[v] = own[v] * load(value, v);
          below[v] = own[v] * load(factor, v);
        }
        c = c3 + points;
        double leaf = *c++;
        *contribution += sum_of(own, points) * (first ? leaf : 0);
        taken[depth] = !first;
        break;
      }
      case MLK_SHAPLEY_FIRST_CHILD: {
        int first = goes_first(step, sets, bins);
        const double *factor = first ? c : c1;
        EACH below[v] = own[v] * load(factor, v);
        c = c2;
        taken[depth] = first;
        break;
      }
      case MLK_SHAPLEY_SECOND_CHILD: {
        int first = taken[depth];
        const double *factor = first ? c1 : c2;
        EACH {
          sum[v] = sum_below[v];
          terms[v] = sum_below[v] * load(c, v);
          below[v] = own[v] * load(factor, v);
        }
        c = c3;
        double gain = sum_of(terms, points);
        *contribution += first ? gain : 0;
        taken[depth] = !first;
        break;
      }
      case MLK_SHAPLEY_END: {
        EACH {
          terms[v] = sum_below[v] * load(c, v);
          sum[v] += sum_below[v];
        }
        c = c1;
        double gain = sum_of(terms, points);
        *contribution += (taken[depth] ? gain : 0) - sum_of(sum, points);
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAVES: {
        int before = taken[step->above], first = goes_first(step, sets, bins);
        const double *value = first ? c : c1, *more = first ? c2 : c3;
        double neither = c3[points];
        EACH {
          terms[v] = own[v] * load(more, v);
          sum[v] = own[v] * load_if(before, value, v, neither);
        }
        c = c3 + points + 1;
        double gain = sum_of(terms, points);
        *contribution += before ? gain : 0;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAF_THEN_CHILD: {
        int before = taken[step->above], first = goes_first(step, sets, bins);
        const double *c4 = c3 + points, *c5 = c4 + points, *neither = c5 + points;
        const double *value = first ? c : c1, *more = first ? c2 : c3, *factor = first ? c4 : c5;
        EACH {
          terms[v] = own[v] * load(more, v);
          sum[v] = own[v] * load_if(before, value, v, neither[0]);
          below[v] = own[v] * load_if(before, factor, v, neither[1]);
        }
        c = neither + 2;
        double gain = sum_of(terms, points);
        *contribution += before ? gain : 0;
        taken[depth] = before & !first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_FIRST_CHILD: {
        int before = taken[step->above], first = goes_first(step, sets, bins);
        const double *factor = first ? c : c1;
        EACH below[v] = own[v] * load_if(before, factor, v, c2[0]);
        c = c2 + 1;
        taken[depth] = before & first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_SECOND_CHILD: {
        int before = taken[step->above], first = taken[depth];
        const double *more = first ? c : c1, *factor = first ? c2 : c3;
        double neither = c3[points];
        EACH {
          sum[v] = sum_below[v];
          terms[v] = sum_below[v] * load(more, v);
          below[v] = own[v] * load_if(before, factor, v, neither);
        }
        c = c3 + points + 1;
        double gain = sum_of(terms, points);
        *contribution += before ? gain : 0;
        taken[depth] = before & !first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_END: {
        int before = taken[step->above];
        const double *more = taken[depth] ? c : c1;
        EACH {
          terms[v] = sum_below[v] * load(more, v);
          sum[v] += sum_below[v];
        }
        c = c2;
        double gain = sum_of(terms, points);
        *contribution += before ? gain : 0;
        break;
      }
    }
  }
}

MLK_MULTIVERSION
void mlk_shapley_add_row(const mlk_shapley_step *steps, size_t step_count,
                         const double *coefficients, size_t points, size_t depth,
                         const uint64_t (*sets)[4], const uint8_t *bins, double *scratch,
                         double *contributions) {
  const size_t vectors = (points + LANES - 1) / LANES;
  reals *terms = (reals *)scratch, *products = terms + vectors;
  reals *sums = products + (depth + 1) * vectors;
  int64_t *taken = (int64_t *)(sums + (depth + 1) * vectors);
  // With a constant number of points the sums over them are unrolled.
#define WITH(count)                                                                           \
  case count:                                                                                 \
    add_row(steps, step_count, coefficients, count, sets, bins, terms, products, sums, taken, \
            contributions);                                                                   \
    break;
  switch (points) {
    WITH(3) WITH(4) WITH(5) WITH(6) WITH(7) WITH(8)
    default:
      add_row(steps, step_count, coefficients, points, sets, bins, terms, products, sums, taken,
              contributions);
  }
}
