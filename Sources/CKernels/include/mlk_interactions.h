// Shapley interaction values of pairs of inputs, for groups of rows; InteractionTree.swift has the
// method.
#ifndef MLK_INTERACTIONS_H
#define MLK_INTERACTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "mlk_forest.h"

// What a step of the walk through a tree's nodes does. For each child of a node there is LEAF, or
// DOWN, the steps of the child, and UP; behind those of the second child comes END.
enum {
  MLK_INTERACTION_LEAF = 0,
  MLK_INTERACTION_DOWN = 1,
  MLK_INTERACTION_UP = 2,
  MLK_INTERACTION_END = 3,
};

// A step of 16 bytes.
typedef struct {
  // The node's condition, as in mlk_tree_walk.h.
  uint16_t feature;
  uint8_t low;
  uint8_t width;
  uint16_t set;
  uint8_t kind;
  // 255 for the child of rows that do not meet the condition, 0 for that of those that do.
  uint8_t flip;
  // The node's depth, counted from 1, and that of the last node above that asks about the same
  // input; 0 if there is none.
  uint16_t depth;
  uint16_t above;
  // How many partners an END has.
  uint32_t partners;
} mlk_interaction_step;

// Another input that the nodes above ask about.
typedef struct {
  // The pair of the node's input and the other one.
  uint32_t pair;
  // The depth of the last node that asks about the other one.
  uint32_t depth;
} mlk_interaction_partner;

// Adds the values of one tree to those of some groups of rows, which lie as in mlk_forest.h: that
// of pair p and row k of a group to values[(group * pairs + p) * MLK_GROUP_ROWS + k].
//
// The coefficients are those that InteractionStepWriter writes, for `points` points, and the
// partners those of all END steps, one after the other. `depth` is the largest of a step. The
// scratch holds (depth + 1) * (4 * points + 1) * MLK_GROUP_ROWS doubles and is aligned to 64 bytes,
// like the values.
void mlk_interactions_add(const mlk_interaction_step *steps, size_t step_count,
                          const mlk_interaction_partner *partners, const double *coefficients,
                          size_t points, size_t depth, const uint64_t (*sets)[4],
                          const uint8_t *bins, size_t group_bytes, size_t groups, double *scratch,
                          double *values, size_t pairs);

#endif
