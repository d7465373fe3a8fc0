// The fitted values for other systems: JSON with the names of scikit-learn's attributes, and pickles
// that load as its own classes.

internal import FoundationEssentials
internal import ModelFormats

/// The version of scikit-learn whose attributes the pickles have; another one warns on loading.
private let scikitLearnVersion = "1.9.1"

extension StandardScaler {
  /// Returns the text of `std_scaler.json`.
  public func exportedJSON() throws -> [UInt8] { try exportedText(of: self) }

  /// Returns `std_scaler.pkl`, which loads as a fitted `sklearn.preprocessing.StandardScaler`.
  public func scikitLearnPickle() -> [UInt8] {
    func array(_ values: [Double]) -> PickleValue {
      .float64Array(values, shape: [values.count])
    }
    // scikit-learn keeps one count for all features where none of them had missing values.
    let counts: PickleValue =
      if let count = sampleCount.first, sampleCount.allSatisfy({ $0 == count }) {
        .float64(count)
      } else {
        array(sampleCount)
      }
    return Pickle.encode(
      .object(
        module: "sklearn.preprocessing._data", name: "StandardScaler",
        state: .attributes([
          ("with_mean", .bool(true)), ("with_std", .bool(true)), ("copy", .bool(true)),
          ("feature_names_in_", .stringArray(featureNames)),
          ("n_features_in_", .int(featureNames.count)),
          ("n_samples_seen_", counts),
          ("mean_", array(mean)), ("var_", array(variance)), ("scale_", array(scale)),
          ("_sklearn_version", .string(scikitLearnVersion)),
        ])))
  }
}

extension OneHotEncoder {
  /// Returns the text of `ohe.json`.
  public func exportedJSON() throws -> [UInt8] { try exportedText(of: self) }

  /// Returns `ohe.pkl`, which loads as a fitted `sklearn.preprocessing.OneHotEncoder`.
  ///
  /// It ignores unknown categories and returns a dense matrix. Stripping and lower-casing are not
  /// part of it: its strings must have gone through them. Features without a category are left
  /// out, because scikit-learn cannot transform them.
  public func scikitLearnPickle() -> [UInt8] {
    let features = zip(featureNames, categories).filter { !$0.1.isEmpty }
    return Pickle.encode(
      .object(
        module: "sklearn.preprocessing._encoders", name: "OneHotEncoder",
        state: .attributes([
          ("categories", .string("auto")), ("sparse_output", .bool(false)),
          ("dtype", .global(module: "numpy", name: "float64")),
          ("handle_unknown", .string("ignore")), ("drop", .none), ("min_frequency", .none),
          ("max_categories", .none), ("feature_name_combiner", .string("concat")),
          ("_infrequent_enabled", .bool(false)),
          ("feature_names_in_", .stringArray(features.map(\.0))),
          ("n_features_in_", .int(features.count)),
          ("categories_", .list(features.map { .stringArray($0.1) })),
          ("_drop_idx_after_grouping", .none), ("drop_idx_", .none),
          ("_n_features_outs", .list(features.map { .int($0.1.count) })),
          ("_sklearn_version", .string(scikitLearnVersion)),
        ])))
  }
}

private func exportedText(of value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
}
