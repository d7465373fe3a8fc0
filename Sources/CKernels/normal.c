// Normal distributions over arrays, in vector code without branches.
//
// With R(x) = Q(x) e^(x^2/2), where Q is the mass above x >= 0, (x + 4) R(x) is smooth in
// t = (x - 4) / (x + 4) from 0 to infinity. Its Chebyshev series to degree 21, written as powers of
// t, leaves a relative 1e-15.
#include "mlk_normal.h"

#include "elementary.h"

MLK_ELEMENT double scaled_tail(double x) {
  double u = 1.0 / (x + 4.0);
  double t = (x - 4.0) * u;
  // Four polynomials in t^4 side by side, as each operation of a single one waits for the last.
  double t2 = t * t;
  double t4 = t2 * t2;
  double p0 = 6.7797696255966974e-09;
  p0 = p0 * t4 + 2.351294479530888e-07;
  p0 = p0 * t4 + 7.013963222331888e-07;
  p0 = p0 * t4 + 0.00013334323640921145;
  p0 = p0 * t4 + 0.06039657488256644;
  p0 = p0 * t4 + 0.7552851304157506;
  double p1 = -1.277235143295772e-09;
  p1 = p1 * t4 + -1.622316320853567e-07;
  p1 = p1 * t4 + -5.922893777541928e-06;
  p1 = p1 * t4 + -0.00023109513778728935;
  p1 = p1 * t4 + -0.007540188968891619;
  p1 = p1 * t4 + -0.607896641971893;
  double p2 = -5.672551226407121e-08;
  p2 = p2 * t4 + -6.002848742191028e-07;
  p2 = p2 * t4 + -1.9031365263494377e-06;
  p2 = p2 * t4 + -0.0034796922350576356;
  p2 = p2 * t4 + 0.3871374007424215;
  double p3 = 1.9569608939974048e-08;
  p3 = p3 * t4 + 1.026984070143193e-06;
  p3 = p3 * t4 + 3.514560235904452e-05;
  p3 = p3 * t4 + 0.0016308184854735856;
  p3 = p3 * t4 + -0.1865218579595787;
  return ((p0 + t * p1) + t2 * (p2 + t * p3)) * u;
}

// The mass is one of three expressions, each the logarithm of a number that is not small by
// cancellation, plus an offset: in a tail, around the middle, and over a short way, where the
// difference of two tails would lose digits, from the derivatives of the density in its middle.
MLK_ELEMENT double log_mass(double low, double width) {
  double high = low + width;
  double near = fabs(low) < fabs(high) ? fabs(low) : fabs(high);
  double far = fabs(low) < fabs(high) ? fabs(high) : fabs(low);
  int around = (low < 0.0) & (high > 0.0);
  double exponent = -0.5 * near * near;
  double far_tail = scaled_tail(far) * exponential(-0.5 * (far - near) * (far + near));
  double near_tail = scaled_tail(near);
  double outside = exponential(exponent) * (near_tail + far_tail);
  double offset = around ? 0.0 : exponent;
  double number = around ? 1.0 - outside : near_tail - far_tail;

  double middle = low + 0.5 * width;
  double m = middle * middle;
  double w = width * width;
  int is_short = w * (1.0 + m) < 4e-4;
  double series = 1.0 + w * ((m - 1.0) * (1.0 / 24.0) + w * ((m - 6.0) * m + 3.0) * (1.0 / 1920.0));
  const double half_log_2_pi = 0x1.d67f1c864beb4p-1;
  offset = is_short ? -0.5 * m - half_log_2_pi : offset;
  number = is_short ? width * series : number;
  return offset + logarithm(number);
}

MLK_MULTIVERSION
void mlk_log_normal_masses(const double *lows, const double *widths, double *result, size_t count) {
  for (size_t i = 0; i < count; i++) result[i] = log_mass(lows[i], widths[i]);
}

MLK_MULTIVERSION
void mlk_add_normal_exponents(const double *means, const double *scales, size_t count, double low,
                              double high, double *sums) {
  for (size_t i = 0; i < count; i++) {
    double below = low - means[i];
    double above = means[i] - high;
    double outside = below > above ? below : above;
    double distance = (outside > 0.0 ? outside : 0.0) * scales[i];
    sums[i] -= 0.5 * distance * distance;
  }
}
