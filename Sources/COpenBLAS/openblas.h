// CBLAS and LAPACKE as Debian's libopenblas-dev and liblapacke-dev install them.
#include <cblas.h>
// The C99 complex types of lapacke.h do not import; we call real routines only.
#include <lapacke.h>
