// Training with a search for hyperparameters before it: that of `mlcore tune`, on the rows that
// are learnt from. What the champion has, the defaults, and what the last search found come first.
import FoundationEssentials
import LearningTasks
import LoopContract
import Storage
import Tuning

extension TabularLoop {
  /// The study in the folder of a candidate or a version, beside the run folder because it has times
  /// in it.
  static var studyName: String { "study.sqlite" }

  /// Searches, and trains with what was best.
  ///
  /// A study of the same search that was killed goes on where it was; any other is forgotten, also
  /// one that turns out to hold other trials than the search asks for.
  func search(
    _ training: Problem.Configuration, into folder: RunFolder, _ request: TrainingRequest
  ) throws -> TrainingReport<Task> {
    var search = TabularSearchConfiguration<Problem>()
    search.training = training
    search.trials = configuration.trials
    search.champion = request.champion.map { "\($0)/\(LoopFolder.run)" }
    search.warmStart = [request.newest, request.champion].compactMap(\.self)
      .map { "\($0)/\(LoopFolder.run)" }
      .first { FileManager.default.fileExists(atPath: "\($0)/\(StudyFile.name)") }
    try search.validate()
    let place = StudyPlace(folder: request.unfinished)
    let report = try Task.tune(
      search, into: folder, shownAs: request.candidate,
      options: TrainingOptions(explainedRows: Self.explainedRows),
      context: context,
      opening: { description in
        do {
          let store = try place.open(description: description, resumes: true, force: false)
          let count = try store.trials().count
          if count > 0 { context.progress(.note("the search goes on after \(count) trials")) }
          return store
        } catch TuningError.otherStudy {
          return try place.open(description: description, resumes: false, force: true)
        }
      },
      openingAnew: { description in
        context.progress(.note("the search begins anew: the study before it is damaged"))
        return try place.open(description: description, resumes: false, force: true)
      })
    try place.keep(as: "\(request.candidate)/\(Self.studyName)")
    return report.training
  }
}
