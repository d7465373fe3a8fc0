// Eight columns of sixteen rows at a time: bytes of two columns side by side, then pairs, then fours.
// The vectors are those of any processor, so one version is enough.
#include "mlk_interleave.h"

#include <string.h>

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t pairs8 __attribute__((vector_size(16)));
typedef uint32_t fours4 __attribute__((vector_size(16)));

#define LOW_BYTES(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_BYTES(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOW_PAIRS(a, b) __builtin_shufflevector((pairs8)(a), (pairs8)(b), 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_PAIRS(a, b) \
  __builtin_shufflevector((pairs8)(a), (pairs8)(b), 4, 12, 5, 13, 6, 14, 7, 15)
#define LOW_FOURS(a, b) __builtin_shufflevector((fours4)(a), (fours4)(b), 0, 4, 1, 5)
#define HIGH_FOURS(a, b) __builtin_shufflevector((fours4)(a), (fours4)(b), 2, 6, 3, 7)

static inline void store_two(fours4 two, uint8_t *target, size_t stride) {
  uint64_t rows[2];
  memcpy(rows, &two, 16);
  memcpy(target, &rows[0], 8);
  memcpy(target + stride, &rows[1], 8);
}

// `present` of the eight columns exist, the others are zeros.
static void interleave_eight(const uint8_t *const *columns, size_t present, size_t rows,
                             uint8_t *target, size_t stride) {
  size_t row = 0;
  for (; row + 16 <= rows; row += 16) {
    bytes16 c[8];
    for (size_t k = 0; k < 8; k++) {
      c[k] = (bytes16){0};
      if (k < present) memcpy(&c[k], columns[k] + row, 16);
    }
    for (int half = 0; half < 2; half++) {
      bytes16 a = half ? HIGH_BYTES(c[0], c[1]) : LOW_BYTES(c[0], c[1]);
      bytes16 b = half ? HIGH_BYTES(c[2], c[3]) : LOW_BYTES(c[2], c[3]);
      bytes16 d = half ? HIGH_BYTES(c[4], c[5]) : LOW_BYTES(c[4], c[5]);
      bytes16 e = half ? HIGH_BYTES(c[6], c[7]) : LOW_BYTES(c[6], c[7]);
      pairs8 first_low = LOW_PAIRS(a, b), first_high = HIGH_PAIRS(a, b);
      pairs8 last_low = LOW_PAIRS(d, e), last_high = HIGH_PAIRS(d, e);
      uint8_t *to = target + (row + 8 * (size_t)half) * stride;
      store_two(LOW_FOURS(first_low, last_low), to, stride);
      store_two(HIGH_FOURS(first_low, last_low), to + 2 * stride, stride);
      store_two(LOW_FOURS(first_high, last_high), to + 4 * stride, stride);
      store_two(HIGH_FOURS(first_high, last_high), to + 6 * stride, stride);
    }
  }
  for (; row < rows; row++)
    for (size_t k = 0; k < 8; k++) target[row * stride + k] = k < present ? columns[k][row] : 0;
}

void mlk_interleave(const uint8_t *const *columns, size_t column_count, size_t rows,
                    uint8_t *target, size_t stride) {
  for (size_t first = 0; first < column_count; first += 8) {
    size_t left = column_count - first;
    interleave_eight(columns + first, left < 8 ? left : 8, rows, target + first, stride);
  }
}
