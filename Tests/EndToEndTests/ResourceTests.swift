// Little memory and no threads: one line that says so, never a trap and never a wait without end.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.onOwnThread) struct ResourceTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test(arguments: Array(stride(from: 300_000, through: 900_000, by: 100_000)))
  func `a run ends in words where memory runs out`(_ kibibytes: Int) throws {
    let data = try workshop.customers()
    let result = try Program.run(
      [
        "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "5",
        "--threads", "2", "--out", workshop.path("m"),
      ], shell: "ulimit -v \(kibibytes); exec timeout 60 \"$@\"")
    // Below some limit the libraries themselves cannot be loaded, which ends with 127.
    #expect([0, 4, 127].contains(result.code), "\(result.code): \(result.errors)")
    #expect(result.code == 0 || !result.errorLines.isEmpty)
  }

  @Test(arguments: Array(stride(from: 340_000, through: 520_000, by: 20_000)))
  func `a prediction and a search end in words too`(_ kibibytes: Int) throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    for arguments in [
      ["predict", "--model", model, "--data", data, "--out", workshop.path("p.csv")],
      [
        "tune", "churn", "--data", data, "--target", "churn", "--id", "id", "--trials", "2",
        "--num-trees", "5", "--out", workshop.path("t"),
      ],
    ] {
      let result = try Program.run(
        arguments, shell: "ulimit -v \(kibibytes); exec timeout 60 \"$@\"")
      #expect([0, 4, 127].contains(result.code), "\(result.code): \(result.errors)")
      #expect(result.code == 0 || !result.errorLines.isEmpty)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "the number of threads of another user is limited"))
  func `a run without a second thread computes on one, or says so`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    #expect(chmod(workshop.folder, 0o777) == 0)
    let result = try Program.run(
      ["predict", "--model", model, "--data", data, "--out", workshop.path("p.csv")],
      shell: "exec setpriv --reuid 64999 --clear-groups bash -c 'ulimit -u 1; exec \"$@\"' b \"$@\""
    )
    #expect([0, 4].contains(result.code), "\(result.code): \(result.errors)")
    #expect(!result.errors.contains("OpenBLAS"))
  }
}
