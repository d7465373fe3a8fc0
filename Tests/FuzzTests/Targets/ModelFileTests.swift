// The files of model folders, damaged in every way: each is refused with an error of its own, or read
// and then used.
import GradientBoosting
import ModelFormats
import NumericCore
import Storage
import Tables
import TestSupport
import Testing
import Texts
import Tuning

@testable import Classification
@testable import LearningTasks
@testable import Recommendation
@testable import Regression
@testable import Tabular

@Suite(.onOwnThread(limit: Fuzzer.timeLimit), .serialized) struct ModelFileTests {
  @Test func manifest() throws {
    let manifest = Manifest(
      task: "churn", mlcoreVersion: "1.0",
      inputs: [Manifest.Input(name: "a.csv", fingerprint: Fingerprint(of: [1]))],
      files: ["model/x": Fingerprint(of: [2]), "run.toml": Fingerprint(of: [3])])
    let bytes = manifest.encoded()
    let checksum = try #require(
      String(decoding: bytes, as: UTF8.self).split(separator: "\"checksum\": \"").last?.prefix(64))
    Fuzzer.run("manifest") { random in
      var input = bytes
      if random.once(in: 4) {
        input = bytes.mutatedBytes(&random)
      } else {
        let zeros = String(repeating: "0", count: 64)
        let blank = String(decoding: bytes, as: UTF8.self).replacing(checksum, with: zeros)
        let text = JSONTree(blank).mutated(&random).text
        input = Array(
          text.replacing(
            "\"\(zeros)\"", with: "\"\(Fingerprint(of: Array(text.utf8)).sha256)\""
          ).utf8)
      }
      var read: Manifest?
      return try attempting {
        read = try Manifest(decoding: input)
      } use: {
        guard let read else { return }
        guard try Manifest(decoding: read.encoded()) == read else {
          throw FuzzFinding(problem: "the manifest is not what was written")
        }
      }
    }
  }

  @Test func preprocessing() throws {
    let base = try ChurnBase()
    let text = try base.text(ClassifierLayout.fileName)
    let file = try SafetensorsFile(contentsOf: "\(base.model)/\(ClassifierModel.fileName)")
    let manifest = try RunFolderReader.manifest(of: base.model)
    Fuzzer.run("preprocessing") { random in
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      var model: ClassifierModel?
      return try attempting {
        let layout = try ClassifierLayout(decoding: input, file: "preprocessing.json")
        model = try ClassifierModel(
          file, layout: layout, layoutFile: "preprocessing.json", manifest: manifest)
      } use: {
        if let model { try base.use(model) }
      }
    }
  }

  @Test func churn() throws {
    let base = try ChurnBase()
    let layout = try ClassifierLayout(
      decoding: base.bytes(ClassifierLayout.fileName), file: "layout")
    let file = try SafetensorsFile(contentsOf: "\(base.model)/\(ClassifierModel.fileName)")
    let manifest = try RunFolderReader.manifest(of: base.model)
    Fuzzer.run("churn") { random in
      let input = file.mutatedBytes(texts: ["inputs", "features"], &random)
      var model: ClassifierModel?
      return try attempting {
        model = try ClassifierModel(
          SafetensorsFile(decoding: input), layout: layout, layoutFile: "layout",
          manifest: manifest)
      } use: {
        if let model { try base.use(model) }
      }
    }
  }

  @Test func regression() throws {
    let base = try RegressionBase()
    Fuzzer.run("regression") { random in
      let input = base.file.mutatedBytes(texts: ["inputs", "features"], &random)
      var trees: BoostedTrees?
      return try attempting {
        trees = try base.trees(input)
      } use: {
        if let trees { try base.use(trees) }
      }
    }
  }

  @Test func towers() throws {
    let base = try RecommenderBase()
    Fuzzer.run("towers") { random in
      let input = base.file.mutatedBytes(texts: ["layout"], &random)
      var model: RecommenderModel?
      return try attempting {
        model = try RecommenderModel(SafetensorsFile(decoding: input), manifest: base.manifest)
      } use: {
        if let model { try base.use(model) }
      }
    }
  }

  @Test func `item graph`() throws {
    let base = try RecommenderBase(.graph)
    let graph = try #require(base.graph)
    Fuzzer.run("item graph") { random in
      let input = graph.mutatedBytes(texts: [RecommenderModelReader.graphVersionKey], &random)
      var model: RecommenderModel?
      return try attempting {
        model = try RecommenderModel(
          base.file, graph: SafetensorsFile(decoding: input), manifest: base.manifest)
      } use: {
        if let model { try base.use(model) }
      }
    }
  }

  @Test func `item columns`() throws {
    let base = try RecommenderBase()
    Fuzzer.run("item columns") { random in
      let input = base.itemTable.mutatedBytes(texts: ["columns"], &random)
      var model: RecommenderModel?
      return try attempting {
        model = try RecommenderModel(
          base.file, itemTable: SafetensorsFile(decoding: input), manifest: base.manifest)
      } use: {
        if let model { try base.use(model) }
      }
    }
  }

  @Test func metrics() throws {
    let (churn, recommender) = (try ChurnBase(), try RecommenderBase())
    let texts = [
      try churn.text(ClassifierResults.fileName),
      String(
        decoding: try RunFolderReader.bytes(
          RunResults<RecommenderTask>.fileName, of: recommender.model), as: UTF8.self),
    ]
    let folder = try TemporaryFolder()
    Fuzzer.run("metrics") { random in
      let which = random.index(2)
      let text = texts[which]
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      try folder.write(input, to: ClassifierResults.fileName)
      var results: (any Encodable)?
      return try attempting {
        results =
          which == 0
          ? try ClassifierResults(folder: folder.path)
          : try RunFolderReader.value(
            RunResults<RecommenderTask>.self, RunResults<RecommenderTask>.fileName, of: folder.path,
            expected: "metrics")
      } use: {
        if let results { _ = try JSONDocument.text(of: results) }
      }
    }
  }

  @Test func reference() throws {
    let base = try ChurnBase()
    let layout = try ClassifierLayout(
      decoding: base.bytes(ClassifierLayout.fileName), file: "layout")
    let table = try layout.reading(
      TableSource(location: base.table), labelled: false, context: base.context
    ).table
    let metrics = try ClassifierResults(folder: base.model).metrics
    let profile = ClassifierLoop<ChurnPreset>.Reference(
      data: DataProfile(
        columns: layout.features(of: table), rows: table.rowCount, judgedRows: 100, holdout: 0.2,
        judgedFrom: "a", files: ["a", "b"]),
      reached: ClassifierLoop<ChurnPreset>.Reached(
        auc: metrics.auc, aucInterval: metrics.aucInterval))
    let text = try JSONDocument.text(of: profile)
    Fuzzer.run("reference") { random in
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      var read: ClassifierLoop<ChurnPreset>.Reference?
      return try attempting {
        read = try ClassifierLoop<ChurnPreset>.Reference(decoding: input, file: "reference.json")
      } use: {
        for column in read?.columns.values.values.map(\.self) ?? [] {
          switch column.kind {
          case .category:
            for feature in layout.features(of: table) {
              if case .category(let values) = feature.values { _ = column.count(values) }
            }
          default: _ = column.count([.nan, -1e308, 0, 1, 50, .infinity])
          }
        }
        _ = try read.map { try JSONDocument.text(of: $0) }
      }
    }
  }

  @Test func `regression reference`() throws {
    let text = #"""
      {"format_version":1,"rows":100,"judged_rows":20,"holdout":0.2,"judged_from":"a",
       "files":["a","b"],"measure":"mean_poisson_deviance","loss":1.5,"loss_interval":[1.25,2],
       "columns":{"tenure":{"kind":"number","range":[0,60],"edges":[20,40],"levels":[],"binned":0,
       "counts":[40,30,20,10]}}}
      """#
    let rows = try PredictedNumbers(targets: [0, 3, 5], predictions: [1, 2, 5], groups: nil)
    let loop = RegressionLoop(
      RegressionTask.LoopConfiguration(), context: RunContext(pool: WorkerPool(threads: 1)))
    Fuzzer.run("regression reference") { random in
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      var read: RegressionLoop.Reference?
      return try attempting {
        read = try RegressionLoop.Reference(decoding: input, file: "reference.json")
      } use: {
        guard let read else { return }
        _ = loop.labelProblem(of: rows, earlier: read.reached)
        _ = try JSONDocument.text(of: read)
      }
    }
  }

  @Test func `recommender reference`() throws {
    let text = #"""
      {"format_version":1,"columns":["user","item"],
       "agreement":{"value":0.7,"lower":0.6,"upper":0.8,"rows":400}}
      """#
    Fuzzer.run("recommender reference") { random in
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      var read: RecommenderReference?
      return try attempting {
        read = try RecommenderReference(decoding: input, file: "reference.json")
      } use: {
        _ = try read.map { try JSONDocument.text(of: $0) }
      }
    }
  }
}
