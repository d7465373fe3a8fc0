// The links by which other programs find the models of a home, without its ledger.

/// The places of the models that have an alias.
public struct ModelLinks: Sendable {
  private let folder: String

  /// Looks at the models of a task in a home.
  public init(_ home: LoopDirectory, task: String) { folder = "\(home.models)/\(task)" }

  /// The folder of the model that has an alias now; nil if none has.
  public func folder(of alias: Alias) -> String? {
    Registry.target(of: "\(folder)/\(alias.rawValue)").map { "\(folder)/\($0)" }
  }
}
