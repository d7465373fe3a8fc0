// Where `mlcore serve` listens, and who may ask.
import ArgumentParser
import Serving

/// The address, the token and TLS.
struct ListeningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The address to listen on (default: 127.0.0.1; 0.0.0.0 with --sagemaker).",
      valueName: "address"))
  var host: String?
  @Option(
    help: ArgumentHelp(
      "The port to listen on; 0 takes a free one (default: 8080).", valueName: "n"))
  var port: Int?
  @Option(
    help: ArgumentHelp(
      "A file with the token that requests have to carry as 'Authorization: Bearer TOKEN'.",
      valueName: "file"))
  var tokenFile: String?
  @Option(
    help: ArgumentHelp("The certificate of TLS and those above it, as PEM.", valueName: "file"))
  var tlsCert: String?
  @Option(help: ArgumentHelp("The key of the certificate, as PEM.", valueName: "file"))
  var tlsKey: String?

  /// - Throws: `CommandLineError`, `ServingError`, `StorageError`.
  func apply(to configuration: inout ServerConfiguration) throws {
    if let host { configuration.host = host }
    if let port {
      guard (0...65_535).contains(port) else {
        throw CommandLineError(
          facts: "--port is \(port), expected a whole number from 0 to 65535",
          advice: "give a port that no other program has", code: .usage)
      }
      configuration.port = port
    }
    configuration.token = try tokenFile.map { try ServerConfiguration.token(file: $0) }
    switch (tlsCert, tlsKey) {
    case (nil, nil): break
    case (let certificate?, let key?):
      configuration.tls = ServerConfiguration.TLSFiles(certificate: certificate, key: key)
    default:
      throw CommandLineError(
        facts: "\(tlsCert == nil ? "--tls-key" : "--tls-cert") was given without "
          + (tlsCert == nil ? "--tls-cert" : "--tls-key"),
        advice: "give both, or none of them", code: .usage)
    }
  }

  /// Warns of a server that anybody may ask.
  func warn(_ host: String) {
    let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
    guard !isLoopback, tokenFile == nil else { return }
    Terminal.error.note(
      "warning: listening on \(host) without --token-file: whoever reaches it may ask\n")
  }

  /// The address as a URL.
  func address(_ host: String, port: Int) -> String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return "\(tlsCert == nil ? "http" : "https")://\(shown):\(port)"
  }
}
