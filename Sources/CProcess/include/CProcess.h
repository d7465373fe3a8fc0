// What a process needs before it can rely on anything: three open descriptors, and an end in plain
// words when memory or threads run out. The rest of this library replaces functions of the C library
// and of OpenBLAS for the whole program; nothing has to call it.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens those of the descriptors 0 to 2 that are closed, so that no file gets their numbers, and
/// returns whether standard output was among them.
bool mlp_open_descriptors(void);

/// Says that memory ran out, and ends the process with the code for files and permissions.
__attribute__((noreturn)) void mlp_out_of_memory(size_t size);

/// Notes that the system refused memory. If the process is to crash after that, it is for
/// this reason, and it ends as from mlp_out_of_memory.
void mlp_note_shortage(void);

/// Says what the system did not give, and ends the process likewise.
__attribute__((noreturn)) void mlp_out_of_resources(const char *what);

#ifdef __cplusplus
}
#endif

#endif
