/// Codes in what servers say.
enum SMTPStatus {
  /// The first enhanced status code (RFC 3463) in a text: 4.2.2, 5.1.1.
  static func enhanced(in text: String) -> String? {
    for word in text.split(whereSeparator: { !$0.isNumber && $0 != "." }) {
      let parts = word.split(separator: ".", omittingEmptySubsequences: true)
      guard parts.count == 3, parts[0].count == 1, "245".contains(parts[0]), parts.allSatisfy({ $0.count <= 3 }) else {
        continue
      }
      return parts.joined(separator: ".")
    }
    return nil
  }

  /// The first basic reply code that stands alone: 4yz or 5yz.
  static func basic(in text: String) -> Int? {
    for word in text.split(whereSeparator: { !$0.isNumber && $0 != "." }) where word.count == 3 {
      if let code = Int(word), (400...599).contains(code) { return code }
    }
    return nil
  }
}
