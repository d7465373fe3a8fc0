// Gradient histograms in integers.
//
// A row entry packs a row and its quantised gradient and hessian in one word:
//   row << 32 | (uint16_t)gradient << 16 | hessian
// A histogram cell packs their sums in one word: (sum of gradients << 32) + sum of hessians.
// Hessians are not negative and their sums stay below 2^31, so the halves never disturb each
// other, and a sum does not depend on the order of its terms.
// The cells of the byte f of a row, a feature's bin or several (see mlk_bundle.h), are
// cells[MLK_FEATURE_CELLS * f] and on, one for each value: with a distance that
// the compiler knows, no table of offsets has to be read for every update.
#ifndef MLK_HISTOGRAM_H
#define MLK_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

// Cells from the first of one feature to the first of the next: 33 cache lines. With a distance of
// 32 lines, the low bins of all features would share a few sets of the nearest cache and drive each
// other out: ten times slower where features have few bins.
enum { MLK_FEATURE_CELLS = 264 };

// Adds `count` entries to the histograms of `features` features.
// bins: row-major, `stride` bytes from row to row, one byte for each feature.
void mlk_histogram_add(const uint8_t *bins, size_t stride, size_t features,
                       const uint64_t *entries, size_t count, int64_t *cells);

// parent[i] -= child[i]: the histogram of a node's other child, in place.
void mlk_histogram_subtract(int64_t *parent, const int64_t *child, size_t count);

// into[i] += from[i]: joins what two threads have counted.
void mlk_histogram_merge(int64_t *into, const int64_t *from, size_t count);

#endif
