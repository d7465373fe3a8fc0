// Models that change, or are damaged, while they answer; and the end of a server.
import Foundation
import LearningTasks
import TestSupport
import Testing

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
