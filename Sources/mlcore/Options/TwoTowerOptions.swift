// One flag per hyperparameter of the two towers. They are kept as text, so that the settings table
// checks them like any other source of settings.
import ArgumentParser

/// The hyperparameters of the two towers.
struct TwoTowerOptions: ParsableArguments {
  @Option(help: .recommender("model.preset"))
  var preset: String?
  @Option(help: .recommender("model.dimension"))
  var dimension: String?
  @Option(help: .recommender("model.hidden"))
  var hidden: String?
  @Option(help: .recommender("model.loss"))
  var loss: String?
  @Option(help: .recommender("model.temperature"))
  var temperature: String?
  @Option(help: .recommender("model.optimizer"))
  var optimizer: String?
  @Option(help: .recommender("model.learning_rate"))
  var learningRate: String?
  @Option(help: .recommender("model.weight_decay"))
  var weightDecay: String?
  @Option(help: .recommender("model.users_per_step"))
  var usersPerStep: String?
  @Option(help: .recommender("model.ratings_per_step"))
  var ratingsPerStep: String?
  @Option(name: .customLong("uses-id"), help: .recommender("model.uses_id"))
  var usesID: String?
  @Option(name: .customLong("id-dropout"), help: .recommender("model.id_dropout"))
  var idDropout: String?
  @Option(help: .recommender("model.exact_items"))
  var exactItems: String?
  @Option(help: .recommender("model.uniform_negatives"))
  var uniformNegatives: String?
  @Option(help: .recommender("model.epochs"))
  var epochs: String?
  @Option(help: .recommender("model.patience"))
  var patience: String?
  @Option(help: .recommender("model.validation_fraction"))
  var validationFraction: String?

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append(
      section: "model",
      [
        ("preset", preset),
        ("dimension", dimension),
        ("hidden", hidden),
        ("loss", loss),
        ("temperature", temperature),
        ("optimizer", optimizer),
        ("learning_rate", learningRate),
        ("weight_decay", weightDecay),
        ("users_per_step", usersPerStep),
        ("ratings_per_step", ratingsPerStep),
        ("uses_id", usesID),
        ("id_dropout", idDropout),
        ("exact_items", exactItems),
        ("uniform_negatives", uniformNegatives),
        ("epochs", epochs),
        ("patience", patience),
        ("validation_fraction", validationFraction),
      ])
    return flags
  }
}
