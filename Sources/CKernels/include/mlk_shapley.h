// Shapley values of the inputs of a tree, for groups of rows; ShapleyTree.swift has the method.
#ifndef MLK_SHAPLEY_H
#define MLK_SHAPLEY_H

#include <stddef.h>
#include <stdint.h>

#include "mlk_forest.h"

// What a step of the walk through a tree's nodes does. A node with two leaves is one step. A node
// with one leaf is two steps, before and after those of its child. A node without leaves is three,
// before, between and after those of its children.
enum {
  MLK_SHAPLEY_LEAVES = 0,
  MLK_SHAPLEY_LEAF_THEN_CHILD = 1,
  MLK_SHAPLEY_FIRST_CHILD = 2,
  MLK_SHAPLEY_SECOND_CHILD = 3,
  MLK_SHAPLEY_END = 4,
  // Added where a node above asks about the same input.
  MLK_SHAPLEY_AGAIN = 5,
};

// A step of 16 bytes.
typedef struct {
  // The node's condition, as in mlk_tree_walk.h. Where `flip` is 255, rows that meet it go to the
  // second child and others to the first; where it is 0, the other way round.
  uint16_t feature;
  uint8_t low;
  uint8_t width;
  uint16_t set;
  uint8_t kind;
  uint8_t flip;
  // The node's depth, and that of the last node above that asks about the same input.
  uint16_t depth;
  uint16_t above;
  // The input that the feature is made of.
  uint32_t input;
} mlk_shapley_step;

// Adds the contributions of one tree to those of some groups of rows, which lie as in
// mlk_forest.h: that of input i and row k of a group to
// contributions[(group * inputs + i) * MLK_GROUP_ROWS + k].
//
// The coefficients are those that ShapleyStepWriter writes, for `points` points. `depth` is the
// largest of a step. The scratch holds (depth + 1) * (2 * points + 1) * MLK_GROUP_ROWS doubles and
// is aligned to 64 bytes, like the contributions.
void mlk_shapley_add(const mlk_shapley_step *steps, size_t step_count, const double *coefficients,
                     size_t points, size_t depth, const uint64_t (*sets)[4], const uint8_t *bins,
                     size_t group_bytes, size_t groups, double *scratch, double *contributions,
                     size_t inputs);

#endif
