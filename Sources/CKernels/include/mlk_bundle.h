// Histograms of features with few bins, which are counted several at once: a byte of a row holds
// the bins of all members of a bundle as the digits of one number, and what was counted for that
// number is shared out among the members afterwards.
#ifndef MLK_BUNDLE_H
#define MLK_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

// A member: one digit, the first member's being the lowest.
typedef struct {
  uint32_t levels;  // the values of the digit
  uint32_t cell;    // where the member's cells begin
  uint32_t first;   // the bin that digit 0 stands for, 0 or 1
} mlk_bundle_member;

// Fills the members' cells from the joint ones, cells[joint] and on, and leaves these in disorder.
void mlk_bundle_spread(int64_t *cells, size_t joint, const mlk_bundle_member *members,
                       size_t count);

#endif
