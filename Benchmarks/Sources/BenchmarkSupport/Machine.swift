// What this process uses of the machine: memory, as the kernel counts it, and the BLAS library.

import Foundation
import NumericCore

/// Facts of the machine.
public enum Machine {
  /// The BLAS library as it describes itself, and the kernels it picked for this processor.
  public static var facts: [String: Any] {
    typealias Describe = @convention(c) () -> UnsafePointer<CChar>?
    let symbol = dlsym(nil, "openblas_get_config")
    let describe = symbol.map { unsafeBitCast($0, to: Describe.self) }
    let words = describe?().map { String(cString: $0) } ?? "OpenBLAS"
    return [
      "blas": words.split(separator: " ").prefix(2).joined(separator: " "),
      "core": LinearAlgebra.coreName,
    ]
  }

  /// A line of /proc/self/status in megabytes, such as `VmRSS`, memory held, or `VmHWM`, its peak.
  fileprivate static func megabytes(_ key: String) -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    let number = line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
    return number.flatMap { Double($0) }.map { $0 / 1_024 } ?? .nan
  }
}

/// The memory of a process up to a point, and how far its peak rises above what it held there.
public struct MemoryRise {
  private let held: Double
  private let peakBefore: Double

  /// Notes what is held now and starts the count of the peak afresh.
  public init() {
    peakBefore = Machine.megabytes("VmHWM")
    // Where the system refuses, an earlier peak may hide the later one; the rise is then at most
    // too large, for us as for the peers.
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    held = Machine.megabytes("VmRSS")
  }

  /// The peak of the whole process, and the rise since the start, in megabytes.
  public func measured() -> (peak: Double, rise: Double) {
    let peak = Machine.megabytes("VmHWM")
    return (max(peak, peakBefore), peak - held)
  }
}
