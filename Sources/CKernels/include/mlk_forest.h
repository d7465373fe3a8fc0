// Walking rows down all trees of a model, for prediction.
//
// Nodes are those of mlk_tree_walk.h; a node of set `s` reads sets[s], and sets[0] stands for no
// set and is never used to decide, so that no step needs a branch.
#ifndef MLK_FOREST_H
#define MLK_FOREST_H

#include <stddef.h>
#include <stdint.h>

#include "mlk_tree_walk.h"

// Rows are walked in groups of so many, which lie feature by feature: row k of a group has its bin
// of feature f at group[f * MLK_GROUP_ROWS + k].
enum { MLK_GROUP_ROWS = 8 };

// Copies a column of bins into one feature of consecutive groups of `group_bytes` bytes each.
// The column is as long as the groups.
void mlk_group_column(const uint8_t *column, size_t groups, size_t group_bytes, uint8_t *feature);

// Adds the value of the leaf in one tree that each row of some groups ends in to its score.
void mlk_tree_add(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                  const double *values, const uint8_t *bins, size_t group_bytes, size_t groups,
                  double *scores);

// The leaves of one row, whose bin of feature f is bins[f], in many trees: leaves[t] = starts[t] +
// the node where the row ends in the tree whose nodes begin at nodes[starts[t]]. set_starts[t] is
// where the tree's sets begin. Without sets in any tree has_sets may be 0, which is faster.
void mlk_row_leaves(const mlk_node *nodes, const uint64_t (*sets)[4], int has_sets,
                    const uint32_t *starts, const uint32_t *set_starts, size_t trees,
                    const uint8_t *bins, uint32_t *leaves);

#endif
