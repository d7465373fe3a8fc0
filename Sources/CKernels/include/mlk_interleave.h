// Columns of bytes turned into rows of bytes.
#ifndef MLK_INTERLEAVE_H
#define MLK_INTERLEAVE_H

#include <stddef.h>
#include <stdint.h>

// target[row * stride + k] = columns[k][row]; the bytes behind the last column up to the next
// multiple of 8 become 0. The stride is a multiple of 8, not below the number of columns.
void mlk_interleave(const uint8_t *const *columns, size_t column_count, size_t rows,
                    uint8_t *target, size_t stride);

#endif
