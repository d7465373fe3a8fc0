// Rows lie side by side in the lanes of vectors, so that a row's values depend on no other row.
#include "mlk_shapley.h"

#include <string.h>

#include "multiversion.h"

// Vectors are arguments of inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

enum { ROWS = MLK_GROUP_ROWS };
typedef double reals __attribute__((ext_vector_type(ROWS)));
typedef int64_t masks __attribute__((ext_vector_type(ROWS)));
typedef uint8_t bytes __attribute__((ext_vector_type(ROWS)));
typedef int8_t signs __attribute__((ext_vector_type(ROWS)));

// For each row -1 where it goes to the node's first child, else 0.
MLK_ELEMENT masks goes_first(const mlk_shapley_step *step, const uint64_t (*sets)[4],
                             const uint8_t *group) {
  bytes bin;
  memcpy(&bin, group + (size_t)step->feature * ROWS, ROWS);
  signs met = (signs)((bytes)(bin - step->low) <= step->width);
  if (step->set) {
    const uint64_t *set = sets[step->set - 1];
    for (int k = 0; k < ROWS; k++) met[k] = -(int8_t)(set[bin[k] >> 6] >> (bin[k] & 63) & 1);
  }
  met ^= (int8_t)step->flip;
  return __builtin_convertvector(met, masks);
}

MLK_ELEMENT reals where(masks mask, reals value) { return (reals)(mask & (masks)value); }

MLK_ELEMENT reals pick(masks mask, double yes, double no) { return mask ? (reals)yes : (reals)no; }

// Passes products down and sums up. `gain` is what the rows get that take a child's side, `all`
// what all rows lose below the first node that asks about an input.
MLK_ELEMENT void add_group(const mlk_shapley_step *steps, size_t step_count, const double *c,
                           size_t points, const uint64_t (*sets)[4], const uint8_t *group,
                           reals *products, reals *sums, masks *taken, reals *contributions) {
  for (size_t t = 0; t < points; t++) products[t] = (reals)c[t];
  c += points;
  for (const mlk_shapley_step *step = steps; step < steps + step_count; step++) {
    const size_t depth = step->depth;
    reals *own = products + depth * points, *below = own + points;
    reals *sum = sums + depth * points, *sum_below = sum + points;
    reals gain = {}, all = {};
    switch (step->kind) {
      case MLK_SHAPLEY_LEAVES: {
        masks first = goes_first(step, sets, group);
        for (size_t t = 0; t < points; t++, c += 2) {
          gain += own[t];
          sum[t] = own[t] * pick(first, c[0], c[1]);
          all += sum[t];
        }
        contributions[step->input] += gain * pick(first, c[0], c[1]) - all;
        c += 2;
        break;
      }
      case MLK_SHAPLEY_LEAF_THEN_CHILD: {
        masks first = goes_first(step, sets, group);
        for (size_t t = 0; t < points; t++, c += 4) {
          gain += own[t];
          sum[t] = own[t] * pick(first, c[0], c[1]);
          below[t] = own[t] * pick(first, c[2], c[3]);
        }
        contributions[step->input] += gain * pick(first, *c++, 0);
        taken[depth] = ~first;
        break;
      }
      case MLK_SHAPLEY_FIRST_CHILD: {
        masks first = goes_first(step, sets, group);
        for (size_t t = 0; t < points; t++, c += 2) below[t] = own[t] * pick(first, c[0], c[1]);
        taken[depth] = first;
        break;
      }
      case MLK_SHAPLEY_SECOND_CHILD: {
        masks first = taken[depth];
        for (size_t t = 0; t < points; t++, c += 3) {
          sum[t] = sum_below[t];
          gain += sum_below[t] * c[0];
          below[t] = own[t] * pick(first, c[1], c[2]);
        }
        contributions[step->input] += where(first, gain);
        taken[depth] = ~first;
        break;
      }
      case MLK_SHAPLEY_END: {
        for (size_t t = 0; t < points; t++, c++) {
          gain += sum_below[t] * c[0];
          sum[t] += sum_below[t];
          all += sum[t];
        }
        contributions[step->input] += where(taken[depth], gain) - all;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAVES: {
        masks before = taken[step->above], first = goes_first(step, sets, group);
        double neither = *c++;
        for (size_t t = 0; t < points; t++, c += 4) {
          gain += own[t] * pick(first, c[2], c[3]);
          sum[t] = own[t] * (before ? pick(first, c[0], c[1]) : (reals)neither);
        }
        contributions[step->input] += where(before, gain);
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAF_THEN_CHILD: {
        masks before = taken[step->above], first = goes_first(step, sets, group);
        double neither = *c++, neither_below = *c++;
        for (size_t t = 0; t < points; t++, c += 6) {
          gain += own[t] * pick(first, c[2], c[3]);
          sum[t] = own[t] * (before ? pick(first, c[0], c[1]) : (reals)neither);
          below[t] = own[t] * (before ? pick(first, c[4], c[5]) : (reals)neither_below);
        }
        contributions[step->input] += where(before, gain);
        taken[depth] = before & ~first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_FIRST_CHILD: {
        masks before = taken[step->above], first = goes_first(step, sets, group);
        double neither = *c++;
        for (size_t t = 0; t < points; t++, c += 2)
          below[t] = own[t] * (before ? pick(first, c[0], c[1]) : (reals)neither);
        taken[depth] = before & first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_SECOND_CHILD: {
        masks before = taken[step->above], first = taken[depth];
        double neither = *c++;
        for (size_t t = 0; t < points; t++, c += 4) {
          sum[t] = sum_below[t];
          gain += sum_below[t] * pick(first, c[0], c[1]);
          below[t] = own[t] * (before ? pick(first, c[2], c[3]) : (reals)neither);
        }
        contributions[step->input] += where(before, gain);
        taken[depth] = before & ~first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_END: {
        masks before = taken[step->above], second = taken[depth];
        for (size_t t = 0; t < points; t++, c += 2) {
          gain += sum_below[t] * pick(second, c[0], c[1]);
          sum[t] += sum_below[t];
        }
        contributions[step->input] += where(before, gain);
        break;
      }
    }
  }
}

MLK_MULTIVERSION
void mlk_shapley_add(const mlk_shapley_step *steps, size_t step_count, const double *coefficients,
                     size_t points, size_t depth, const uint64_t (*sets)[4], const uint8_t *bins,
                     size_t group_bytes, size_t groups, double *scratch, double *contributions,
                     size_t inputs) {
  reals *products = (reals *)scratch, *sums = products + (depth + 1) * points;
  masks *taken = (masks *)(sums + (depth + 1) * points);
  for (size_t g = 0; g < groups; g++) {
    const uint8_t *group = bins + g * group_bytes;
    reals *own = (reals *)contributions + g * inputs;
    // With a constant number of points the loops over them are unrolled: up to a fifth faster for
    // large trees, and nothing gained for small ones.
#define WITH(count)                                                                             \
  case count:                                                                                   \
    add_group(steps, step_count, coefficients, count, sets, group, products, sums, taken, own); \
    break;
    switch (points) {
      WITH(4) WITH(5) WITH(6) WITH(7) WITH(8)
      default:
        add_group(steps, step_count, coefficients, points, sets, group, products, sums, taken, own);
    }
  }
}
