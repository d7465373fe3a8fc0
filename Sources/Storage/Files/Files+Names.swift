// Paths and names as texts.

internal import Glibc

extension Files {
  /// Returns an absolute path without empty or `.` components and without a slash at its end.
  public static func absolute(_ path: String) -> String {
    var whole = path
    if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
      whole = String(cString: current) + "/" + path
      free(current)
    }
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// The folder that holds a path; `.` for a name alone.
  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component of a path; empty for the root.
  public static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  /// The beginning of a name that fits into so many bytes, in whole characters of Unicode.
  public static func beginning(of name: some StringProtocol, bytes: Int) -> String {
    var scalars = Substring.UnicodeScalarView()
    var left = bytes
    for scalar in name.unicodeScalars {
      left -= Unicode.UTF8.width(scalar)
      if left < 0 { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  /// The end of a name that fits into so many bytes, in whole characters of Unicode.
  public static func end(of name: some StringProtocol, bytes: Int) -> String {
    var left = bytes
    let kept = name.unicodeScalars.reversed().prefix { scalar in
      left -= Unicode.UTF8.width(scalar)
      return left >= 0
    }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: kept.reversed())
    return String(scalars)
  }
}
