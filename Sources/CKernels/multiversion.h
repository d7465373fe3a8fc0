// How a kernel is compiled for several instruction sets and chosen when the program starts.
// No kernel contracts a multiplication and an addition into one, so that every version gives the
// same bits.
#ifndef MULTIVERSION_H
#define MULTIVERSION_H

// A function that loops call for each element: a call that is left stands in the way of vectors.
#define MLK_ELEMENT static inline __attribute__((always_inline))

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__gnu_linux__)
#define MLK_MULTIVERSION \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MLK_MULTIVERSION
#endif

#endif
