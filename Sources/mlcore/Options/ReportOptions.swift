// Whether the result is printed for people or for programs.
import ArgumentParser

/// The form of the result on standard output.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print one JSON document on standard output and nothing else.")
  var json = false
}
