// Whether what is going to be written would be read: by device and inode, so that neither links nor
// dots in a path hide it.

internal import Glibc
internal import Storage

/// A table that is read, as a place that nothing may be written to.
public struct InputPlace {
  /// The location for messages.
  public let name: String
  private let location: String
  /// The file, or the folder with all folders and files below it that are read; empty for a remote one.
  private let identities: Set<FileIdentity>

  /// Looks at a location, which may lead nowhere yet.
  ///
  /// - Throws: a `TableError` for a folder that cannot be read.
  public init(_ location: String) throws {
    name = LocationText.shown(location)
    self.location = location
    guard !Self.isRemote(location), let identity = FileIdentity(location) else {
      identities = []
      return
    }
    let place = try DataLocation(location)
    identities =
      try place.kind() == .folder ? DataFiles.identities(below: place) : [identity]
  }

  /// Whether a path is the table, one of its files or folders, or lies in one of its folders.
  public func contains(_ path: String) -> Bool {
    if Self.isRemote(path) != Self.isRemote(location) { return false }
    if Self.isRemote(path) {
      let (inner, outer) = (Self.plain(path), Self.plain(location))
      return inner == outer || inner.hasPrefix(outer + "/")
    }
    if let identity = FileIdentity(path), identities.contains(identity) { return true }
    return Self.folders(above: path).contains(where: identities.contains)
  }

  /// Whether the table lies in a local folder, or is that folder.
  public func lies(in folder: String) -> Bool {
    guard !Self.isRemote(folder), !Self.isRemote(location), let identity = FileIdentity(folder),
      let own = FileIdentity(location)
    else { return false }
    return own == identity || Self.folders(above: location).contains(identity)
  }

  private static func isRemote(_ location: String) -> Bool { location.contains("://") }

  private static func plain(_ location: String) -> String {
    var text = String(LocationText.shown(location).prefix { $0 != "?" })
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// The folders that hold what a path names, up to the root, as far as they are there.
  private static func folders(above path: String) -> [FileIdentity] {
    var parent = FileSystem.parent(of: path.hasSuffix("/") ? String(path.dropLast()) : path)
    while FileIdentity(folder: parent) == nil, parent != "/", parent != "." {
      parent = FileSystem.parent(of: parent)
    }
    guard let whole = realpath(parent, nil) else { return [] }
    defer { free(whole) }
    var folder = String(cString: whole)
    var found: [FileIdentity] = []
    while let identity = FileIdentity(folder) {
      found.append(identity)
      if folder == "/" { break }
      folder = FileSystem.parent(of: folder)
    }
    return found
  }
}

extension DataFiles {
  /// The folders and files of a local folder that a table is read from.
  static func identities(below location: DataLocation) throws -> Set<FileIdentity> {
    try location.localFolder(where: isVisible).seen
  }
}
