// Walking rows of bins down a tree while training.
#ifndef MLK_TREE_WALK_H
#define MLK_TREE_WALK_H

#include <stddef.h>
#include <stdint.h>

// A node of 8 bytes. A row whose bin of `feature` is in low ... low + width goes to node `left`,
// others to `left + 1`. If `set` is not 0, sets[set - 1] (256 bits) decides instead.
// A leaf points to itself: left is its own index, low is 0 and width 255.
typedef struct {
  uint16_t feature;
  uint8_t low;
  uint8_t width;
  uint16_t left;
  uint16_t set;
} mlk_node;

// leaves[i] = the node where row i ends. Row i's bins start at bins + i * stride.
void mlk_tree_leaves(const mlk_node *nodes, const uint64_t (*sets)[4], const uint8_t *bins,
                     size_t stride, size_t count, uint16_t *leaves);

// The same for some rows only: leaves[rows[i]] = the node where row rows[i] ends.
void mlk_tree_leaves_at(const mlk_node *nodes, const uint64_t (*sets)[4], const uint8_t *bins,
                        size_t stride, const int32_t *rows, size_t count, uint16_t *leaves);

#endif
