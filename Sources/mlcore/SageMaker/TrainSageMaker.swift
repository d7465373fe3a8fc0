// `mlcore train sagemaker`: a training as a job of SageMaker starts it.
import ArgumentParser

/// Trains what the folders of a container say.
struct TrainSageMaker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sagemaker",
    abstract: "Train as the container of a SageMaker job.",
    discussion: """
      Reads input/config/hyperparameters.json, whose 'task' names the task and whose other keys are \
      flags or settings, and the channels train, test, users and items under input/data. Writes the \
      model to model/mlcore, and the reason of a failure to output/failure.
      """)

  @Option(help: ArgumentHelp("The folder of the container.", valueName: "dir"))
  var folder = SageMakerFolder.usual

  func run() throws {
    let folder = SageMakerFolder(path: folder)
    do {
      let arguments = try folder.arguments { task, flag in
        (try? MLCore.parseAsRoot(["train", task, "\(flag)=true"])) != nil
      }
      var command: any ParsableCommand
      do {
        command = try MLCore.parseAsRoot(["train"] + arguments)
      } catch {
        throw MLCore.usageError(error)
      }
      try command.run()
    } catch {
      let failure = CommandLineError(error) ?? MLCore.internalError(error)
      folder.report(failure)
      throw failure
    }
  }
}
