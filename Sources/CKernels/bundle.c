// Sums of joint cells over all digits but one. The highest digit comes first: once its sums are
// taken, its cells are folded together, and the next digit has fewer cells to go through.
#include "mlk_bundle.h"

#include "multiversion.h"

// target[i] += source[i]; returns the sum of the source.
static inline __attribute__((always_inline)) int64_t fold(int64_t *restrict target,
                                                          const int64_t *restrict source,
                                                          size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    sum += source[i];
    target[i] += source[i];
  }
  return sum;
}

static inline __attribute__((always_inline)) int64_t total(const int64_t *cells, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += cells[i];
  return sum;
}

MLK_MULTIVERSION
void mlk_bundle_spread(int64_t *cells, size_t joint, const mlk_bundle_member *members,
                       size_t count) {
  int64_t *own = cells + joint;
  size_t size = 1;
  for (size_t k = 0; k < count; k++) size *= members[k].levels;
  for (size_t k = count; k-- > 0;) {
    int64_t *sums = cells + members[k].cell;
    sums[0] = 0;  // no row is missing where digit 0 stands for bin 1
    sums += members[k].first;
    size /= members[k].levels;
    sums[0] = total(own, size);
    for (size_t digit = 1; digit < members[k].levels; digit++)
      sums[digit] = fold(own, own + digit * size, size);
  }
}
