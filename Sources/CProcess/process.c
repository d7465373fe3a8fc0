// The first steps of the process, and its last words. These only use calls that need no memory.
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The program's exit code for a file or a permission, and so for what the system does not give.
enum { CODE_FOR_FILES = 4 };

bool mlp_open_descriptors(void) {
  bool is_output_closed = false;
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    if (descriptor == STDOUT_FILENO) is_output_closed = true;
    // The lowest free number is this one: those below are open by now.
    (void)open("/dev/null", O_RDWR);
  }
  return is_output_closed;
}

static void say(const char *facts) {
  static const char advice[] =
      "Give the process more memory and threads (ulimit -v, ulimit -u, the container's limits), or "
      "use fewer threads.\n";
  char text[512];
  const int count = snprintf(text, sizeof text, "mlcore: %s\n%s", facts, advice);
  if (count > 0) {
    ssize_t written = write(STDERR_FILENO, text, (size_t)count < sizeof text ? (size_t)count : sizeof text - 1);
    (void)written;
  }
}

void mlp_out_of_memory(size_t size) {
  char facts[128];
  snprintf(facts, sizeof facts, "out of memory: %zu bytes could not be allocated", size);
  say(facts);
  _exit(CODE_FOR_FILES);
}

void mlp_out_of_resources(const char *what) {
  say(what);
  _exit(CODE_FOR_FILES);
}

static volatile sig_atomic_t is_short;

void mlp_note_shortage(void) { is_short = 1; }

// Libraries that ask for memory and cannot do without abort, or use what they did not get.
static const int crashes[] = {SIGABRT, SIGSEGV};
static struct sigaction previous[sizeof crashes / sizeof *crashes];

static void crash(int signal) {
  if (is_short) mlp_out_of_resources("out of memory");
  for (size_t place = 0; place < sizeof crashes / sizeof *crashes; place++) {
    if (crashes[place] == signal) sigaction(signal, &previous[place], NULL);
  }
  raise(signal);
}

__attribute__((constructor)) static void watch_crashes(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crash;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  for (size_t place = 0; place < sizeof crashes / sizeof *crashes; place++) {
    sigaction(crashes[place], &action, &previous[place]);
  }
}
