// A library for LD_PRELOAD that kills a program before its N-th change of a file.
//
// What the next start finds on the disk depends only on which changes were made, not on the time
// at which a kill comes. So a test that kills before a counted change tries the same moments on
// every machine, and a kill after a sleep tries whichever the machine's speed brings.
// MLCORE_TEST_KILL_AT is N, from 1 on. Writes, truncations, syncs, renames and removals count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long changes;

static void count(void) {
  static atomic_long limit;
  long at = atomic_load(&limit);
  if (at == 0) {
    const char *text = getenv("MLCORE_TEST_KILL_AT");
    at = text ? atol(text) : -1;
    atomic_store(&limit, at);
  }
  if (atomic_fetch_add(&changes, 1) + 1 == at) kill(getpid(), SIGKILL);
}

#define CHANGE(type, name, parameters, arguments)                  \
  type name parameters {                                           \
    static type(*_Atomic original) parameters;                     \
    if (!original) original = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    count();                                                       \
    return original arguments;                                     \
  }

CHANGE(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
CHANGE(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
CHANGE(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
CHANGE(int, ftruncate, (int file, off_t size), (file, size))
CHANGE(int, ftruncate64, (int file, off_t size), (file, size))
CHANGE(int, fsync, (int file), (file))
CHANGE(int, fdatasync, (int file), (file))
CHANGE(int, rename, (const char *old, const char *new), (old, new))
CHANGE(int, renameat2, (int oldf, const char *old, int newf, const char *new, unsigned flags),
       (oldf, old, newf, new, flags))
CHANGE(int, link, (const char *old, const char *new), (old, new))
CHANGE(int, unlink, (const char *path), (path))
CHANGE(int, rmdir, (const char *path), (path))
CHANGE(int, mkdir, (const char *path, mode_t mode), (path, mode))
