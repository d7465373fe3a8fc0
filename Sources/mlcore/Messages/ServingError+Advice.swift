// What to do about a server that does not start, in the words of the command line.
import Serving

extension ServingError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .listen:
      "give --port a free port, or 0 for any, and --host an address of this machine"
    case .tls: "give --tls-cert and --tls-key a certificate and its key in PEM files"
    case .token: "write a token, such as that of 'openssl rand -hex 32', into the file"
    case .otherTask: "start another server for the model of another task"
    case .noChampion: "run 'mlcore watch' until a model is promoted, or promote one"
    }
  }
}
