// Eight rows walk side by side, so that their waits for memory overlap; all stop when the last has
// reached its leaf. Or many rows are moved at once, by one node after the other.
#include "mlk_tree_walk.h"

#include <string.h>

#include "multiversion.h"

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

enum { BLOCK = 512, LANES = 32 };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

// Moves those of LANES rows that are at node n, which is no leaf.
static inline __attribute__((always_inline)) void move_rows(lanes *at, const uint8_t *column,
                                                            size_t n, mlk_node node) {
  lanes bins, old = *at;
  memcpy(&bins, column, LANES);
  // Comparisons of lanes are -1 where true.
  lanes next = (uint8_t)node.left - (lanes)((lanes)(bins - node.low) > node.width);
  *at = old ^ ((lanes)(old == (uint8_t)n) & (old ^ next));
}

// The leaves of at most BLOCK rows, whose bins of feature f begin at columns + f * column_bytes.
static inline __attribute__((always_inline)) void block_leaves(
    const mlk_node *nodes, size_t node_count, const uint8_t *columns, size_t column_bytes,
    size_t rows, lanes at[BLOCK / LANES]) {
  size_t whole = rows / LANES;
  memset(at, 0, BLOCK);
  for (size_t n = 0; n < node_count; n++) {
    mlk_node node = nodes[n];
    if (node.left == n) continue;
    const uint8_t *column = columns + node.feature * column_bytes;
    for (size_t i = 0; i < whole; i++) move_rows(&at[i], column + i * LANES, n, node);
    if (whole * LANES < rows) {
      uint8_t last[LANES] = {0};
      memcpy(last, column + whole * LANES, rows - whole * LANES);
      move_rows(&at[whole], last, n, node);
    }
  }
}

MLK_MULTIVERSION
void mlk_tree_leaves_by_column(const mlk_node *nodes, size_t node_count, const uint8_t *columns,
                               size_t column_bytes, size_t first, size_t count, uint16_t *leaves) {
  lanes at[BLOCK / LANES];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t rows = count - start < BLOCK ? count - start : BLOCK;
    block_leaves(nodes, node_count, columns + first + start, column_bytes, rows, at);
    const uint8_t *found = (const uint8_t *)at;
    for (size_t i = 0; i < rows; i++) leaves[start + i] = found[i];
  }
}

MLK_MULTIVERSION
void mlk_tree_add_by_column(const mlk_node *nodes, size_t node_count, const double *values,
                            const uint8_t *columns, size_t column_bytes, size_t count,
                            double *scores) {
  lanes at[BLOCK / LANES];
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t rows = count - start < BLOCK ? count - start : BLOCK;
    block_leaves(nodes, node_count, columns + start, column_bytes, rows, at);
    const uint8_t *found = (const uint8_t *)at;
    for (size_t i = 0; i < rows; i++) scores[start + i] += values[found[i]];
  }
}
