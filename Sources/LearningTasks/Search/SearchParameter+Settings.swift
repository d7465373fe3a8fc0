// Parameters of a search from the tables of hyperparameters.
package import Configuration
import Tuning

extension SearchParameter.Domain {
  /// The values that a table of hyperparameters has.
  package init(_ domain: SearchDomain) {
    switch domain {
    case .float(let range, let isLog): self = .float(range, isLog: isLog)
    case .integer(let range, let isLog, let step):
      self = .integer(range, isLog: isLog, step: step)
    case .category(let texts): self = .category(texts)
    }
  }
}

extension SearchParameter {
  /// The number that stands for a value of settings, or the nearest one; nil if none does.
  package func number(nearest value: ConfigurationValue?) -> Double? {
    switch value {
    case .number(let wish): nearest(to: wish)
    case .integer(let wish): nearest(to: Double(wish))
    case .text(let wish): number(of: .category(wish))
    default: nil
    }
  }
}
