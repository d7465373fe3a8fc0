// The C library's allocation, with an end in plain words where memory runs out: few callers below and
// none above could do anything else, and most would trap or abort. What asks for memory by mmap gets
// an error and may have another way; only OpenBLAS has none and asks again for ever.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CProcess.h"

// The functions of the GNU C library behind the names that are replaced here.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  void *block = __libc_malloc(size);
  if (__builtin_expect(block == NULL, 0)) mlp_out_of_memory(size);
  return block;
}

void *calloc(size_t count, size_t size) {
  void *block = __libc_calloc(count, size);
  if (__builtin_expect(block == NULL, 0)) mlp_out_of_memory(count * size);
  return block;
}

void *realloc(void *old, size_t size) {
  void *block = __libc_realloc(old, size);
  // A size of zero frees the old block.
  if (__builtin_expect(block == NULL && size > 0, 0)) mlp_out_of_memory(size);
  return block;
}

void *memalign(size_t alignment, size_t size) {
  void *block = __libc_memalign(alignment, size);
  if (__builtin_expect(block == NULL, 0)) mlp_out_of_memory(size);
  return block;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  const int is_power = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!is_power || alignment % sizeof(void *) != 0) return EINVAL;
  *block = memalign(alignment, size);
  return 0;
}

static bool is_called_from(const char *library, void *caller) {
  Dl_info place;
  return dladdr(caller, &place) != 0 && place.dli_fname != NULL &&
         strstr(place.dli_fname, library) != NULL;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  const long result = syscall(SYS_mmap, address, size, protection, flags, file, offset);
  if (__builtin_expect(result == -1 && errno == ENOMEM, 0)) {
    mlp_note_shortage();
    if (is_called_from("openblas", __builtin_return_address(0))) mlp_out_of_memory(size);
    errno = ENOMEM;
  }
  return (void *)result;
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset) {
  return mmap(address, size, protection, flags, file, (off_t)offset);
}

// Dispatch sleeps and asks again, for ever, where the system has no thread or no memory for it.
unsigned int sleep(unsigned int seconds) {
  if (is_called_from("libdispatch", __builtin_return_address(0))) {
    mlp_out_of_resources("no further thread can be started");
  }
  struct timespec left = {.tv_sec = seconds};
  return nanosleep(&left, &left) == 0 ? 0 : (unsigned int)left.tv_sec;
}

// OpenBLAS starts threads when it is loaded, and ends the process by SIGINT where it cannot. The pool
// owns the threads, and BLAS runs on the one that calls it: so this, which OpenBLAS asks first, says
// one.
int openblas_num_threads_env(void);
int openblas_num_threads_env(void) { return 1; }
