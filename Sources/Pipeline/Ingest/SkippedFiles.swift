// What lies in the watched folders and is no file that counts, though somebody may think so: said once.
import Glibc
import Storage

/// Says what is passed over, and gives files of the inbox names that can be written down.
struct SkippedFiles {
  private let home: LoopDirectory
  private let patterns: NamePatterns
  /// What was said already and is still there.
  private var said: Set<String> = []

  /// Of more than so many at once, the others are counted.
  private static let mostLines = 20

  init(home: LoopDirectory, patterns: NamePatterns) {
    self.home = home
    self.patterns = patterns
  }

  /// Notes what a scan found.
  mutating func note(_ result: ScanResult, log: LoopLog) {
    var lines = result.skipped.map { "passed over \($0.path): \($0.reason)" }
    for (folder, bytes) in result.unnamed {
      let name = Self.escaped(bytes)
      let isOurs = folder == home.inbox || folder.hasPrefix("\(home.inbox)/")
      if isOurs, let kind = Self.rename(bytes, to: name, in: folder, patterns: patterns) {
        log.say("renamed a \(kind) whose name is not UTF-8 to \(folder)/\(name)")
      } else if patterns.accept(name) {
        lines.append("passed over \(folder)/\(name): the name is not UTF-8")
      }
    }
    let new = lines.filter { !said.contains($0) }
    for line in new.prefix(Self.mostLines) { log.say(line) }
    if new.count > Self.mostLines { log.say("passed over \(new.count - Self.mostLines) more") }
    said = Set(lines)
  }

  /// A name with all bytes that are not ASCII as hexadecimal digits.
  static func escaped(_ bytes: [UInt8]) -> String {
    bytes.reduce(into: "") { name, byte in
      if byte < 0x80 {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        name += "%" + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  /// Gives a file that counts, or a folder, another name.
  ///
  /// - Returns: what it is; nil where the name stays.
  private static func rename(
    _ bytes: [UInt8], to name: String, in folder: String, patterns: NamePatterns
  ) -> String? {
    let old = Array(folder.utf8) + [UInt8(ascii: "/")] + bytes + [0]
    let target = "\(folder)/\(name)"
    return old.withUnsafeBytes { pointer -> String? in
      guard let path = pointer.bindMemory(to: CChar.self).baseAddress else { return nil }
      var status = stat()
      guard lstat(path, &status) == 0, !Disk.exists(target) else { return nil }
      if Disk.isFolder(status) {
        return name.hasPrefix(".") || Glibc.rename(path, target) != 0 ? nil : "folder"
      }
      // Not by a rename, which would say that the file is complete.
      guard Disk.isFile(status), patterns.accept(name), link(path, target) == 0 else { return nil }
      unlink(path)
      return "file"
    }
  }
}
