// A body that is a table, as a file without a name: it is read as `mlcore predict` reads a file.
import Glibc
import LearningTasks
import NIOCore
import NIOHTTP1
import Tables

/// A file without a name that holds the bytes of a body.
final class BodyFile {
  private let descriptor: Int32

  /// Writes a body into memory.
  ///
  /// - Throws: `RequestFailure` with status 503 where the system gives none.
  init(_ body: ByteBuffer) throws {
    let refused = RequestFailure(.serviceUnavailable, "there is no memory for the body")
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var name = Array("\(folder)/mlcore-body-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw refused }
    unlink(name)
    var rest = body.readableBytesView[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // The descriptor is closed as that of any file that ends.
      guard count > 0 else { throw refused }
      rest = rest.dropFirst(count)
    }
  }

  deinit { close(descriptor) }

  /// The file's path in this process.
  private var path: String { "/proc/self/fd/\(descriptor)" }

  /// Reads the columns of a model.
  ///
  /// - Parameter header: whether the first line names the columns; nil does as in training.
  /// - Throws: `RequestFailure` for a table that the model cannot read.
  func table(for predictor: any Predictor, header: Bool?) throws -> Table {
    var source = TableSource(location: path, header: header)
    source.mayLackIdentifiers = true
    do {
      return try predictor.read(source, context: RunContext(pool: ServedModel.pool))
    } catch let error as TableError where error.kind == .badData {
      throw RequestFailure(.badRequest, facts(error.description))
    } catch let error as any TaskFailure {
      throw RequestFailure(.badRequest, facts(error.description))
    }
  }

  /// The sender knows the file as the body of its request.
  private func facts(_ text: String) -> String { text.replacing(path, with: "the body") }
}
