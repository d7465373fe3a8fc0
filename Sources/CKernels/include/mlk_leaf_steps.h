// Dividing many rows among the leaves of a tree, column by column.
//
// The leaves are numbered from left to right. Every row has one byte: the leftmost leaf below the
// node where the row stands, 0 at the root. A node is one step or several, and the steps are in the
// order of a walk that visits a node, then what is below its left child, then what is below its
// right child. Before a node's steps, only rows that stand at the node have its leftmost leaf: the
// nodes that share a leftmost leaf lie on one line of left children and come from top to bottom.
#ifndef MLK_LEAF_STEPS_H
#define MLK_LEAF_STEPS_H

#include <stddef.h>
#include <stdint.h>

// The most leaves of a tree whose rows can be divided.
enum { MLK_STEP_LEAVES = 256 };

// Rows at the leftmost leaf `leaf` whose bin of `feature` is not in low ... low + width, where 0
// follows 255, go to the right child, whose leftmost leaf is `right`.
typedef struct {
  uint16_t feature;
  uint8_t low;
  uint8_t width;
  uint8_t leaf;
  uint8_t right;
} mlk_leaf_step;

// leaves[i] = names[the leaf of row first + i], i below count. Feature f's bins are at
// columns + f * column_bytes.
void mlk_step_leaves(const mlk_leaf_step *steps, size_t step_count, const uint16_t *names,
                     const uint8_t *columns, size_t column_bytes, size_t first, size_t count,
                     uint16_t *leaves);

// The columns are read up to a multiple of so many rows.
enum { MLK_STEP_ROWS = 64 };

// Adds to scores[i], i below count, the value of the leaf of row i in some trees, one after the
// other. Tree t's steps are steps[step_starts[t]] up to the next tree's, which begin at
// steps[step_starts[t + 1]]; the values of its leaves begin at values[value_starts[t]].
void mlk_step_add(const mlk_leaf_step *steps, const uint32_t *step_starts, const double *values,
                  const uint32_t *value_starts, size_t trees, const uint8_t *columns,
                  size_t column_bytes, size_t count, double *scores);

#endif
