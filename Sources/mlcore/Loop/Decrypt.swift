// `mlcore decrypt`: the plain text of an encrypted file of a home.
import ArgumentParser
import Glibc
import LearningTasks
import Pipeline

/// Decrypts a file.
struct Decrypt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decrypt",
    abstract: "Decrypt a prediction or another file of a home.",
    discussion: """
      The key is that of encryption.key in the pipeline.toml of the home. Each piece is written after \
      it was checked; a file appears whole or not at all, standard output ends where damage begins, \
      with code 5.
      """)

  @OptionGroup var home: HomeOptions
  @Argument(help: ArgumentHelp("A file that ends in .enc.", valueName: "file")) var file: String
  @Option(help: ArgumentHelp("The file to write; - for standard output.", valueName: "path"))
  var out: String
  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    try Terminal.requireOutput(for: out)
    umask(0o077)
    try OutputPlace.check(files: [out], inputs: [file], replaces: force)
    let home = try home.opened()
    let key = try LoopSettings(file: home.configuration).pipeline.encryptionKeyFile
    try home.decrypt(file, keyFile: key, to: out)
  }
}
