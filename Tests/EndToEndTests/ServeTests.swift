// The program as a server, over its own answers to files.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ServeTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `a table of CSV and of JSON is answered as predict answers it`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    let predicted = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    let (program, port) = try RunningProgram.serve(["--model", model])
    let table = try String(contentsOfFile: data, encoding: .utf8)
    let csv = try Answer.ask(
      port: port, "POST", "/invocations", table,
      headers: ["Content-Type: text/csv", "Accept: text/csv"])
    #expect(csv.status == 200 && csv.body == predicted.output, "\(csv.head)")
    let lines = predicted.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").map(String.init)
    }
    for row in [0, 1, 2, 3, 17] {
      let cells = table.split(separator: "\n")[row + 1].split(
        separator: ",", omittingEmptySubsequences: false)
      let body =
        #"{"instances":[{"id":"\#(cells[0])","tenure":\#(cells[1]),"charge":\#(cells[2]),"plan":"\#(cells[3])"}]}"#
      let answer = try Answer.ask(port: port, "POST", "/invocations", body)
      #expect(
        answer.body.contains(
          #"{"id":"\#(lines[row][0])","churn_probability":\#(lines[row][1]),"churn_label":"\#(lines[row][2])""#
        ),
        "\(answer)")
    }
    let reasons = try Answer.ask(
      port: port, "POST", "/v2/models/churn/infer",
      #"""
      {"parameters":{"explain":2},"inputs":[
        {"name":"tenure","shape":[1],"datatype":"INT64","data":[3]},
        {"name":"charge","shape":[1],"datatype":"FP64","data":[9.5]},
        {"name":"plan","shape":[1],"datatype":"BYTES","data":["max"]}]}
      """#)
    #expect(reasons.status == 200 && reasons.body.contains(#""reason_2_effect""#), "\(reasons)")
    let unknown = try Answer.ask(
      port: port, "POST", "/invocations",
      #"{"instances":[{"tenur":3,"charge":1,"plan":"max"}]}"#)
    #expect(unknown.status == 400 && unknown.body.contains("'tenur'"), "\(unknown)")
    let ended = program.end()
    #expect(ended.code == 143 && ended.errors.contains(#""event":"request""#), "\(ended)")
  }

  @Test func `the champion of a loop answers, and a promotion and a rollback are followed`() throws
  {
    let home = try LoopHome(workshop)
    try home.drop("one.csv", rows: 0..<400)
    _ = try home.watch()
    try home.drop("two.csv", rows: 400..<900)
    _ = try home.watch()
    let versions = try home.versions()
    let first = try #require(try home.champion())
    let other = try #require(versions.first { $0 != first })
    let (program, port) = try RunningProgram.serve(["--home", home.path])
    func version() throws -> String? {
      let json = try Answer.ask(port: port, "GET", "/v2/models/churn").json()
      return (json["versions"] as? [String])?.first
    }
    #expect(try version() == first)
    let promoted = try Program.run(["models", "promote", other, "--force", "--home", home.path])
    #expect(promoted.code == 0, "\(promoted)")
    try program.wait(for: "the promoted model answers") { try version() == other }
    #expect(
      try Answer.ask(port: port, "GET", "/v2/models/churn/versions/\(first)/ready").status == 200)
    #expect(try Program.run(["models", "rollback", "--home", home.path]).code == 0)
    try program.wait(for: "the model before answers again") { try version() == first }
    program.end()
  }

  @Test func `the routes of recommenders answer as the verbs do`() throws {
    var text = "user_id,item_id\n"
    for user in 0..<60 {
      for item in 0..<6 { text += "u\(user),i\((user % 2) * 10 + (user + item) % 9)\n" }
    }
    let trained = try Program.run([
      "train", "recommender", "--data", try workshop.file("pairs.csv", text), "--out",
      workshop.path("shop"),
    ])
    try #require(trained.code == 0, "\(trained.errors)")
    let model = workshop.path("shop")
    let (program, port) = try RunningProgram.serve(["--model", model])
    func same(_ answer: Answer, as arguments: [String]) throws {
      let result = try Program.run(arguments)
      let own = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? NSArray
      let verb = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? NSArray
      #expect(own != nil && own == verb, "\(answer) is not \(result)")
    }
    try same(
      Answer.ask(port: port, "POST", "/recommendations", #"{"user":"u3","k":4}"#),
      as: ["recommend", "--model", model, "--user", "u3", "--k", "4"])
    try same(
      Answer.ask(port: port, "POST", "/recommendations", #"{"items":["i1","i2"],"k":3}"#),
      as: ["recommend", "--model", model, "--items", "i1,i2", "--k", "3"])
    try same(
      Answer.ask(port: port, "GET", "/similar?item=i1&k=3"),
      as: ["similar", "--model", model, "--item", "i1", "--k", "3"])
    try same(
      Answer.ask(port: port, "GET", "/items_from_item?item_id=i1&limit=3"),
      as: ["similar", "--model", model, "--item", "i1", "--k", "3"])
    for (target, body, status) in [
      ("/recommendations", #"{"user":"nobody"}"#, 404), ("/recommendations", #"{"usr":"u3"}"#, 400),
      ("/recommendations", #"{"user":"u3","k":0}"#, 400),
      ("/items_from_user", #"{"embedding":[1]}"#, 400), ("/user_embeddings", "{}", 400),
    ] {
      #expect(
        try Answer.ask(port: port, "POST", target, body).status == status, "\(target) \(body)")
    }
    #expect(try Answer.ask(port: port, "GET", "/similar?item=none").status == 404)
    program.end()
  }
}
