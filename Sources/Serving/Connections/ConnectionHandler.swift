// One connection: collects a request within its limits, has it answered, and writes the answer.
// Everything here runs on the event loop of the connection.
import NIOCore
import NIOHTTP1
import Texts

/// The handler of a connection.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// For the head of a request.
    case waiting
    /// For the rest of a body.
    case reading(Pending)
    /// For an answer.
    case working
    /// For the end of a connection whose client is told to end it; what still comes is dropped.
    case discarding
  }

  /// A request whose body is arriving.
  private struct Pending {
    var request: Request
    var found: (route: Route, values: [String])?
    /// Why it is refused when it is all there.
    var failure: RequestFailure?
    let start: NIODeadline
    let keepsAlive: Bool
  }

  private let service: RequestService
  private var state = State.waiting
  /// When the connection is closed unless something ends before.
  private(set) var deadline: NIODeadline
  private var heldBytes = 0
  /// Whether the client sends nothing more.
  private var isLast = false
  private var context: ChannelHandlerContext?

  /// The seconds in which the head of the first request has to arrive.
  private static let headSeconds: Int64 = 10
  /// The seconds in which a refused client has to end its body.
  private static let lingerSeconds: Int64 = 5

  init(_ service: RequestService) {
    self.service = service
    deadline = .now() + .seconds(min(Self.headSeconds, Int64(service.configuration.readSeconds)))
  }

  private var readTime: TimeAmount { .seconds(Int64(service.configuration.readSeconds)) }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelInactive(context: ChannelHandlerContext) {
    releaseBytes()
    self.context = nil
    context.fireChannelInactive()
  }

  /// A client that sends no more still gets the answer that it waits for.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? ChannelEvent, event == .inputClosed else {
      return context.fireUserInboundEventTriggered(event)
    }
    isLast = true
    if case .working = state { return }
    context.close(promise: nil)
  }

  /// Closes a connection that is late, or that waits while the server ends.
  func sweep(at now: NIODeadline) {
    switch state {
    case .working: return
    case .waiting where service.gauges.isDraining: context?.close(promise: nil)
    default: if now > deadline { expire() }
    }
  }

  private func expire() {
    if case .reading(let pending) = state, let context {
      let failure = RequestFailure(
        .requestTimeout, "the request", found: "an incomplete one",
        expected: "all of it within \(service.configuration.readSeconds) seconds")
      state = .discarding
      write(failure.response, to: pending, keepsAlive: false, context: context)
    }
    context?.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context: context)
    case .body(let bytes): add(bytes, context: context)
    case .end: end(context: context)
    }
  }

  // MARK: - Reading

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    guard case .waiting = state else { return }
    deadline = .now() + readTime
    var pending: Pending
    do throws(RequestFailure) {
      let request = try Request(head)
      pending = Pending(
        request: request, start: .now(),
        keepsAlive: head.isKeepAlive && !service.gauges.isDraining)
      do throws(RequestFailure) {
        try Self.check(head)
        let found = try service.route(request)
        pending.found = found
        try checkBody(head, of: found.route)
      } catch {
        pending.failure = error
      }
    } catch {
      guard let empty = try? Request(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
      else { return }
      pending = Pending(request: empty, failure: error, start: .now(), keepsAlive: false)
    }
    state = .reading(pending)
    if pending.failure?.status == .payloadTooLarge { return refuse(context: context) }
    if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
      if pending.failure != nil { return refuse(context: context) }
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))),
        promise: nil)
    }
  }

  /// Checks what any request has to keep.
  private static func check(_ head: HTTPRequestHead) throws(RequestFailure) {
    let hosts = head.headers[canonicalForm: "host"]
    guard hosts.count == 1 || (head.version == .http1_0 && hosts.isEmpty) else {
      throw RequestFailure(
        .badRequest, "the header host", found: "\(hosts.count) of them", expected: "one")
    }
    let codings = head.headers[canonicalForm: "transfer-encoding"]
    guard codings.isEmpty || codings.map({ $0.lowercased() }) == ["chunked"] else {
      throw RequestFailure(
        .notImplemented, "the header transfer-encoding", found: codings.joined(separator: ", "),
        expected: "chunked, or none")
    }
    guard codings.isEmpty || !head.headers.contains(name: "content-length") else {
      throw RequestFailure(
        .badRequest, "the headers", found: "both transfer-encoding and content-length",
        expected: "one of them")
    }
  }

  private func checkBody(
    _ head: HTTPRequestHead, of route: Route
  ) throws(RequestFailure) {
    let coding = head.headers.first(name: "content-encoding")?.lowercased() ?? "identity"
    guard coding == "identity" else {
      throw RequestFailure(
        .unsupportedMediaType, "the header content-encoding", found: "'\(coding)'",
        expected: "a body that is not compressed")
    }
    let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    guard length <= service.configuration.mostBodyBytes else {
      throw tooLarge("\(length) bytes")
    }
  }

  private func tooLarge(_ found: String) -> RequestFailure {
    RequestFailure(
      .payloadTooLarge, "the body", found: found,
      expected: "at most \(service.configuration.mostBodyBytes) bytes")
  }

  private func add(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
    guard case .reading(var pending) = state else { return }
    // While the pending request is held twice, its buffer would be copied with each part.
    state = .discarding
    heldBytes += bytes.readableBytes
    let isHeld = service.gauges.receive(
      bytes.readableBytes, most: service.configuration.mostBufferedBytes)
    if heldBytes > service.configuration.mostBodyBytes {
      pending.failure = tooLarge("more than that")
    } else if !isHeld {
      pending.failure = RequestFailure(
        .serviceUnavailable, "the bodies that are being received",
        found: "no memory for one more", expected: "a later attempt")
      pending.failure?.headers = [("retry-after", "1")]
    } else if pending.failure == nil {
      var part = bytes
      pending.request.body.writeBuffer(&part)
      state = .reading(pending)
      return
    } else {
      state = .reading(pending)
      return
    }
    state = .reading(pending)
    refuse(context: context)
  }

  /// Answers a request before its body ends.
  private func refuse(context: ChannelHandlerContext) {
    guard case .reading(let pending) = state, let failure = pending.failure else { return }
    state = .discarding
    deadline = .now() + .seconds(Self.lingerSeconds)
    write(failure.response, to: pending, keepsAlive: false, context: context)
    releaseBytes()
  }

  private func end(context: ChannelHandlerContext) {
    switch state {
    case .discarding:
      context.close(promise: nil)
    case .reading(let pending):
      state = .working
      if let failure = pending.failure {
        finish(failure.response, pending)
        return
      }
      guard let found = pending.found else { return }
      let this = NIOLoopBound(self, eventLoop: context.eventLoop)
      let bound = NIOLoopBound(pending, eventLoop: context.eventLoop)
      let loop = context.eventLoop
      service.answer(pending.request, found) { response in
        if loop.inEventLoop {
          this.value.finish(response, bound.value)
        } else {
          loop.execute { this.value.finish(response, bound.value) }
        }
      }
    case .waiting, .working: break
    }
  }

  // MARK: - Writing

  private func finish(_ response: Response, _ pending: Pending) {
    releaseBytes()
    guard let context, case .working = state else { return }
    let keepsAlive = pending.keepsAlive && !service.gauges.isDraining && !isLast
    state = keepsAlive ? .waiting : .discarding
    deadline = .now() + readTime
    write(response, to: pending, keepsAlive: keepsAlive, context: context)
  }

  private func write(
    _ response: Response, to pending: Pending, keepsAlive: Bool, context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders()
    headers.add(name: "content-type", value: response.contentType)
    headers.add(name: "content-length", value: "\(response.body.count)")
    for (name, value) in response.headers { headers.add(name: name, value: value) }
    headers.add(name: "connection", value: keepsAlive ? "keep-alive" : "close")
    context.write(
      wrapOutboundOut(
        .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers))),
      promise: nil)
    if pending.request.method != .HEAD, !response.body.isEmpty {
      var buffer = context.channel.allocator.buffer(capacity: response.body.count)
      buffer.writeBytes(response.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    // A client that goes on with its body is given time to read the answer first.
    let closes = !keepsAlive && pending.failure?.status != .payloadTooLarge
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    if closes { written.futureResult.whenComplete { _ in channel.close(promise: nil) } }
    service.note(
      route: pending.found?.route.pattern ?? RouteTable.noRoute,
      method: pending.request.method.rawValue, status: Int(response.status.code),
      rows: response.rows, bytes: pending.request.body.readableBytes,
      time: .now() - pending.start)
  }

  private func releaseBytes() {
    service.gauges.release(heldBytes)
    heldBytes = 0
  }

  /// Answers what is no HTTP, and closes.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      return context.close(promise: nil)
    }
    let isLarge = error == .headerOverflow
    let failure =
      isLarge
      ? RequestFailure(
        .requestHeaderFieldsTooLarge, "the head of the request", found: "more bytes or headers",
        expected: "at most \(service.configuration.mostHeaderBytes) bytes and 100 headers")
      : RequestFailure(
        .badRequest, "the request", found: "what is no HTTP", expected: "HTTP/1.1")
    switch state {
    case .waiting, .reading: break
    case .working, .discarding: return context.close(promise: nil)
    }
    guard let empty = try? Request(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
    else { return }
    state = .discarding
    write(
      failure.response,
      to: Pending(request: empty, failure: failure, start: .now(), keepsAlive: false),
      keepsAlive: false, context: context)
    context.close(promise: nil)
  }
}
