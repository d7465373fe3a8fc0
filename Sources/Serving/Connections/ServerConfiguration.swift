// How a server listens and what it bears.

/// Where a server listens, and its limits.
package struct ServerConfiguration: Sendable {
  /// The certificate chain and the key of TLS, in PEM files.
  package struct TLSFiles: Sendable {
    package var certificate: String
    package var key: String

    /// Names the files.
    package init(certificate: String, key: String) {
      (self.certificate, self.key) = (certificate, key)
    }
  }

  /// An address or a name of this machine.
  package var host = "127.0.0.1"
  /// The port; 0 takes a free one.
  package var port = 8080
  /// The threads that answer what takes longer than microseconds.
  package var threads = 1
  /// The name of the model in paths.
  package var name = ""
  /// What requests have to prove themselves with; nil for nothing.
  package var token: [UInt8]?
  /// The files of TLS; nil for none.
  package var tls: TLSFiles?
  /// The most bytes of a body.
  package var mostBodyBytes = 16 << 20
  /// The most rows of a request.
  package var mostRows = 100_000
  /// The most connections at once.
  package var mostConnections = 12_000
  /// The seconds in which a request has to arrive, and after which an idle connection is closed.
  package var readSeconds = 30
  /// The file descriptor of the log.
  package var logDescriptor: Int32 = 2

  /// The defaults.
  package init() {}

  /// The most bytes of the lines before a body.
  let mostHeaderBytes = 32 << 10
  /// The most bytes of bodies that are being received at once, over all connections.
  var mostBufferedBytes: Int { max(256 << 20, 4 * mostBodyBytes) }
}
