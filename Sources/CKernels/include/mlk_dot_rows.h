// Inner products of one vector with many rows.
#ifndef MLK_DOT_ROWS_H
#define MLK_DOT_ROWS_H

#include <stddef.h>

// products[r] = (row r of `rows`) . vector, for rows of `width` floats side by side. Equal rows have
// equal products wherever they stand.
void mlk_dot_rows(const float *rows, size_t count, size_t width, const float *vector,
                  float *products);

#endif
