// Arrow C++ behind plain C.
#ifndef CARROW_H
#define CARROW_H

#endif
