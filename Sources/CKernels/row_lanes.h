// A group of rows side by side in the lanes of vectors: see mlk_forest.h.
#ifndef ROW_LANES_H
#define ROW_LANES_H

#include <stdint.h>
#include <string.h>

#include "mlk_forest.h"
#include "multiversion.h"

// Vectors are arguments of inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

enum { ROWS = MLK_GROUP_ROWS };
typedef double reals __attribute__((ext_vector_type(ROWS)));
typedef int64_t masks __attribute__((ext_vector_type(ROWS)));
typedef uint8_t bytes __attribute__((ext_vector_type(ROWS)));
typedef int8_t signs __attribute__((ext_vector_type(ROWS)));

// For each row -1 where it meets a condition, as in mlk_tree_walk.h, else 0; the other way round
// where `flip` is 255 and not 0.
MLK_ELEMENT masks goes_first(uint16_t feature, uint8_t low, uint8_t width, uint16_t set,
                             uint8_t flip, const uint64_t (*sets)[4], const uint8_t *group) {
  bytes bin;
  memcpy(&bin, group + (size_t)feature * ROWS, ROWS);
  signs met = (signs)((bytes)(bin - low) <= width);
  if (set) {
    const uint64_t *words = sets[set - 1];
    for (int k = 0; k < ROWS; k++) met[k] = -(int8_t)(words[bin[k] >> 6] >> (bin[k] & 63) & 1);
  }
  met ^= (int8_t)flip;
  return __builtin_convertvector(met, masks);
}

MLK_ELEMENT reals where(masks mask, reals value) { return (reals)(mask & (masks)value); }

MLK_ELEMENT reals pick(masks mask, double yes, double no) { return mask ? (reals)yes : (reals)no; }

#endif
