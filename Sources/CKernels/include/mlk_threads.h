// Hints and waits for the worker pool.
#ifndef MLK_THREADS_H
#define MLK_THREADS_H

#include <stdint.h>

// Tells the processor that this thread spins.
static inline void mlk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// The number of processors in this process's affinity mask; 0 if the system does not tell.
int mlk_available_processors(void);

// Sleeps until the 32-bit word is woken, unless it no longer holds `expected`.
void mlk_futex_wait(const void *word, uint32_t expected);

// Wakes every thread that sleeps on the word.
void mlk_futex_wake_all(const void *word);

#endif
