// When a file is complete: nobody tells, so it is taken when it has not changed for a while. Time is
// what this process has seen pass, because clocks and the times of files may say anything.

internal import Storage
internal import Texts

/// What has been seen of files that are not taken yet.
struct StabilityTracker {
  /// How long a file must not have changed.
  let settle: Duration

  /// Files that may be taken, files to wait for, and how long the first of those needs.
  struct Sorted {
    var ready: [FoundFile] = []
    var waiting = 0
    /// How many of those wait for nothing but the end of a problem, and the first such problem.
    var held = 0
    var problem: PipelineError?
    var next: Duration?
  }

  private struct Sight {
    var identity: Disk.Identity
    var since: ContinuousClock.Instant
    /// Whether it came whole, by a new name.
    var isWhole: Bool
  }

  private var sights: [ByteText: Sight] = [:]
  /// Files that could not be taken, and when to try again.
  private var delays: [ByteText: Delay] = [:]

  private struct Delay {
    var until: ContinuousClock.Instant
    var identity: Disk.Identity
    var problem: PipelineError?
  }

  init(settle: Duration) { self.settle = settle }

  /// How long ago a file was seen first as it is now; zero if it has not been seen.
  func age(of file: FoundFile, now: ContinuousClock.Instant) -> Duration {
    sights[ByteText(file.path)].map { $0.identity == file.identity ? now - $0.since : .zero }
      ?? .zero
  }

  /// Whether a file came whole, by a new name.
  func isWhole(_ file: FoundFile) -> Bool { sights[ByteText(file.path)]?.isWhole ?? false }

  /// Leaves a file alone for a time, unless it changes.
  ///
  /// - Parameter problem: what is in the way, where it is not the file's being unfinished.
  mutating func delay(
    _ file: FoundFile, by duration: Duration, now: ContinuousClock.Instant,
    because problem: PipelineError? = nil
  ) {
    delays[ByteText(file.path)] = Delay(
      until: now + duration, identity: file.identity, problem: problem)
  }

  /// Sorts the files of a scan, and forgets those that are gone.
  ///
  /// - Parameter wasRenamed: whether a file arrived by its name since the last time.
  mutating func sort(
    _ files: [FoundFile], now: ContinuousClock.Instant, wasRenamed: (FoundFile) -> Bool
  ) -> Sorted {
    var sorted = Sorted()
    var seen: [ByteText: Sight] = [:]
    seen.reserveCapacity(files.count)
    var kept: [ByteText: Delay] = [:]
    for file in files {
      var sight = Sight(identity: file.identity, since: now, isWhole: false)
      if let old = sights[ByteText(file.path)], old.identity == file.identity { sight = old }
      if wasRenamed(file) { sight.isWhole = true }
      seen[ByteText(file.path)] = sight
      var left = sight.isWhole ? .zero : settle - (now - sight.since)
      if let delay = delays[ByteText(file.path)], delay.identity == file.identity {
        kept[ByteText(file.path)] = delay
        left = max(left, delay.until - now)
      }
      if left <= .zero {
        sorted.ready.append(file)
      } else {
        sorted.waiting += 1
        if let problem = kept[ByteText(file.path)]?.problem {
          sorted.held += 1
          sorted.problem = sorted.problem ?? problem
        }
        sorted.next = min(sorted.next ?? left, left)
      }
    }
    sights = seen
    delays = kept
    return sorted
  }
}
