// One request to a service of AWS, signed by curl.

internal import CCurl
internal import Glibc
internal import Synchronization

/// A connection that is kept between requests.
///
/// To be used by one thread at a time.
final class SignedConnection {
  private let curl: UnsafeMutableRawPointer
  private let shouldStop: @Sendable () -> Bool

  /// An answer.
  struct Answer {
    var status: Int
    var body: [UInt8]
  }

  /// Why there is no answer.
  struct Failure: Error {
    /// curl's words.
    var reason: String
    /// Whether it was stopped.
    var isStopped: Bool
  }

  private static let begun: Bool = {
    // A server that hangs up is an error of curl, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    return mlc_curl_begin() == CURLE_OK
  }()

  /// What an answer may have at most: ten messages of 1 MiB each, escaped.
  private static let mostBytes = 64 << 20

  /// Makes a connection, to nothing yet.
  ///
  /// - Parameter shouldStop: asked every second during a request.
  init?(shouldStop: @escaping @Sendable () -> Bool) {
    guard Self.begun, let curl = curl_easy_init() else { return nil }
    self.curl = curl
    self.shouldStop = shouldStop
  }

  deinit { curl_easy_cleanup(curl) }

  /// What curl's functions see of a request.
  private final class Context {
    var body: [UInt8] = []
    var isTooLong = false
    let shouldStop: @Sendable () -> Bool
    init(_ shouldStop: @escaping @Sendable () -> Bool) { self.shouldStop = shouldStop }
  }

  /// Posts a text and waits for the answer.
  ///
  /// - Parameters:
  ///   - signing: the region and the service that the signature is for.
  ///   - seconds: after how long it is given up.
  func post(
    _ body: String, to url: String, headers: [String], credentials: AWSCredentials,
    signing: (region: String, service: String), seconds: Int
  ) throws(Failure) -> Answer {
    let context = Context(shouldStop)
    let place = Unmanaged.passUnretained(context).toOpaque()
    var list: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(list) }
    var all = headers
    if let token = credentials.sessionToken { all.append("X-Amz-Security-Token: \(token)") }
    for header in all {
      guard let longer = curl_slist_append(list, header) else {
        throw Failure(reason: "out of memory", isStopped: false)
      }
      list = longer
    }
    // Connections outlive this, options do not.
    curl_easy_reset(curl)
    var codes: [CURLcode] = []
    func set(_ option: CURLoption, _ text: String) {
      codes.append(mlc_curl_set_text(curl, option, text))
    }
    func set(_ option: CURLoption, _ number: Int) {
      codes.append(mlc_curl_set_number(curl, option, number))
    }
    set(CURLOPT_URL, url)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_AWS_SIGV4, "aws:amz:\(signing.region):\(signing.service)")
    set(CURLOPT_USERNAME, credentials.keyID)
    set(CURLOPT_PASSWORD, credentials.secret)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT, 5)
    set(CURLOPT_TIMEOUT, seconds)
    codes.append(mlc_curl_set_headers(curl, list))
    let bytes = Array(body.utf8)
    codes.append(mlc_curl_set_bytes(curl, bytes, curl_off_t(bytes.count)))
    codes.append(mlc_curl_set_taker(curl, Self.take, place))
    codes.append(mlc_curl_set_question(curl, Self.ask, place))
    if let wrong = codes.first(where: { $0 != CURLE_OK }) { throw Self.failure(wrong, context) }
    let code = curl_easy_perform(curl)
    // What curl keeps until the next request shall not be a secret.
    defer { curl_easy_reset(curl) }
    if code != CURLE_OK { throw Self.failure(code, context) }
    return Answer(status: mlc_curl_status(curl), body: context.body)
  }

  private static func failure(_ code: CURLcode, _ context: Context) -> Failure {
    let isStopped = code == CURLE_ABORTED_BY_CALLBACK
    let reason =
      context.isTooLong
      ? "the answer is too long" : String(cString: curl_easy_strerror(code))
    return Failure(reason: reason, isStopped: isStopped)
  }

  private static let take: curl_write_callback = { bytes, size, count, place in
    guard let bytes, let place else { return 0 }
    let context = Unmanaged<Context>.fromOpaque(place).takeUnretainedValue()
    let length = size * count
    guard context.body.count + length <= SignedConnection.mostBytes else {
      context.isTooLong = true
      return 0
    }
    context.body.append(
      contentsOf: UnsafeRawBufferPointer(start: UnsafeRawPointer(bytes), count: length))
    return length
  }

  private static let ask: curl_xferinfo_callback = { place, _, _, _, _ in
    guard let place else { return 0 }
    return Unmanaged<Context>.fromOpaque(place).takeUnretainedValue().shouldStop() ? 1 : 0
  }
}
