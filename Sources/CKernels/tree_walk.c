// Eight rows walk side by side, so that their waits for memory overlap; all stop when the last has
// reached its leaf.
#include "mlk_tree_walk.h"

enum { ROWS = 8 };

static inline uint32_t next_node(const mlk_node *nodes, const uint64_t (*sets)[4],
                                 const uint8_t *row, uint32_t at) {
  mlk_node node = nodes[at];
  uint8_t bin = row[node.feature];
  uint32_t goes_right = (uint8_t)(bin - node.low) > node.width;
  if (__builtin_expect(node.set != 0, 0))
    goes_right = !((sets[node.set - 1][bin >> 6] >> (bin & 63)) & 1);
  return node.left + goes_right;
}

void mlk_tree_leaves(const mlk_node *nodes, const uint64_t (*sets)[4], const uint8_t *bins,
                     size_t stride, size_t count, uint16_t *leaves) {
  size_t i = 0;
  for (; i + ROWS <= count; i += ROWS) {
    const uint8_t *row[ROWS];
    uint32_t at[ROWS] = {0};
    for (int k = 0; k < ROWS; k++)
      row[k] = bins + (i + k) * stride;
    for (uint32_t moved = 1; moved;) {
      moved = 0;
      for (int k = 0; k < ROWS; k++) {
        uint32_t next = next_node(nodes, sets, row[k], at[k]);
        moved |= next ^ at[k];
        at[k] = next;
      }
    }
    for (int k = 0; k < ROWS; k++) leaves[i + k] = (uint16_t)at[k];
  }
  for (; i < count; i++) {
    const uint8_t *row = bins + i * stride;
    uint32_t at = 0;
    for (uint32_t next; (next = next_node(nodes, sets, row, at)) != at;) at = next;
    leaves[i] = (uint16_t)at;
  }
}

void mlk_tree_leaves_at(const mlk_node *nodes, const uint64_t (*sets)[4], const uint8_t *bins,
                        size_t stride, const int32_t *rows, size_t count, uint16_t *leaves) {
  size_t i = 0;
  for (; i + ROWS <= count; i += ROWS) {
    const uint8_t *row[ROWS];
    uint32_t at[ROWS] = {0};
    for (int k = 0; k < ROWS; k++) row[k] = bins + rows[i + k] * stride;
    for (uint32_t moved = 1; moved;) {
      moved = 0;
      for (int k = 0; k < ROWS; k++) {
        uint32_t next = next_node(nodes, sets, row[k], at[k]);
        moved |= next ^ at[k];
        at[k] = next;
      }
    }
    for (int k = 0; k < ROWS; k++) leaves[rows[i + k]] = (uint16_t)at[k];
  }
  for (; i < count; i++)
    mlk_tree_leaves(nodes, sets, bins + rows[i] * stride, stride, 1, leaves + rows[i]);
}
