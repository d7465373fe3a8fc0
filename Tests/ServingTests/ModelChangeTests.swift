// Models that change, or are damaged, while they answer; and the end of a server.
import Foundation
import LearningTasks
import TestSupport
import Testing
import Texts

@testable import Serving

@Suite(.onOwnThread) struct ModelChangeTests {
  private struct Damage: Error, CustomStringConvertible { let description = "a wrong byte" }

  @Test func `a changed folder is read again, and a damaged one leaves the model in service`()
    throws
  {
    let folder = try ModelFolder()
    let next = Locked<SampleModel?>(SampleModel("aaaaaaaaaaaa"))
    let store = try ModelStore(places: { ModelPlaces(champion: folder.path) }) { _ in
      guard let model = next.change({ $0 }) else { throw Damage() }
      return model
    }
    #expect(store.snapshot.champion.version == "aaaaaaaaaaaa")
    next.change { $0 = SampleModel("bbbbbbbbbbbb") }
    _ = store.refresh()
    #expect(store.snapshot.champion.version == "aaaaaaaaaaaa", "nothing changed in the folder")
    try folder.write("second")
    guard case .changed("aaaaaaaaaaaa", "bbbbbbbbbbbb") = store.refresh() else {
      Issue.record("the change went by")
      return
    }
    next.change { $0 = nil }
    try folder.write("the third")
    guard case .failed("a wrong byte") = store.refresh(), case .none = store.refresh() else {
      Issue.record("damage is told once")
      return
    }
    #expect(store.snapshot.champion.version == "bbbbbbbbbbbb")
    #expect(store.problem == "a wrong byte" && store.failures == 1)
    #expect(store.text(of: store.snapshot).contains("mlcore_model_stale 1"))
    next.change { $0 = SampleModel("cccccccccccc") }
    try folder.write("the fourth one")
    _ = store.refresh()
    #expect(store.snapshot.champion.version == "cccccccccccc" && store.problem == nil)
  }

  @Test func `a model of another task is not served`() throws {
    let folder = try ModelFolder()
    let next = Locked(SampleModel("aaaaaaaaaaaa"))
    let store = try ModelStore(places: { ModelPlaces(champion: folder.path) }) { _ in
      next.change { $0 }
    }
    next.change { $0 = SampleModel("bbbbbbbbbbbb", task: "other") }
    try folder.write("second")
    guard case .failed(let problem) = store.refresh() else {
      Issue.record("a model of another task is served")
      return
    }
    #expect(problem.contains("other") && problem.contains("sample"), "\(problem)")
    #expect(store.snapshot.champion.version == "aaaaaaaaaaaa")
  }

  @Test func `another champion takes over, and the one before can be asked for`() throws {
    let (first, second) = (try ModelFolder(), try ModelFolder())
    let places = Locked(ModelPlaces(champion: first.path))
    let store = try ModelStore(places: { places.change { $0 } }) { folder in
      SampleModel(folder == first.path ? "aaaaaaaaaaaa" : "bbbbbbbbbbbb")
    }
    places.change { $0 = ModelPlaces(champion: second.path, others: [first.path]) }
    _ = store.refresh()
    #expect(store.snapshot.versions == ["bbbbbbbbbbbb", "aaaaaaaaaaaa"])
    places.change { $0 = ModelPlaces(champion: first.path, others: [second.path]) }
    _ = store.refresh()
    #expect(store.snapshot.champion.version == "aaaaaaaaaaaa", "a rollback")
  }

  @Test func `promotions under load fail no request and mix no versions`() throws {
    let folders = try [ModelFolder(), ModelFolder()]
    let places = Locked(ModelPlaces(champion: folders[0].path, others: [folders[1].path]))
    let store = try ModelStore(places: { places.change { $0 } }) { folder in
      // The answers of the second are those of the first, times ten.
      folder == folders[0].path
        ? SampleModel("aaaaaaaaaaaa") : SampleModel("bbbbbbbbbbbb", factor: 20)
    }
    let server = try SampleServer(store: store)
    let port = server.port
    let (isOver, found) = (Locked(false), Locked<[String: Int]>([:]))
    let clients = (0..<8).map { client in
      let done = DispatchSemaphore(value: 0)
      Thread {
        while !isOver.change({ $0 }) {
          let body = #"{"instances":[[\#(client),"a",null]]}"#
          let answer = try? Answer.ask(port: port, "POST", "/invocations", body).body
          found.change { $0["\(client): \(answer ?? "nothing")", default: 0] += 1 }
        }
        done.signal()
      }.start()
      return done
    }
    for round in 1...200 {
      let (champion, other) = (folders[round % 2].path, folders[(round + 1) % 2].path)
      places.change { $0 = ModelPlaces(champion: champion, others: [other]) }
      _ = store.refresh()
    }
    isOver.change { $0 = true }
    for client in clients { client.wait() }
    server.end()
    let rest = #","plan_found":"a","seconds":null,"model_version":"#
    let expected = (0..<8).flatMap { client in
      [(2, "aaaaaaaaaaaa"), (20, "bbbbbbbbbbbb")].map { factor, version in
        #"\#(client): {"predictions":[{"twice":\#(client * factor)\#(rest)"\#(version)"}]}"#
      }
    }
    let others = found.change { $0.keys.filter { !expected.contains($0) } }
    #expect(others.isEmpty, "\(others)")
    #expect(found.change { $0.values.reduce(0, +) } > 0)
  }

  @Test func `the log of a shadow names nobody`() throws {
    let response = Response(
      json: #"""
        {"predictions":[{"id":"anna","twice":4}],
         "outputs":[{"name":"id","data":["anna"]},{"name":"twice","data":[4]}]}
        """#)
    let text = response.text(hiding: ["id"])
    #expect(text == #"{"predictions":[{"twice":4}],"outputs":[{"name":"twice","data":[4]}]}"#)
  }

  @Test func `metrics and the list of routes tell what there is`() throws {
    let server = try SampleServer()
    _ = try server.ask("GET", "/ping")
    let metrics = try server.ask("GET", "/metrics")
    for line in [
      #"mlcore_requests_total{route="/ping",status="200"} 1"#, "mlcore_connections ",
      #"mlcore_model_info{version="aaaaaaaaaaaa",task="sample"} 1"#, "mlcore_model_stale 0",
      #"mlcore_request_duration_seconds_bucket{route="/ping",le="+Inf"} 1"#,
    ] {
      #expect(metrics.body.contains(line), "\(line) is not in \(metrics.body)")
    }
    let json = try server.ask("GET", "/openapi.json").json()
    let paths = try #require(json["paths"] as? [String: Any])
    #expect(paths["/v2/models/{name}/infer"] != nil && paths["/openapi.json"] != nil)
  }

  @Test func `an end lets running requests end, and closes idle connections`() throws {
    let server = try SampleServer(SampleModel(isQuick: false))
    let idle = try RawConnection(port: server.port)
    try idle.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n")
    _ = try idle.some()
    server.end()
    #expect(try idle.some().isEmpty)
  }
}
