// From a whole request to its answer: route, model, threads, metrics and the access log.
import LearningTasks
import Logging
import NIOCore
import NIOHTTP1
import Storage
import Tables
import Texts

/// What all connections share.
final class RequestService: Sendable {
  let configuration: ServerConfiguration
  let store: ModelStore
  let metrics = RequestMetrics()
  let gauges: ConnectionGauges
  private let table: RouteTable
  private let token: BearerToken?
  private let threads: WorkThreads
  private let log: Logger

  /// How many requests may wait for each thread.
  private static let queueLength = 256

  init(
    _ configuration: ServerConfiguration, store: ModelStore, gauges: ConnectionGauges, log: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.gauges = gauges
    self.log = log
    token = configuration.token.map(BearerToken.init)
    threads = WorkThreads(
      threads: configuration.threads, capacity: Self.queueLength * configuration.threads)
    let metrics = metrics
    var routes = RouteTable.models(name: configuration.name, mostRows: configuration.mostRows) {
      snapshot in metrics.text + gauges.text + store.text(of: snapshot)
    }
    routes += RouteTable.recommendations(for: store.snapshot.champion.predictor)
    routes.append(OpenAPI.route(routes, name: configuration.name))
    table = RouteTable(routes: routes)
  }

  /// The route of a request, before its body arrives.
  ///
  /// - Throws: `RequestFailure` with status 401, 404 or 405.
  func route(_ request: Request) throws(RequestFailure) -> (route: Route, values: [String]) {
    let found: (route: Route, values: [String])
    do throws(RequestFailure) {
      found = try table.route(request)
    } catch {
      // What routes there are is nothing for strangers.
      try authorise(request)
      throw error
    }
    if !found.route.isOpen { try authorise(request) }
    try found.route.check(request.query)
    return found
  }

  private func authorise(_ request: Request) throws(RequestFailure) {
    guard let token, !token.isCarried(by: request.headers.first(name: "authorization")) else {
      return
    }
    var failure = RequestFailure(
      .unauthorized, "the authorization", found: "none that fits",
      expected: "the bearer token of this server")
    failure.headers = [("www-authenticate", "Bearer")]
    throw failure
  }

  /// Answers a request, on this thread if it takes microseconds, else on one of the others.
  ///
  /// - Parameter finish: is called once, on either thread.
  func answer(
    _ request: Request, _ found: (route: Route, values: [String]),
    finish: @escaping @Sendable (Response) -> Void
  ) {
    let snapshot = store.snapshot
    if found.route.isQuick(request, snapshot) {
      return finish(respond(request, found, snapshot))
    }
    let isQueued = threads.submit { [self] in
      let response = respond(request, found, snapshot)
      finish(response)
      shadow(request, found, snapshot, response)
    }
    if !isQueued {
      var failure = RequestFailure(
        .serviceUnavailable, "the requests that wait", found: "no place for one more",
        expected: "at most \(Self.queueLength * configuration.threads)")
      failure.headers = [("retry-after", "1")]
      finish(failure.response)
    }
  }

  private func respond(
    _ request: Request, _ found: (route: Route, values: [String]), _ snapshot: ModelSnapshot
  ) -> Response {
    do {
      var response = try found.route.answer(request, found.values, snapshot)
      let version = found.values.count > 1 ? found.values[1] : snapshot.champion.version
      response.headers.append(("x-model-version", version))
      return response
    } catch {
      return failure(error).response
    }
  }

  /// Asks the model that is in nobody's service yet, and logs both answers without the columns that
  /// repeat what was asked: these name customers.
  private func shadow(
    _ request: Request, _ found: (route: Route, values: [String]), _ snapshot: ModelSnapshot,
    _ response: Response
  ) {
    guard let shadow = snapshot.shadow, found.route.body != nil, found.values.count < 2 else {
      return
    }
    var request = request
    request.headers.remove(name: "accept")
    let champion =
      response.contentType == "application/json" ? response : respond(request, found, snapshot)
    let challenger = respond(
      request, found, ModelSnapshot(champion: shadow, byVersion: [:], shadow: nil))
    let schema = snapshot.champion.predictor.inputSchema
    let asked = Set(texts: schema.fields.map(\.name))
    log.info(
      "shadow",
      metadata: [
        "champion": .string(snapshot.champion.version),
        "challenger": .string(shadow.version),
        "champion_answer": .string(champion.text(hiding: asked)),
        "challenger_answer": .string(challenger.text(hiding: asked)),
      ])
  }

  /// The status and the words of an error of a model.
  private func failure(_ error: any Error) -> RequestFailure {
    switch error {
    case let error as RequestFailure: return error
    case let error as TableError where error.kind == .badData:
      return RequestFailure(.badRequest, error.description)
    case let error as any TaskFailure:
      return RequestFailure(error.isOfUnknownEntity ? .notFound : .badRequest, error.description)
    default:
      log.error("a request failed", metadata: ["error": .string(String(reflecting: error))])
      return RequestFailure(.internalServerError, "the server failed; its log says how")
    }
  }

  /// Counts an answered request and writes it into the access log: nothing of its body, and of its
  /// target the pattern alone.
  func note(
    route: String, method: String, status: Int, rows: Int, bytes: Int, time: TimeAmount
  ) {
    let seconds = Double(time.nanoseconds) / 1e9
    metrics.add(route: route, status: status, seconds: seconds, rows: rows)
    log.info(
      "request",
      metadata: [
        "route": .string(route), "method": .string(method), "status": .stringConvertible(status),
        "rows": .stringConvertible(rows), "bytes": .stringConvertible(bytes),
        "microseconds": .stringConvertible(Int(time.nanoseconds / 1_000)),
      ])
  }
}

extension ModelStore {
  /// What is told of the models in service, in Prometheus' text format.
  func text(of snapshot: ModelSnapshot) -> String {
    var text = PrometheusText()
    text.describe("mlcore_model_info", "gauge", "The versions in service; 1 for the champion.")
    for version in snapshot.versions {
      text.add(
        "mlcore_model_info",
        [("version", version), ("task", snapshot.champion.predictor.task)],
        version == snapshot.champion.version ? 1 : 0)
    }
    text.describe("mlcore_model_age_seconds", "gauge", "Seconds since the champion was written.")
    text.add("mlcore_model_age_seconds", [], max(0, Self.now - snapshot.champion.trained))
    text.describe(
      "mlcore_model_stale", "gauge", "1 while a model cannot be read and an older one answers.")
    text.add("mlcore_model_stale", [], problem == nil ? 0 : 1)
    text.describe("mlcore_model_load_failures_total", "counter", "Models that could not be read.")
    text.add("mlcore_model_load_failures_total", [], Double(failures))
    return text.text
  }
}
