// Searches that are killed or held at moments that are counted, not timed.
import Foundation
import Glibc
import Testing

extension Workshop {
  /// Runs a search to its end, killing it before its N-th change of a file for each N of a list.
  ///
  /// - Returns: how many of the kills found it still running.
  func search(_ arguments: [String], out: String, killedAt changes: [Int]) throws -> Int {
    var kills = 0
    for change in changes where !FileManager.default.fileExists(atPath: path(out)) {
      let result = try Program.run(
        resumed(arguments, out: out), environment: Program.killed(atChange: change))
      if result.code == 0 { break }
      try #require(result.code == 128 + SIGKILL, "\(result)")
      kills += 1
    }
    if !FileManager.default.fileExists(atPath: path(out)) {
      let result = try Program.run(resumed(arguments, out: out))
      try #require(result.code == 0, "\(result)")
    }
    return kills
  }

  /// Starts a search and stops it, as Ctrl-Z does, when some of its trials are on the disk.
  func suspendedSearch(_ arguments: [String], out: String) throws -> RunningProgram {
    let search = try Program.start(arguments)
    try search.wait(for: "some trials") {
      let log = path(".\(out).study/study.sqlite-wal")
      let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
      return size ?? 0 > 40_000
    }
    search.signal(SIGSTOP)
    return search
  }

  /// A search that has written nothing yet cannot be resumed.
  private func resumed(_ arguments: [String], out: String) -> [String] {
    let isBegun = FileManager.default.fileExists(atPath: path(".\(out).study/study.sqlite"))
    return arguments + (isBegun ? ["--resume"] : [])
  }
}

extension Program {
  /// The environment of a run that is killed before its N-th change of a file.
  static func killed(atChange change: Int) -> [String: String] {
    let library = URL(filePath: path).deletingLastPathComponent().appending(
      path: "libKillSwitch.so")
    return ["LD_PRELOAD": library.path, "MLCORE_TEST_KILL_AT": "\(change)"]
  }
}
