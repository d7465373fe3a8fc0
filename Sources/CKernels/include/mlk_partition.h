// Dividing the row entries of a node between its children.
//
// A row goes left if its bin is in the interval `low ... low + width` (one unsigned comparison:
// bin 0 is the missing bin, so low = 0 sends missing values left, low = 1 sends them right), or,
// for sets of categories, if its bin's bit is set in a mask of 256 bits.
#ifndef MLK_PARTITION_H
#define MLK_PARTITION_H

#include <stddef.h>
#include <stdint.h>

// Writes left entries upwards from `left` and right entries downwards from `right_end`.
// The bin of a row is column[row * stride]. Both ranges may lie in one array of `count` words.
// Where the rows are so near that asking for them ahead only costs time, `is_near` is 1.
// Returns how many entries went left.
size_t mlk_partition_interval(const uint8_t *column, size_t stride, int is_near, uint8_t low,
                              uint8_t width, const uint64_t *entries, size_t count,
                              uint64_t *left, uint64_t *right_end);

size_t mlk_partition_set(const uint8_t *column, size_t stride, int is_near,
                         const uint64_t mask[4], const uint64_t *entries, size_t count,
                         uint64_t *left, uint64_t *right_end);

// Copies the rows of `count` entries side by side: entry i's row of `stride` bytes goes to
// packed + (first + i) * stride, its number to rows[first + i], and the entry's row becomes
// first + i. `stride` is a multiple of 8.
void mlk_gather_rows(const uint8_t *bins, size_t stride, uint64_t *entries, size_t count,
                     uint32_t first, uint8_t *packed, uint32_t *rows);

#endif
