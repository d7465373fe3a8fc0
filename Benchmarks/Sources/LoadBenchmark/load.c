// Asks a server on this machine at a fixed rate and prints one line of JSON.
// Usage: LoadBenchmark PORT CONNECTIONS RATE WARM_UP SECONDS FILE
//
// The loop is open: request i is due i / RATE seconds after the start, whether or not others were
// answered. Its latency counts from when it is due, so that a wait for a free connection is part of
// the result. FILE holds whole HTTP requests, each behind a line with its number of bytes; they are
// sent in turn. Requests that are due in the first WARM_UP seconds are not counted.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { answer_bytes = 1 << 20, drain_nanoseconds = 2000000000 };

typedef struct {
  char *bytes;
  size_t count;
} request;

typedef struct {
  int descriptor;
  bool is_busy;
  int64_t due;
  request asked;
  size_t sent;
  char *answer;
  size_t received;
} connection;

typedef struct {
  struct sockaddr_in address;
  int events;
  connection *connections;
  connection **idle;
  int idle_count;
  int64_t counted_from;
  int64_t *latencies;
  size_t answered, refused, failed;
} load;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * (int64_t)1000000000 + time.tv_nsec;
}

static request *read_requests(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  request *requests = NULL;
  size_t size;
  *count = 0;
  while (fscanf(file, "%zu", &size) == 1 && fgetc(file) == '\n') {
    requests = realloc(requests, (*count + 1) * sizeof *requests);
    request *added = &requests[(*count)++];
    *added = (request){malloc(size), size};
    if (fread(added->bytes, 1, size, file) != size) fail("a request ends too early");
  }
  if (*count == 0) fail("no request");
  fclose(file);
  return requests;
}

static void connect_to_server(load *load, connection *connection) {
  int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  if (descriptor < 0) fail("socket");
  if (connect(descriptor, (struct sockaddr *)&load->address, sizeof load->address) != 0)
    fail("connect");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(load->events, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
  connection->descriptor = descriptor;
  connection->is_busy = false;
  load->idle[load->idle_count++] = connection;
}

/// Takes a connection that the server ended, or that answers what is no HTTP, out of use.
static void reconnect(load *load, connection *connection) {
  close(connection->descriptor);
  if (connection->is_busy) {
    load->failed += connection->due >= load->counted_from;
  } else {
    for (int place = 0; place < load->idle_count; place++)
      if (load->idle[place] == connection) load->idle[place--] = load->idle[--load->idle_count];
  }
  connect_to_server(load, connection);
}

static void wait_for(load *load, connection *connection, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(load->events, EPOLL_CTL_MOD, connection->descriptor, &event);
}

static void send_rest(load *load, connection *connection) {
  while (connection->sent < connection->asked.count) {
    ssize_t count = send(connection->descriptor, connection->asked.bytes + connection->sent,
                         connection->asked.count - connection->sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) return wait_for(load, connection, EPOLLIN | EPOLLOUT);
    if (count < 0) return reconnect(load, connection);
    connection->sent += (size_t)count;
  }
}

/// The length of a whole answer, 0 if it is not all there, -1 if it is none of a known length.
static ssize_t length_of_answer(const connection *connection) {
  const char *text = connection->answer;
  const char *end = memmem(text, connection->received, "\r\n\r\n", 4);
  if (!end) return 0;
  const char *line = text;
  while (line < end) {
    const char *header = line;
    line = (const char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1;
    if (strncasecmp(header, "content-length:", 15) != 0) continue;
    size_t length = (size_t)(end + 4 - text) + strtoul(header + 15, NULL, 10);
    if (length >= answer_bytes) return -1;
    return length <= connection->received ? (ssize_t)length : 0;
  }
  return -1;
}

static void receive(load *load, connection *connection) {
  while (true) {
    ssize_t count = recv(connection->descriptor, connection->answer + connection->received,
                         answer_bytes - 1 - connection->received, 0);
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) return reconnect(load, connection);
    connection->received += (size_t)count;
    connection->answer[connection->received] = 0;
  }
  ssize_t length = length_of_answer(connection);
  if (length == 0) return;
  if (length < 0) return reconnect(load, connection);
  if (connection->due >= load->counted_from) {
    bool is_success = connection->received > 9 && connection->answer[9] == '2';
    load->refused += !is_success;
    if (is_success) load->latencies[load->answered++] = now() - connection->due;
  }
  connection->is_busy = false;
  load->idle[load->idle_count++] = connection;
}

static void ask(load *load, int64_t due, request asked) {
  connection *connection = load->idle[--load->idle_count];
  connection->is_busy = true;
  connection->due = due;
  connection->asked = asked;
  connection->sent = connection->received = 0;
  send_rest(load, connection);
}

static int ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static double microseconds(const load *load, double share) {
  size_t place = (size_t)(share * (double)load->answered);
  if (place >= load->answered) place = load->answered - 1;
  return (double)load->latencies[place] / 1e3;
}

int main(int count, char **words) {
  if (count != 7) {
    fputs("usage: LoadBenchmark PORT CONNECTIONS RATE WARM_UP SECONDS FILE\n", stderr);
    return 2;
  }
  int connections = atoi(words[2]);
  double gap = 1e9 / atof(words[3]), warm_up = atof(words[4]), seconds = atof(words[5]);
  size_t request_count, total = (size_t)((warm_up + seconds) * 1e9 / gap), next = 0;
  request *requests = read_requests(words[6], &request_count);
  prctl(PR_SET_TIMERSLACK, 1);
  load load = {.events = epoll_create1(0),
               .connections = calloc((size_t)connections, sizeof(connection)),
               .idle = calloc((size_t)connections, sizeof(connection *)),
               .latencies = malloc((total + 1) * sizeof(int64_t))};
  load.address.sin_family = AF_INET;
  load.address.sin_port = htons((uint16_t)atoi(words[1]));
  load.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int place = 0; place < connections; place++) {
    load.connections[place].answer = malloc(answer_bytes);
    connect_to_server(&load, &load.connections[place]);
  }
  int64_t start = now(), end = start + (int64_t)((warm_up + seconds) * 1e9);
  load.counted_from = start + (int64_t)(warm_up * 1e9);
  while (true) {
    int64_t time = now();
    int64_t due = start + (int64_t)(gap * (double)next);
    while (next < total && due <= time && load.idle_count > 0 && time < end) {
      ask(&load, due, requests[next % request_count]);
      due = start + (int64_t)(gap * (double)++next);
    }
    bool asks_more = next < total && time < end;
    if ((!asks_more && load.idle_count == connections) || time > end + drain_nanoseconds) break;
    int64_t wait = asks_more && load.idle_count > 0 ? due - time : 100000000;
    if (wait < 0) wait = 0;
    struct timespec most = {wait / 1000000000, wait % 1000000000};
    struct epoll_event events[256];
    int found = epoll_pwait2(load.events, events, 256, &most, NULL);
    for (int place = 0; place < found; place++) {
      connection *connection = events[place].data.ptr;
      if (events[place].events & EPOLLOUT) {
        wait_for(&load, connection, EPOLLIN);
        send_rest(&load, connection);
      }
      if (events[place].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(&load, connection);
    }
  }
  if (load.answered == 0) {
    puts("{\"answered\": 0}");
    return 0;
  }
  qsort(load.latencies, load.answered, sizeof(int64_t), ascending);
  size_t wanted = (size_t)(seconds * 1e9 / gap);
  printf("{\"wanted\": %zu, \"answered\": %zu, \"refused\": %zu, \"failed\": %zu, \"p50\": %.1f, "
         "\"p99\": %.1f, \"p999\": %.1f, \"most\": %.1f}\n",
         wanted, load.answered, load.refused, load.failed, microseconds(&load, 0.5),
         microseconds(&load, 0.99), microseconds(&load, 0.999), microseconds(&load, 1));
  return 0;
}
