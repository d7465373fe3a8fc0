// Training: towers without the interactions that were set aside, which are judged, and the same towers
// with all of them, which serve.
import LearningTasks
import LoopContract
import NumericCore
import Preprocessing
import Recommender
import Storage
import Tables
import Texts

extension RecommenderLoop {
  func train(_ request: TrainingRequest) throws -> TrainedCandidate {
    let (work, candidate) = (request.work, request.candidate)
    let before = try request.champion.map {
      try RecommenderModel(folder: "\($0)/\(LoopFolder.run)").layout
    }
    let tables = try tables(
      of: request.files, work: work, known: before?.columns, kinds: before?.kinds ?? [:])
    var whole = configuration.recommender
    whole.data = tables.data
    whole.judging.baselines = [RecommenderBaseline.popularity.rawValue]
    try whole.validate()
    let data = try RecommenderData.reading(whole, context: context)
    let preset = whole.preset(of: data)
    var fit = RecommenderFit(
      data: data, configuration: whole, preset: preset, towers: try whole.towers(preset),
      context: context)
    let (train, judged) = try split(data, ages: tables.ages, fit)
    var candidates: [String: Double]?
    if whole.choosesPreset(of: data) {
      (fit, candidates) = try fit.choosingPreset(on: train)
    } else {
      fit = try fit.findingValues(on: train)
    }
    let holdout = try fit.trained(train, phase: "training")
    var judgement = try fit.evaluation(
      of: holdout, trainedOn: train, on: judged)
    judgement.candidates = candidates
    let final = try fit.trained(
      data.pairs, epochs: judgement.epochs, phase: "final training")
    fit.warnOfZeros(final)
    try context.begin("writing")
    try write(
      final, fit, judgement, to: "\(candidate)/\(LoopFolder.run)", isModelAlone: false)
    try write(
      holdout, fit, judgement, to: "\(candidate)/\(Self.holdoutName)", isModelAlone: true)
    let agreement = PairAgreement(
      users: judged.users, items: judged.items, ratings: judged.ratings,
      scorer: holdout.scorer,
      seen: { holdout.interactions.byUser.contains(row: Int($0), column: $1) },
      predictsRatings: fit.towers.loss == .squaredError)
    try LoopFolder.write(
      RecommenderReference(
        columns: data.columns.used(ofUsers: tables.data.users, items: tables.data.items),
        agreement: agreement), to: "\(candidate)/\(LoopFolder.reference)")
    try judgedTable(judged, data).write(to: "\(work)/\(Self.judgedName)")
    try LoopFolder.write(
      RecommenderJudging(
        meanRating: train.ratings.map { $0.reduce(0, +) / Double(max(1, $0.count)) }),
      to: "\(work)/\(Self.judgingName)")
    return TrainedCandidate(
      version: try Self.version(of: candidate), rows: data.pairs.count,
      metrics: try metrics(judgement, agreement, fit))
  }

  // MARK: - What is set aside

  /// Divides interactions into those that the judged model learns from and those that it is judged on.
  ///
  /// Where times are known the latest interactions of each user are set aside, else some pairs, by the
  /// names of user and item alone, so that they stay so in every run. The newest ones are judged on.
  private func split(
    _ data: RecommenderData, ages: [Int32], _ fit: RecommenderFit
  ) throws -> (train: RatedPairs, judged: RatedPairs) {
    let pairs = data.pairs
    var split = RecommenderSplit()
    var newest: [Double]
    if let times = pairs.times {
      split = .perUser(
        pairs, share: configuration.holdout, userCount: data.users.count,
        random: fit.random.split(2))
      newest = times
    } else {
      func column(_ name: String, _ codes: [Int32], _ names: [String]) -> Column {
        Column(name: name, values: .category(CategoryColumn(codes: codes, levels: names)))
      }
      let places = ReservedRows.places(
        keys: [
          column("user", pairs.users, data.users.names),
          column("item", pairs.items, data.items.names),
        ], rowCount: pairs.count)
      for row in 0..<pairs.count {
        if places[row] < configuration.holdout {
          split.test.append(row)
        } else {
          split.train.append(row)
        }
      }
      // Of files that were dropped together none is newer in any way that counts.
      newest = ages.count == pairs.count ? ages.map(Double.init) : []
    }
    var judged = split.test
    if judged.count > configuration.holdoutRows, newest.count == pairs.count {
      // All that are as new as the last one that is needed.
      let least = judged.map { newest[$0] }.sorted(by: >)[configuration.holdoutRows - 1]
      judged = judged.filter { newest[$0] >= least }
    }
    guard !split.train.isEmpty, !judged.isEmpty else {
      throw RecommendationError.tooFewInteractions(
        count: pairs.count, data: fit.configuration.shownData, anywhereHelps: false)
    }
    return (pairs.selecting(split.train), pairs.selecting(judged))
  }

  /// The judged interactions by name.
  private func judgedTable(_ judged: RatedPairs, _ data: RecommenderData) -> Table {
    var columns = [
      Column(
        name: "user",
        values: .category(CategoryColumn(codes: judged.users, levels: data.users.names))),
      Column(
        name: "item",
        values: .category(CategoryColumn(codes: judged.items, levels: data.items.names))),
    ]
    if let ratings = judged.ratings {
      columns.append(Column(name: "rating", values: .number(NumberColumn(ratings))))
    }
    return Table(columns: columns, rowCount: judged.count)
  }

  // MARK: - What is written

  private func write(
    _ trained: RecommenderFit.Trained, _ fit: RecommenderFit, _ judgement: RecommenderEvaluation,
    to path: String, isModelAlone: Bool
  ) throws {
    let folder = try RunFolder(target: path)
    defer { folder.cancel() }
    let inputs = fit.data.inputs
    if isModelAlone {
      try RecommenderTask.write(
        try fit.files(of: trained).model(), inputs: inputs, into: folder, context)
    } else {
      try RecommenderTask.write(
        try fit.finished(trained, judgement, inputs: inputs),
        configuration: fit.configuration, into: folder, context)
    }
  }

  private func metrics(
    _ judgement: RecommenderEvaluation, _ agreement: PairAgreement?, _ fit: RecommenderFit
  ) throws -> [String: Double] {
    guard let measured = judgement.metrics else { return [:] }
    var metrics: [String: Double] = [:]
    let k = measured.k
    for (name, value) in [
      ("ndcg_at_\(k)", measured.ndcg), ("recall_at_\(k)", measured.recall),
      ("coverage_at_\(k)", measured.coverage), ("rmse", measured.rmse),
      ("agreement", agreement?.value),
    ] {
      metrics[name] = value
    }
    metrics["users"] = Double(fit.userCount)
    metrics["items"] = Double(fit.itemCount)
    return metrics
  }

  /// The version of a candidate or a version's folder: that of the model in service.
  static func version(of folder: String) throws -> String {
    try RecommenderTask.version(ofModel: "\(folder)/\(LoopFolder.run)")
  }
}

extension RecommenderLayout {
  /// The kinds of the feature columns.
  var kinds: [ByteText: ColumnKind] {
    var kinds: [ByteText: ColumnKind] = [:]
    for encoding in [userEncoding, itemEncoding] {
      for name in encoding.encoder.featureNames { kinds[ByteText(name)] = .category }
      for name in encoding.scaler.featureNames { kinds[ByteText(name)] = .number }
    }
    return kinds
  }
}

extension RecommenderColumns {
  /// The columns of interactions that are read, where features may have tables of their own.
  func used(ofUsers users: String?, items: String?) -> [String] {
    var columns = self
    if users != nil { columns.userFeatures = [] }
    if items != nil { columns.itemFeatures = [] }
    return columns.used
  }
}
