// Delivery: the vectors of the model in service in PostgreSQL with pgvector, as `mlcore export pgvector`
// puts them there.
import Connectors
import LearningTasks
import Storage

extension RecommenderLoop {
  func deliver(_ model: String) throws {
    guard let database = configuration.database else {
      preconditionFailure("a delivery without a database")
    }
    let run = "\(model)/\(LoopFolder.run)"
    if try RecommenderTask.isLoaded(model: run, dsn: database) { return }
    _ = try RecommenderTask.exportPGVector(
      model: run, dsn: database, isIndexed: configuration.isIndexed, force: false,
      context: context)
  }
}

extension RecommenderTask {
  /// Whether both tables of a database say that they hold the vectors of a model.
  ///
  /// - Throws: as `exportPGVector`.
  static func isLoaded(model folder: String, dsn: String) throws -> Bool {
    let expected = comment(ofVersion: try version(ofModel: folder))
    let target = try PGVectorTarget(dsn)
    return try [itemTable, userTable].allSatisfy { try target.comment(of: $0) == expected }
  }

  /// The version of the model in a run folder, after all of that was checked.
  ///
  /// - Throws: `TaskError.notAModel`, `StorageError`.
  static func version(ofModel folder: String) throws -> String {
    RecommenderModel.version(
      in: try RunFolderReader.manifest(of: folder, with: RecommenderModel.self, task: name))
  }

  /// The name of a database in messages: without user and options.
  ///
  /// - Throws: `ConnectorError` for what is no location of a PostgreSQL database, or has a password in
  ///   it.
  static func databaseName(_ dsn: String) throws -> String {
    try PGVectorTarget.name(of: dsn)
  }
}
