// A small file system of a test's own, where the system allows to mount one.
import Foundation

/// A memory file system that is mounted while the object lives.
final class Mount {
  let path: String

  /// Mounts a file system with options such as "size=64k" or "ro"; nil where that is not allowed.
  init?(at path: String, options: String) {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard Self.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path]) else { return nil }
  }

  deinit { _ = Self.run(["umount", path]) }

  /// Whether file systems can be mounted here, tried once.
  static let isPossible: Bool = {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "mlcore-mount-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return Mount(at: path, options: "size=4k") != nil
  }()

  private static func run(_ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
