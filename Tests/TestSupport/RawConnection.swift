// A connection that sends what no HTTP library would.
import Foundation
import Glibc
import Testing

/// A TCP connection to the loopback.
public final class RawConnection {
  private let descriptor: Int32

  /// Connects.
  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0, "the server does not listen: \(String(cString: strerror(errno)))")
    // A server that neither answers nor closes fails the test, and does not hold it.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends a text; what the server no longer takes is lost.
  public func send(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Tells the server that nothing more is sent.
  public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Receives some bytes; none at the end.
  public func some() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    try #require(
      count >= 0 || errno == ECONNRESET, "no answer: \(String(cString: strerror(errno)))")
    return Array(buffer.prefix(max(0, count)))
  }

  /// Receives all until the server closes.
  public func rest() throws -> String {
    var bytes: [UInt8] = []
    while case let part = try some(), !part.isEmpty { bytes += part }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// An answer, taken apart.
public struct Answer: CustomStringConvertible, Sendable {
  /// The number of the status.
  public let status: Int
  /// The first line and the headers.
  public let head: String
  public let body: String

  /// Takes a text apart.
  public init(_ text: String) throws {
    let cut = try #require(text.range(of: "\r\n\r\n"), "no answer of HTTP: \(text)")
    head = String(text[..<cut.lowerBound])
    body = String(text[cut.upperBound...])
    status = Int(head.dropFirst(9).prefix(3)) ?? 0
  }

  /// The body as a JSON object.
  public func json() throws -> [String: Any] {
    let value = try? JSONSerialization.jsonObject(with: Data(body.utf8))
    return try #require(value as? [String: Any], "no JSON object: \(self)")
  }

  public var description: String { "\(head)\n\n\(body)" }
}

extension Answer {
  /// Asks once, on a connection of its own.
  public static func ask(
    port: Int, _ method: String, _ target: String, _ body: String? = nil, headers: [String] = []
  ) throws -> Answer {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
    for header in headers { text += "\(header)\r\n" }
    if let body {
      if !headers.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
        text += "Content-Type: application/json\r\n"
      }
      text += "Content-Length: \(body.utf8.count)\r\n"
    }
    let connection = try RawConnection(port: port)
    try connection.send("\(text)\r\n\(body ?? "")")
    return try Answer(connection.rest())
  }
}
