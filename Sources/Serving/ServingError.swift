// Why a server does not start, or a model does not enter service, as facts.

/// A server that cannot start, or a model that it does not serve.
package enum ServingError: Error, Equatable, CustomStringConvertible {
  /// The system does not let the server listen.
  case listen(host: String, port: Int, reason: String)
  /// The certificate or the key cannot be used.
  case tls(file: String, expected: String)
  /// A token is too short, or holds bytes that no header can.
  case token(file: String, found: String, expected: String)
  /// The loop has no model in service yet.
  case noChampion(home: String)
  /// A folder holds a model of another task than before.
  case otherTask(folder: String, found: String, expected: String)

  /// The facts, in one line.
  package var description: String {
    switch self {
    case .listen(let host, let port, let reason):
      "cannot listen on \(host), port \(port): \(reason)"
    case .tls(let file, let expected): "\(file): found something else, expected \(expected)"
    case .token(let file, let found, let expected):
      "\(file): found \(found), expected \(expected)"
    case .noChampion(let home): "\(home): no model is in service"
    case .otherTask(let folder, let found, let expected):
      "\(folder): found a model of the task \(found), expected \(expected), which is served"
    }
  }
}
