// The points of the integral lie side by side in the lanes of vectors, with 0 in the lanes behind
// them. All nodes are treated alike, so that no branch depends on a tree's shape or on the row. All
// sums are those of shapley.c, in the same order.
#include "mlk_shapley_row.h"

#include <string.h>

#include "multiversion.h"

// Vectors are arguments of inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = MLK_SHAPLEY_LANES };
typedef double reals __attribute__((ext_vector_type(LANES)));
typedef int64_t masks __attribute__((ext_vector_type(LANES)));

// Whether the row goes to the node's first child.
MLK_ELEMENT uint8_t goes_first(const mlk_shapley_node *node, const uint64_t (*sets)[4],
                               const uint8_t *bins) {
  uint8_t bin = bins[node->feature];
  uint8_t met = (uint8_t)(bin - node->low) <= node->width;
  if (node->set) met = sets[node->set - 1][bin >> 6] >> (bin & 63) & 1;
  return met ^ (node->flip & 1);
}

// The elements of an array for some points. What follows the last point is read too.
MLK_ELEMENT reals load(const double *array, size_t vector) {
  reals elements;
  memcpy(&elements, array + vector * LANES, sizeof elements);
  return elements;
}

// The elements of an array, or one number where a condition above is not met.
MLK_ELEMENT reals load_if(uint8_t before, const double *array, size_t vector, double neither) {
  return (masks)-(int64_t)before ? load(array, vector) : (reals)neither;
}

MLK_ELEMENT double sum_of(const reals *terms, size_t points) {
  double sum = 0;
  for (size_t t = 0; t < points; t++) sum += ((const double *)terms)[t];
  return sum;
}

// A number, or 0, without a branch.
MLK_ELEMENT double only_if(int condition, double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  bits &= -(uint64_t)condition;
  memcpy(&number, &bits, sizeof bits);
  return number;
}

#define EACH for (size_t v = 0; v < vectors; v++)

MLK_ELEMENT void add_row(const mlk_shapley_node *nodes, size_t split_count, size_t node_count,
                         const double *c, size_t points, const uint64_t (*sets)[4],
                         const uint8_t *bins, reals *terms, double *gains, uint8_t *met,
                         uint8_t *first_of) {
  const size_t vectors = (points + LANES - 1) / LANES;
  reals *more = terms + vectors, *at = more + vectors;
  EACH at[v] = (reals)0;
  for (size_t t = 0; t < points; t++) ((double *)at)[t] = c[t];
  met[0] = 1;
  for (size_t n = 0; n < split_count; n++) {
    const mlk_shapley_node *node = nodes + n;
    uint8_t first = goes_first(node, sets, bins), before = met[node->above];
    const size_t other = first ? 0 : points;
    const reals *own = at + node->own * vectors;
    reals *below_first = at + node->first * vectors, *below_second = at + node->second * vectors;
    EACH {
      reals product = own[v];
      below_first[v] =
          product * load_if(before, c + node->first_factor + other, v, c[node->first_neither]);
      below_second[v] =
          product * load_if(before, c + node->second_factor + other, v, c[node->second_neither]);
    }
    first_of[n] = first;
    met[1 + 2 * n] = before & first;
    met[2 + 2 * n] = before & !first;
  }
  for (size_t n = split_count; n < node_count; n++) {
    const mlk_shapley_node *node = nodes + n;
    uint8_t first = goes_first(node, sets, bins), before = met[node->above];
    const size_t other = first ? 0 : points;
    reals *own = at + node->own * vectors;
    EACH {
      reals product = own[v];
      terms[v] = product * load(c + node->gain + other, v);
      own[v] = product * load_if(before, c + node->first_factor + other, v, c[node->first_neither]);
    }
    gains[node->gain_place] = only_if(before, sum_of(terms, points) * c[node->scale + !first]) -
                              only_if(!node->again, sum_of(own, points));
  }
  for (size_t n = split_count; n-- > 0;) {
    const mlk_shapley_node *node = nodes + n;
    uint8_t first = first_of[n], before = met[node->above], again = node->again;
    const size_t other = first ? 0 : points;
    reals *own = at + node->own * vectors;
    const reals *source = at + node->source * vectors;
    const reals *below_first = at + node->first * vectors;
    const reals *below_second = at + node->second * vectors;
    EACH {
      terms[v] = source[v] * load(c + node->gain + other, v);
      more[v] = below_second[v] * load(c + node->end + points - other, v);
      // The source may be the same vector.
      own[v] = below_first[v] + below_second[v];
    }
    gains[node->gain_place] =
        only_if(before & (first | again), sum_of(terms, points) * c[node->scale]);
    gains[node->end_place] = only_if(before & (!first | again), sum_of(more, points)) -
                             only_if(!again, sum_of(own, points));
  }
}

MLK_MULTIVERSION
void mlk_shapley_add_row(const mlk_shapley_node *nodes, size_t split_count, size_t node_count,
                         const uint32_t *gain_inputs, size_t gain_count,
                         const double *coefficients, size_t points, const uint64_t (*sets)[4],
                         const uint8_t *bins, double *scratch, double *contributions) {
  const size_t vectors = (points + LANES - 1) / LANES;
  reals *terms = (reals *)scratch;
  double *gains = scratch + (3 + 2 * node_count) * vectors * LANES;
  uint8_t *met = (uint8_t *)(gains + 2 * node_count), *first_of = met + 2 * node_count + 1;
  // With a constant number of points the sums over them are unrolled.
#define WITH(count)                                                                           \
  case count:                                                                                 \
    add_row(nodes, split_count, node_count, coefficients, count, sets, bins, terms, gains, met, \
            first_of);                                                                        \
    break;
  switch (points) {
    WITH(3) WITH(4) WITH(5) WITH(6) WITH(7) WITH(8)
    default:
      add_row(nodes, split_count, node_count, coefficients, points, sets, bins, terms, gains, met,
              first_of);
  }
  for (size_t k = 0; k < gain_count; k++) contributions[gain_inputs[k]] += gains[k];
}
