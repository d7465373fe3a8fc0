// Exponential and logarithm of one double, for loops that the compiler turns into vector code of any
// width with the same result: no branches, and no fused multiply-add (it would round differently
// where the processor has none).
//
// exp: x = k ln 2 + r with |r| <= ln 2 / 2. The Taylor series of e^r to degree 13 leaves 4e-18.
// log: x = 2^k m with sqrt(1/2) <= m < sqrt(2), s = (m - 1) / (m + 1), |s| <= 0.172, and the series
//      log m = 2 (s + s^3/3 + s^5/5 + ...) to s^23, which leaves a relative 2e-19.
// (Any textbook has these, for example Muller, "Elementary Functions", 3rd edition, 2016.)
#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "multiversion.h"

// ln 2 in two parts. The first has 21 trailing zero bits, so that k times it is exact.
static const double ln2_high = 0x1.62e42feep-1;
static const double ln2_low = 0x1.a39ef35793c76p-33;
// Added to a number below 2^51, it rounds to an integer and leaves that in the low bits.
static const double rounding = 0x1.8p52;

MLK_ELEMENT uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

MLK_ELEMENT double double_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

MLK_ELEMENT double exponential(double value) {
  // Beyond these bounds the result is infinity or zero; the comparisons let NaN through.
  double x = value > 710.0 ? 710.0 : value;
  x = x < -746.0 ? -746.0 : x;
  double k = (x * 0x1.71547652b82fep0 + rounding) - rounding;
  double high = x - k * ln2_high;
  double low = k * ln2_low;
  double r = high - low;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  // 1 + r + r^2 p, with what the rounding of r and of 1 + r lost.
  double sum = 1.0 + r;
  double lost = ((1.0 - sum) + r) + ((high - r) - low);
  double power = sum + (r * r * p + lost);
  // 2^k in two factors, as k may lie beyond the exponents of normal numbers.
  double first = k * 0.5 + rounding;
  double second = (k - (first - rounding)) + rounding;
  return power * double_of((bits_of(first) + 1023) << 52) *
         double_of((bits_of(second) + 1023) << 52);
}

MLK_ELEMENT double logarithm(double value) {
  // Subnormal numbers are made normal first.
  int subnormal = value < 0x1p-1022;
  double x = subnormal ? value * 0x1p54 : value;
  uint64_t bits = bits_of(x);
  // Counting the exponent from sqrt(1/2) puts m between sqrt(1/2) and sqrt(2).
  uint64_t offset = bits - 0x3fe6a09e667f3bcdu;
  double k = double_of(0x4330000000000000u | ((offset >> 52) ^ 0x800)) - (0x1p52 + 0x800);
  double m = double_of((offset & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
  k = subnormal ? k - 54.0 : k;
  double f = m - 1.0;
  double s = f / (2.0 + f);
  double z = s * s;
  double p = 2.0 / 23.0;
  p = p * z + 2.0 / 21.0;
  p = p * z + 2.0 / 19.0;
  p = p * z + 2.0 / 17.0;
  p = p * z + 2.0 / 15.0;
  p = p * z + 2.0 / 13.0;
  p = p * z + 2.0 / 11.0;
  p = p * z + 2.0 / 9.0;
  p = p * z + 2.0 / 7.0;
  p = p * z + 2.0 / 5.0;
  p = p * z + 2.0 / 3.0;
  // 2 s = f - s f and s f = f^2/2 - s f^2/2, so that only small terms are rounded.
  double half_square = 0.5 * f * f;
  double result = k * ln2_high + (f - (half_square - (s * (half_square + z * p) + k * ln2_low)));
  result = value == INFINITY ? INFINITY : result;
  result = value == 0.0 ? -INFINITY : result;
  return value >= 0.0 ? result : NAN;
}

#endif
