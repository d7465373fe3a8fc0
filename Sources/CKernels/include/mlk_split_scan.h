// The best threshold of one numeric feature from its gradient histogram.
#ifndef MLK_SPLIT_SCAN_H
#define MLK_SPLIT_SCAN_H

#include <stdint.h>

// What a scan needs to know of the node and the regularisation. All numbers are in the integers'
// units, so that no data are too large or too small for single precision.
typedef struct {
  int64_t total;          // the node's packed sums
  float lambda_l1;        // subtracted from the size of a gradient sum, in its units
  float lambda_l2;        // added to a hessian sum, in its units
  int32_t least_hessian;  // least hessian units of a child; at least 1
} mlk_scan_node;

// The best split found: rows whose bin is in 1 ... threshold go left.
typedef struct {
  float gain;            // G_l^2/(H_l+l2) + G_r^2/(H_r+l2) in units; -1 if no split is allowed
  int32_t threshold;     // the last bin that goes left
  int32_t missing_left;  // 1 if bin 0 goes left too
  int64_t left;          // the packed sums of the rows that go left
} mlk_scan_split;

// cells: `bins` packed cells, of which cell 0 counts the missing values; 2 <= bins <= 256. Up to
// MLK_SCAN_PADDING cells behind them are read, whatever they hold.
// Of equal gains those with missing values to the right come first, then the smallest threshold.
enum { MLK_SCAN_PADDING = 8 };
mlk_scan_split mlk_split_scan(const int64_t *cells, int32_t bins, const mlk_scan_node *node);

#endif
