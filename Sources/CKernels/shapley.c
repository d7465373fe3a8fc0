// Rows lie side by side in the lanes of vectors, so that a row's values depend on no other row.
#include "mlk_shapley.h"

#include "multiversion.h"
#include "row_lanes.h"

MLK_ELEMENT masks first_child(const mlk_shapley_step *step, const uint64_t (*sets)[4],
                              const uint8_t *group) {
  return goes_first(step->feature, step->low, step->width, step->set, step->flip, sets, group);
}

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
    // Coefficient k of point t is k[t], of the arrays that follow each other in c.
    const double *c1 = c + points, *c2 = c1 + points, *c3 = c2 + points;
    switch (step->kind) {
      case MLK_SHAPLEY_LEAVES: {
        masks first = first_child(step, sets, group);
        for (size_t t = 0; t < points; t++) {
          gain += own[t];
          sum[t] = own[t] * pick(first, c[t], c1[t]);
          all += sum[t];
        }
        contributions[step->input] += gain * pick(first, c2[0], c2[1]) - all;
        c = c2 + 2;
        break;
      }
      case MLK_SHAPLEY_LEAF_THEN_CHILD: {
        masks first = first_child(step, sets, group);
        for (size_t t = 0; t < points; t++) {
          gain += own[t];
          sum[t] = own[t] * pick(first, c[t], c1[t]);
          below[t] = own[t] * pick(first, c2[t], c3[t]);
        }
        c = c3 + points;
        contributions[step->input] += gain * pick(first, *c++, 0);
        taken[depth] = ~first;
        break;
      }
      case MLK_SHAPLEY_FIRST_CHILD: {
        masks first = first_child(step, sets, group);
        for (size_t t = 0; t < points; t++) below[t] = own[t] * pick(first, c[t], c1[t]);
        c = c2;
        taken[depth] = first;
        break;
      }
      case MLK_SHAPLEY_SECOND_CHILD: {
        masks first = taken[depth];
        for (size_t t = 0; t < points; t++) {
          sum[t] = sum_below[t];
          gain += sum_below[t] * c[t];
          below[t] = own[t] * pick(first, c1[t], c2[t]);
        }
        c = c3;
        contributions[step->input] += where(first, gain);
        taken[depth] = ~first;
        break;
      }
      case MLK_SHAPLEY_END: {
        for (size_t t = 0; t < points; t++) {
          gain += sum_below[t] * c[t];
          sum[t] += sum_below[t];
          all += sum[t];
        }
        c = c1;
        contributions[step->input] += where(taken[depth], gain) - all;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAVES: {
        masks before = taken[step->above], first = first_child(step, sets, group);
        for (size_t t = 0; t < points; t++) {
          gain += own[t] * pick(first, c2[t], c3[t]);
          sum[t] = own[t] * (before ? pick(first, c[t], c1[t]) : (reals)c3[points]);
        }
        c = c3 + points + 1;
        contributions[step->input] += where(before, gain);
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_LEAF_THEN_CHILD: {
        masks before = taken[step->above], first = first_child(step, sets, group);
        const double *c4 = c3 + points, *c5 = c4 + points, *neither = c5 + points;
        for (size_t t = 0; t < points; t++) {
          gain += own[t] * pick(first, c2[t], c3[t]);
          sum[t] = own[t] * (before ? pick(first, c[t], c1[t]) : (reals)neither[0]);
          below[t] = own[t] * (before ? pick(first, c4[t], c5[t]) : (reals)neither[1]);
        }
        c = neither + 2;
        contributions[step->input] += where(before, gain);
        taken[depth] = before & ~first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_FIRST_CHILD: {
        masks before = taken[step->above], first = first_child(step, sets, group);
        for (size_t t = 0; t < points; t++)
          below[t] = own[t] * (before ? pick(first, c[t], c1[t]) : (reals)c2[0]);
        c = c2 + 1;
        taken[depth] = before & first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_SECOND_CHILD: {
        masks before = taken[step->above], first = taken[depth];
        for (size_t t = 0; t < points; t++) {
          sum[t] = sum_below[t];
          gain += sum_below[t] * pick(first, c[t], c1[t]);
          below[t] = own[t] * (before ? pick(first, c2[t], c3[t]) : (reals)c3[points]);
        }
        c = c3 + points + 1;
        contributions[step->input] += where(before, gain);
        taken[depth] = before & ~first;
        break;
      }
      case MLK_SHAPLEY_AGAIN + MLK_SHAPLEY_END: {
        masks before = taken[step->above], second = taken[depth];
        for (size_t t = 0; t < points; t++) {
          gain += sum_below[t] * pick(second, c[t], c1[t]);
          sum[t] += sum_below[t];
        }
        c = c2;
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
