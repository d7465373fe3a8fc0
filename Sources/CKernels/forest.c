// Eight rows, or eight trees for one row, walk side by side, so that their waits for memory
// overlap. A step has no branch that depends on the data; all stop when the last has arrived.
#include "mlk_forest.h"

#include <string.h>

enum { SIDE_BY_SIDE = MLK_GROUP_ROWS, TREES_AT_ONCE = 8 };

#define INLINED static inline __attribute__((always_inline))

// The fields are read one by one: loads are cheaper than taking a word apart.
INLINED uint32_t next_node(const mlk_node *node, uint8_t bin, const uint64_t (*sets)[4],
                           int has_sets) {
  uint32_t goes_right = (uint8_t)(bin - node->low) > node->width;
  if (has_sets) {
    uint32_t outside = ~(uint32_t)(sets[node->set][bin >> 6] >> (bin & 63)) & 1;
    goes_right ^= (goes_right ^ outside) & -(uint32_t)(node->set != 0);
  }
  return node->left + goes_right;
}

void mlk_group_column(const uint8_t *column, size_t groups, size_t group_bytes, uint8_t *feature) {
  for (size_t g = 0; g < groups; g++)
    memcpy(feature + g * group_bytes, column + g * MLK_GROUP_ROWS, MLK_GROUP_ROWS);
}

INLINED void add_tree(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                      const double *values, const uint8_t *bins, size_t group_bytes,
                      size_t groups, double *scores) {
  for (size_t g = 0; g < groups; g++, bins += group_bytes, scores += SIDE_BY_SIDE) {
    uint32_t at[SIDE_BY_SIDE] = {0};
    for (uint32_t moved = 1; moved;) {
      moved = 0;
      // Three steps between looks at whether any row still moves.
      for (int step = 0; step < 3; step++) {
        moved = 0;
        for (int k = 0; k < SIDE_BY_SIDE; k++) {
          const mlk_node *node = nodes + at[k];
          uint8_t bin = bins[node->feature * SIDE_BY_SIDE + k];
          uint32_t next = next_node(node, bin, sets, has_sets);
          moved |= next ^ at[k];
          at[k] = next;
        }
      }
    }
    for (int k = 0; k < SIDE_BY_SIDE; k++) scores[k] += values[at[k]];
  }
}

void mlk_tree_add(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                  const double *values, const uint8_t *bins, size_t group_bytes, size_t groups,
                  double *scores) {
  if (has_sets)
    add_tree(nodes, sets, 1, values, bins, group_bytes, groups, scores);
  else
    add_tree(nodes, sets, 0, values, bins, group_bytes, groups, scores);
}

// Walks `count` trees side by side.
INLINED void walk_trees(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                        const uint32_t *starts, const uint32_t *set_starts, size_t count,
                        const uint8_t *bins, uint32_t *leaves) {
  const mlk_node *roots[TREES_AT_ONCE];
  uint32_t at[TREES_AT_ONCE] = {0};
  for (size_t k = 0; k < count; k++) roots[k] = nodes + starts[k];
  for (uint32_t moved = 1; moved;) {
    moved = 0;
    for (int step = 0; step < 3; step++) {
      moved = 0;
      for (size_t k = 0; k < count; k++) {
        const mlk_node *node = roots[k] + at[k];
        const uint64_t(*own)[4] = has_sets ? sets + set_starts[k] : sets;
        uint32_t next = next_node(node, bins[node->feature], own, has_sets);
        moved |= next ^ at[k];
        at[k] = next;
      }
    }
  }
  for (size_t k = 0; k < count; k++) leaves[k] = starts[k] + at[k];
}

void mlk_row_leaves(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                    const uint32_t *starts, const uint32_t *set_starts, size_t trees,
                    const uint8_t *bins, uint32_t *leaves) {
  size_t t = 0;
  if (has_sets) {
    for (; t + TREES_AT_ONCE <= trees; t += TREES_AT_ONCE)
      walk_trees(nodes, sets, 1, starts + t, set_starts + t, TREES_AT_ONCE, bins, leaves + t);
  } else {
    for (; t + TREES_AT_ONCE <= trees; t += TREES_AT_ONCE)
      walk_trees(nodes, sets, 0, starts + t, set_starts + t, TREES_AT_ONCE, bins, leaves + t);
  }
  if (t < trees)
    walk_trees(nodes, sets, has_sets, starts + t, set_starts + t, trees - t, bins, leaves + t);
}
