import Logging

extension Settings {
  func text(_ setting: Setting, default fallback: String) throws(Failure) -> String {
    try find(setting)?.text ?? fallback
  }

  /// A whole number within a range.
  func number(_ setting: Setting, in range: ClosedRange<Int>, default fallback: Int) throws(Failure) -> Int {
    guard let found = try find(setting) else { return fallback }
    guard let number = Int(found.text), range.contains(number) else {
      throw invalid(setting, found, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func flag(_ setting: Setting) throws(Failure) -> Bool {
    guard let found = try find(setting) else { return false }
    switch found.text.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw invalid(setting, found, "true or false")
    }
  }

  func logLevel() throws(Failure) -> Logger.Level {
    guard let found = try find(.logLevel) else { return .info }
    guard let level = Logger.Level(rawValue: found.text.lowercased()) else {
      throw invalid(.logLevel, found, "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return level
  }

  /// The data directory.
  func data() throws(Failure) -> String { try text(.data, default: Self.defaultData) }

  /// Without a slash at the end; `nil` if none is set.
  func publicURL() throws(Failure) -> String? {
    guard let found = try find(.publicURL) else { return nil }
    var text = found.text[...]
    while text.last == "/" { text.removeLast() }
    let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? ""
    guard text.hasPrefix("https://") || text.hasPrefix("http://"), !rest.isEmpty,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>?#".utf8.contains($0) })
    else { throw invalid(.publicURL, found, "an address such as https://mail.shop.example") }
    return String(text)
  }

  /// What is wrong with a value, and what would be right.
  func invalid(_ setting: Setting, _ found: (text: String, source: String), _ wanted: String) -> Failure {
    let value = setting.isSecret ? "the value" : "\"\(found.text)\""
    return Failure(
      .configuration, "\(setting.rawValue): \(value) from \(found.source) is not \(wanted) (\(setting.ways))")
  }
}
