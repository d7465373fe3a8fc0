// The few loops that Swift cannot do well: prefetch, processor hints and loops compiled for
// several instruction sets. Every function has the prefix mlk_ and a slow twin in the tests.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "mlk_threads.h"
#include "mlk_vector_math.h"

#endif
