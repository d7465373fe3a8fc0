// Waiting for a server in a way that can be stopped: a sort of many rows takes its time.

internal import Glibc

enum SocketWait {
  /// Milliseconds between two looks at whether to stop.
  private static let interval: Int32 = 100

  /// Returns when there is something to read, or the socket has failed.
  ///
  /// - Parameter checkCancelled: throws when the work should stop.
  static func untilReadable(_ socket: Int32, checkCancelled: () throws -> Void) throws {
    var status: Int32 = 0
    repeat {
      try checkCancelled()
      var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      status = poll(&descriptor, 1, interval)
    } while status == 0 || (status < 0 && errno == EINTR)
  }
}
