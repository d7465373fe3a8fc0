// The server: listens, watches the models, and ends without dropping what runs.
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A server of models.
package final class Server: Sendable {
  private let service: RequestService
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let connections: [ObjectIdentifier: NIOLoopBound<LoopConnections>]
  private let writer: LineWriter
  private let log: Logger

  /// The port that is listened on.
  package var port: Int { channel.localAddress?.port ?? 0 }

  /// How often the folders of models are looked at, in microseconds.
  private static let watchInterval: UInt32 = 100_000
  /// How long requests may go on when the server ends, in steps of 50 milliseconds.
  private static let drainSteps = 160

  /// Starts to listen.
  ///
  /// - Throws: `ServingError`.
  package init(_ configuration: ServerConfiguration, store: ModelStore) throws {
    writer = LineWriter(descriptor: configuration.logDescriptor)
    let handler = JSONLineHandler(writer)
    log = Logger(label: "mlcore.serve") { _ in handler }
    let gauges = ConnectionGauges()
    service = RequestService(configuration, store: store, gauges: gauges, log: log)
    let tls = try configuration.tls.map(Self.context)
    // Half of the processors for loops, which answer quick requests; the other half is for models and
    // for the system. As many loops as processors would wait for each other's.
    group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount / 2))
    var connections: [ObjectIdentifier: NIOLoopBound<LoopConnections>] = [:]
    for loop in group.makeIterator() {
      let bound = try loop.submit { () -> NIOLoopBound<LoopConnections> in
        let connections = LoopConnections()
        let bound = NIOLoopBound(connections, eventLoop: loop)
        loop.scheduleRepeatedTask(
          initialDelay: LoopConnections.interval, delay: LoopConnections.interval
        ) { _ in bound.value.sweep() }
        return bound
      }.wait()
      connections[ObjectIdentifier(loop)] = bound
    }
    self.connections = connections
    let (service, all) = (service, connections)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try Self.set(up: channel, service, tls, all[ObjectIdentifier(channel.eventLoop)])
        }
      }
    do {
      channel = try bootstrap.bind(host: configuration.host, port: configuration.port).wait()
    } catch {
      try? group.syncShutdownGracefully()
      let reason =
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is SocketAddressError, is SocketAddressError.UnknownHost: "no address has that name"
        default: String(describing: error)
        }
      throw ServingError.listen(
        host: configuration.host, port: configuration.port, reason: reason)
    }
  }

  private static func context(_ files: ServerConfiguration.TLSFiles) throws -> NIOSSLContext {
    func refused(_ file: String, _ expected: String) -> ServingError {
      .tls(file: file, expected: expected)
    }
    guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificate), !chain.isEmpty else {
      throw refused(files.certificate, "a certificate in PEM")
    }
    guard let key = try? NIOSSLPrivateKey(file: files.key, format: .pem) else {
      throw refused(files.key, "a private key in PEM")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw refused(files.key, "the key of \(files.certificate)")
    }
  }

  /// Sets a new connection up.
  private static func set(
    up channel: any Channel, _ service: RequestService, _ tls: NIOSSLContext?,
    _ connections: NIOLoopBound<LoopConnections>?
  ) throws {
    let gauges = service.gauges
    let isAccepted = gauges.open(most: service.configuration.mostConnections)
    channel.closeFuture.whenComplete { _ in gauges.close() }
    let pipeline = channel.pipeline.syncOperations
    guard isAccepted else {
      var buffer = channel.allocator.buffer(capacity: 256)
      buffer.writeString(Self.crowded)
      channel.writeAndFlush(buffer).whenComplete { _ in channel.close(promise: nil) }
      return
    }
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = service.configuration.mostHeaderBytes
    limits.maxHeaderListSize = service.configuration.mostHeaderBytes
    limits.maxHeaderFieldCount = 100
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: true, withErrorHandling: false, withEncoderConfiguration: .init(),
      withDecoderLimitConfiguration: limits)
    let handler = ConnectionHandler(service)
    try pipeline.addHandler(handler)
    guard let connections else { return }
    connections.value.add(handler)
    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    channel.closeFuture.whenComplete { _ in connections.value.remove(bound.value) }
  }

  /// The answer to a connection beyond the limit.
  private static let crowded: String = {
    let body = #"{"error":"there are as many connections as are allowed"}"#
    return "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\n"
      + "retry-after: 1\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
  }()

  /// Looks after the models until a closure says that the server should end, and then ends it: what
  /// runs is finished, and nothing new is begun.
  package func run(until shouldEnd: () -> Bool) {
    while !shouldEnd() {
      switch service.store.refresh() {
      case .none: break
      case .changed(let before, let after):
        log.info("model changed", metadata: ["from": .string(before), "to": .string(after)])
      case .failed(let problem):
        log.error("model refused; the one before stays", metadata: ["problem": .string(problem)])
      }
      usleep(Self.watchInterval)
    }
    end()
  }

  private func end() {
    service.gauges.isDraining = true
    try? channel.close().wait()
    for step in 0..<Self.drainSteps where service.gauges.openConnections > 0 {
      if step % 10 == 0 { sweep() }
      usleep(50_000)
    }
    try? group.syncShutdownGracefully()
    log.info("ended")
    writer.flush()
  }

  /// Looks at all connections, each on its loop.
  private func sweep() {
    for loop in group.makeIterator() {
      guard let bound = connections[ObjectIdentifier(loop)] else { continue }
      loop.execute { bound.value.sweep() }
    }
  }
}
