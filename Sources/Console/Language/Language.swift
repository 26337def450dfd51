/// The languages in which everything that a person reads exists.
public enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case russian = "ru"

  /// Its name in itself.
  public var ownName: StaticString {
    switch self {
    case .english: "English"
    case .russian: "Русский"
    }
  }

  /// The first language of an `Accept-Language` header (RFC 9110) that exists here; English if none does.
  /// Weights are honoured, `q=0` refuses.
  public init(accepting header: String) {
    var best: (language: Language, weight: Double)?
    for item in header.split(separator: ",") {
      let parts = item.split(separator: ";")
      guard let range = parts.first?.filter({ $0 != " " }).lowercased(),
        let language = Language.allCases.first(where: { range == $0.rawValue || range.hasPrefix($0.rawValue + "-") })
      else { continue }
      let quality = parts.dropFirst().map { $0.filter { $0 != " " } }.first { $0.hasPrefix("q=") }
      let weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if weight > best?.weight ?? 0 { best = (language, weight) }
    }
    self = best?.language ?? .english
  }
}
