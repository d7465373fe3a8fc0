// The routes that all models have: health, the Open Inference Protocol, invocations, metrics.
import LearningTasks
import NIOCore
import NIOHTTP1
import Texts

extension RouteTable {
  /// Requests below this size, of a quick model, are answered by the event loop that read them.
  private static let fewBytes = 16 << 10

  /// The routes over some models.
  ///
  /// - Parameters:
  ///   - name: the name under which the models are served.
  ///   - mostRows: the most rows of a request.
  ///   - metrics: the text of the metrics.
  static func models(
    name: String, mostRows: Int, metrics: @escaping @Sendable (ModelSnapshot) -> String
  ) -> [Route] {
    let isQuick: @Sendable (Request, ModelSnapshot) -> Bool = { request, snapshot in
      request.body.readableBytes <= fewBytes && snapshot.champion.predictor.isQuick
        && request.mediaType.hasPrefix("application/json") && snapshot.shadow == nil
    }
    let infer: @Sendable (Request, [String], ModelSnapshot) throws -> Response = {
      request, values, snapshot in
      let model = try snapshot.model(values, name: name)
      let asked = try InferRequest(request.document(), columns: model.modelledColumns)
      try asked.input.check(mostRows: mostRows)
      return try model.inferAnswer(model.answers(asked.input), to: asked, name: name)
    }
    let tell: @Sendable (Request, [String], ModelSnapshot) throws -> Response = {
      _, values, snapshot in
      let model = try snapshot.model(values, name: name)
      return Response(json: model.metadata(name: name, versions: snapshot.versions))
    }
    let ready: @Sendable (Request, [String], ModelSnapshot) throws -> Response = {
      _, values, snapshot in
      let model = try snapshot.model(values, name: name)
      return Response(
        json: JSONText.object([
          "name": JSONText.literal(name), "version": JSONText.literal(model.version),
          "ready": "true",
        ]))
    }
    let model = "/v2/models/{name}"
    let version = "\(model)/versions/{version}"
    return [
      Route(
        method: .GET, pattern: "/ping", summary: "Tell that requests are answered.", isOpen: true
      ) { _, _, _ in Response([], contentType: "text/plain") },
      Route(
        method: .GET, pattern: "/v2/health/live", summary: "Tell that the process is alive.",
        isOpen: true
      ) { _, _, _ in Response(json: #"{"live":true}"#) },
      Route(
        method: .GET, pattern: "/v2/health/ready", summary: "Tell that the model is in service.",
        isOpen: true
      ) { _, _, _ in Response(json: #"{"ready":true}"#) },
      Route(method: .GET, pattern: "/v2", summary: "Describe the server.") { _, _, _ in
        Response(
          json: JSONText.object([
            "name": JSONText.literal("mlcore"),
            "version": JSONText.literal(ProgramVersion.current), "extensions": "[]",
          ]))
      },
      Route(method: .GET, pattern: model, summary: "Describe the model.", answer: tell),
      Route(method: .GET, pattern: version, summary: "Describe a version.", answer: tell),
      Route(
        method: .GET, pattern: "\(model)/ready", summary: "Tell that the model is in service.",
        answer: ready),
      Route(
        method: .GET, pattern: "\(version)/ready", summary: "Tell that a version is in service.",
        answer: ready),
      Route(
        method: .POST, pattern: "\(model)/infer", summary: "Answer the rows of tensors.",
        hasBody: true, isQuick: isQuick, answer: infer),
      Route(
        method: .POST, pattern: "\(version)/infer",
        summary: "Answer the rows of tensors by a version.", hasBody: true, isQuick: isQuick,
        answer: infer),
      Route(
        method: .POST, pattern: "/invocations", summary: "Answer the rows of a table.",
        hasBody: true, isQuick: isQuick
      ) { request, _, snapshot in try snapshot.champion.invoke(request, mostRows: mostRows) },
      Route(method: .GET, pattern: "/metrics", summary: "Tell the metrics to Prometheus.") {
        _, _, snapshot in
        Response(
          Array(metrics(snapshot).utf8), contentType: "text/plain; version=0.0.4; charset=utf-8")
      },
    ]
  }
}

extension ModelSnapshot {
  /// The model of a path that names it, and perhaps a version.
  ///
  /// - Throws: `RequestFailure` with status 404.
  fileprivate func model(_ values: [String], name: String) throws -> ServedModel {
    guard let asked = values.first, asked.hasSameBytes(as: name) else {
      throw RequestFailure(
        .notFound, "the model", found: "'\(values.first ?? "")'", expected: "'\(name)'")
    }
    guard values.count > 1 else { return champion }
    guard let model = byVersion[values[1]] else {
      throw RequestFailure(
        .notFound, "the version", found: "'\(values[1])'", expected: versions.oneOf)
    }
    return model
  }
}
