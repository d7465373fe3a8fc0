// Shapley values of the inputs of a tree for one row; ShapleyRowTree.swift has the method.
#ifndef MLK_SHAPLEY_ROW_H
#define MLK_SHAPLEY_ROW_H

#include <stddef.h>
#include <stdint.h>

// The points of the integral that lie side by side in a vector.
enum { MLK_SHAPLEY_LANES = 8 };

// A node of 64 bytes. What is called an array is where it starts among the coefficients of
// mlk_shapley.h: a pair of arrays of one element for each point, the second for rows that go to the
// second child.
typedef struct {
  // The node's condition and its `flip`, as in mlk_shapley.h.
  uint16_t feature;
  uint8_t low;
  uint8_t width;
  uint16_t set;
  uint8_t flip;
  // 1 where a node above asks about the same input.
  uint8_t again;
  // Places of vectors: the product of the node's path, what it is multiplied with for either child,
  // and what the gain of the first child is computed from. The node's sum takes the first place.
  uint32_t own, first, second, source;
  // Where it is noted whether the conditions above are met: 0 if there are none, 1 + 2 * n for the
  // first child of node n, 2 + 2 * n for its second.
  uint32_t above;
  // The factors of the children, and what stands in their place where conditions above are not met.
  uint32_t first_factor, second_factor, first_neither, second_neither;
  // What the sums of the children count for the input, and a number by which that of the first is
  // multiplied; a leaf pair has one for either leaf.
  uint32_t gain, scale, end;
  // The places of the gains of the children.
  uint32_t gain_place, end_place;
} mlk_shapley_node;

// Adds the contribution of each input for one row, whose bin of feature f is bins[f], to
// contributions[i]. The bits are those of mlk_shapley_add.
//
// First come the nodes with one or no leaf, parents before children, then those with two. The gain
// k belongs to the input gain_inputs[k]. The scratch holds as many doubles as
// mlk_shapley_row_scratch says and is aligned to 64 bytes.
void mlk_shapley_add_row(const mlk_shapley_node *nodes, size_t split_count, size_t node_count,
                         const uint32_t *gain_inputs, size_t gain_count,
                         const double *coefficients, size_t points, const uint64_t (*sets)[4],
                         const uint8_t *bins, double *scratch, double *contributions);

// The doubles that the scratch holds for a number of nodes with children and of points.
static inline size_t mlk_shapley_row_scratch(size_t node_count, size_t points) {
  size_t vectors = (points + MLK_SHAPLEY_LANES - 1) / MLK_SHAPLEY_LANES;
  // Two vectors of terms, one for the root and each child, two gains and three notes a node.
  return (3 + 2 * node_count) * vectors * MLK_SHAPLEY_LANES + 2 * node_count +
         (3 * node_count + 1 + 7) / 8;
}

#endif
