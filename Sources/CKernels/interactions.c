// Rows lie side by side in the lanes of vectors, so that a row's values depend on no other row.
#include "mlk_interactions.h"

#include "multiversion.h"
#include "row_lanes.h"

// What is known at each depth of the path, from 0, where nothing is asked about, on. The points of
// depth d start at d * points.
typedef struct {
  // The product of the path's factors, and of its leaves below that were passed.
  reals *products, *sums;
  // The same sum with each leaf multiplied by how much the node's own side counts for it.
  reals *gains;
  // How much the path's conditions on the input of the node count, and whether a row meets them.
  reals *ratios;
  masks *met;
} path;

MLK_ELEMENT void add_group(const mlk_interaction_step *steps, size_t step_count,
                           const mlk_interaction_partner *partners, const double *c, size_t points,
                           const uint64_t (*sets)[4], const uint8_t *group, path at,
                           reals *values) {
  const double *unmet_ratios = c + points;
  for (size_t t = 0; t < points; t++) {
    at.ratios[t] = (reals)0;
    at.products[points + t] = (reals)c[t];
    at.sums[points + t] = at.gains[points + t] = (reals)0;
  }
  at.met[0] = ~(masks)0;
  c += 2 * points;
  for (const mlk_interaction_step *step = steps; step < steps + step_count; step++) {
    const size_t depth = step->depth;
    const reals *above = at.ratios + step->above * points;
    reals *own = at.products + depth * points, *below = own + points;
    reals *sum = at.sums + depth * points, *sum_below = sum + points;
    reals *gain = at.gains + depth * points, *gain_below = gain + points;
    reals *ratio = at.ratios + depth * points;
    switch (step->kind) {
      case MLK_INTERACTION_LEAF: {
        masks before = at.met[step->above];
        masks met = before & goes_first(step->feature, step->low, step->width, step->set,
                                        step->flip, sets, group);
        const double *unmet = c + points, *met_ratios = unmet + points;
        reals neither = (reals)met_ratios[points];
        for (size_t t = 0; t < points; t++) {
          reals leaf = own[t] * (before ? pick(met, c[t], unmet[t]) : neither);
          gain[t] += leaf * (pick(met, met_ratios[t], unmet_ratios[t]) - above[t]);
          sum[t] += leaf;
        }
        c += 3 * points + 1;
        break;
      }
      case MLK_INTERACTION_DOWN: {
        masks before = at.met[step->above];
        masks met = before & goes_first(step->feature, step->low, step->width, step->set,
                                        step->flip, sets, group);
        const double *unmet = c + points, *met_ratios = unmet + points;
        reals neither = (reals)met_ratios[points];
        for (size_t t = 0; t < points; t++) {
          below[t] = own[t] * (before ? pick(met, c[t], unmet[t]) : neither);
          ratio[t] = pick(met, met_ratios[t], unmet_ratios[t]);
          sum_below[t] = gain_below[t] = (reals)0;
        }
        at.met[depth] = met;
        c += 3 * points + 1;
        break;
      }
      case MLK_INTERACTION_UP: {
        for (size_t t = 0; t < points; t++) {
          gain[t] += sum_below[t] * (ratio[t] - above[t]);
          sum[t] += sum_below[t];
        }
        break;
      }
      case MLK_INTERACTION_END: {
        for (const mlk_interaction_partner *end = partners + step->partners; partners < end;
             partners++) {
          const reals *other = at.ratios + partners->depth * points;
          reals value = {};
          for (size_t t = 0; t < points; t++) value += gain[t] * other[t];
          values[partners->pair] += value;
        }
        break;
      }
    }
  }
}

MLK_MULTIVERSION
void mlk_interactions_add(const mlk_interaction_step *steps, size_t step_count,
                          const mlk_interaction_partner *partners, const double *coefficients,
                          size_t points, size_t depth, const uint64_t (*sets)[4],
                          const uint8_t *bins, size_t group_bytes, size_t groups, double *scratch,
                          double *values, size_t pairs) {
  const size_t room = (depth + 1) * points;
  path at;
  at.products = (reals *)scratch;
  at.sums = at.products + room;
  at.gains = at.sums + room;
  at.ratios = at.gains + room;
  at.met = (masks *)(at.ratios + room);
  for (size_t g = 0; g < groups; g++) {
    const uint8_t *group = bins + g * group_bytes;
    reals *own = (reals *)values + g * pairs;
    // With a constant number of points the loops over them are unrolled.
#define WITH(count)                                                                              \
  case count:                                                                                    \
    add_group(steps, step_count, partners, coefficients, count, sets, group, at, own);           \
    break;
    switch (points) {
      WITH(2) WITH(3) WITH(4) WITH(5) WITH(6) WITH(7)
      default: add_group(steps, step_count, partners, coefficients, points, sets, group, at, own);
    }
  }
}
