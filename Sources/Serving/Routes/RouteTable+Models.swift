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
        && ["application/json", "application/octet-stream", ""].contains(request.mediaType)
        && snapshot.shadow == nil
    }
    let infer: @Sendable (Request, [String], ModelSnapshot) throws -> Response = {
      request, values, snapshot in
      let model = try snapshot.model(values, name: name)
      let (document, binary) = try request.inference()
      let asked = try InferRequest(document, binary: binary, columns: model.modelledColumns)
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
    let object = OpenAPI.json(["type": "object"])
    let model = "/v2/models/{name}"
    let version = "\(model)/versions/{version}"
    return [
      Route(
        method: .GET, pattern: "/ping", summary: "Tell that requests are answered.", isOpen: true,
        result: OpenAPI.text
      ) { _, _, _ in Response([], contentType: "text/plain") },
      Route(
        method: .GET, pattern: "/v2/health/live", summary: "Tell that the process is alive.",
        isOpen: true, result: object
      ) { _, _, _ in Response(json: #"{"live":true}"#) },
      Route(
        method: .GET, pattern: "/v2/health/ready", summary: "Tell that the model is in service.",
        isOpen: true, result: object
      ) { _, _, _ in Response(json: #"{"live":true,"ready":true}"#) },
      Route(method: .GET, pattern: "/v2", summary: "Describe the server.", result: object) {
        _, _, _ in
        Response(
          json: JSONText.object([
            "name": JSONText.literal("mlcore"),
            "version": JSONText.literal(ProgramVersion.current),
            "extensions": #"["binary_tensor_data"]"#,
          ]))
      },
      Route(
        method: .GET, pattern: model, summary: "Describe the model.", result: object, answer: tell),
      Route(
        method: .GET, pattern: version, summary: "Describe a version.", result: object, answer: tell
      ),
      Route(
        method: .GET, pattern: "\(model)/ready", summary: "Tell that the model is in service.",
        result: object, answer: ready),
      Route(
        method: .GET, pattern: "\(version)/ready", summary: "Tell that a version is in service.",
        result: object, answer: ready),
      Route(
        method: .POST, pattern: "\(model)/infer", summary: "Answer the rows of tensors.",
        body: OpenAPI.inferBody, isQuick: isQuick, result: OpenAPI.inferAnswer, answer: infer),
      Route(
        method: .POST, pattern: "\(version)/infer",
        summary: "Answer the rows of tensors by a version.", body: OpenAPI.inferBody,
        isQuick: isQuick,
        result: OpenAPI.inferAnswer, answer: infer),
      Route(
        method: .POST, pattern: "/invocations", summary: "Answer the rows of a table.",
        body: OpenAPI.invocationBody, isQuick: isQuick, result: OpenAPI.invocationAnswer
      ) { request, _, snapshot in try snapshot.champion.invoke(request, mostRows: mostRows) },
      Route(
        method: .GET, pattern: "/metrics", summary: "Tell the metrics to Prometheus.",
        result: OpenAPI.text
      ) {
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
