// Who asks: from the variables that all programs for AWS know, or else from the file beside them.

internal import FoundationEssentials
internal import Glibc

/// The keys that requests are signed with.
struct AWSCredentials: Equatable {
  var keyID: String
  var secret: String
  /// What comes with keys that are lent for a time.
  var sessionToken: String?

  /// Looks into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, and then into
  /// the file `AWS_SHARED_CREDENTIALS_FILE`, or else `~/.aws/credentials`, for `AWS_PROFILE`.
  ///
  /// They are looked up anew for each request, so that a file may be replaced meanwhile.
  static func current() -> AWSCredentials? {
    current { name in getenv(name).map { String(cString: $0) } }
  }

  static func current(variable: (String) -> String?) -> AWSCredentials? {
    func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    if let keyID = given("AWS_ACCESS_KEY_ID"), let secret = given("AWS_SECRET_ACCESS_KEY") {
      return AWSCredentials(keyID: keyID, secret: secret, sessionToken: given("AWS_SESSION_TOKEN"))
    }
    let path =
      given("AWS_SHARED_CREDENTIALS_FILE") ?? given("HOME").map { "\($0)/.aws/credentials" }
    guard let path, let data = FileManager.default.contents(atPath: path) else { return nil }
    return profile(
      given("AWS_PROFILE") ?? "default", of: String(decoding: data, as: UTF8.self))
  }

  /// The keys of a profile in the text of such a file.
  static func profile(_ name: String, of text: String) -> AWSCredentials? {
    var values: [String: String] = [:]
    var isInside = false
    for line in text.split(whereSeparator: \.isNewline) {
      let line = trimmed(line)
      if line.hasPrefix("[") {
        isInside = trimmed(line.dropFirst().prefix { $0 != "]" }) == name
      } else if isInside, let equals = line.firstIndex(of: "=") {
        values[trimmed(line[..<equals])] = trimmed(line[line.index(after: equals)...])
      }
    }
    guard let keyID = values["aws_access_key_id"], let secret = values["aws_secret_access_key"]
    else { return nil }
    return AWSCredentials(
      keyID: keyID, secret: secret, sessionToken: values["aws_session_token"])
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let ends = text.drop(while: \.isWhitespace)
    return String(ends.reversed().drop(while: \.isWhitespace).reversed())
  }
}
