/// A part of a whole, written `5%` or `12.5%`.
public struct Share: Sendable, Hashable, Comparable {
  /// Hundredths of a percent, 0…10,000.
  public var hundredths: Int

  public static let whole = Share(hundredths: 10_000)
  public static let none = Share(hundredths: 0)

  public init(hundredths: Int) { self.hundredths = hundredths }

  /// Reads `5%`, `0.5%` or `12.25%`, up to `100%`; `nil` for anything else.
  public init?(text: String) {
    guard text.hasSuffix("%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ Self.isDigits($0) }), parts[0].utf8.count <= 3,
      let percent = Int(parts[0])
    else { return nil }
    var rest = 0
    if parts.count == 2 {
      guard parts[1].utf8.count <= 2, let digits = Int(parts[1]) else { return nil }
      rest = parts[1].utf8.count == 1 ? digits * 10 : digits
    }
    hundredths = percent * 100 + rest
    guard hundredths <= 10_000 else { return nil }
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  public static func < (a: Share, b: Share) -> Bool { a.hundredths < b.hundredths }

  /// `12.5%`.
  public var text: String {
    let rest = hundredths % 100
    guard rest != 0 else { return "\(hundredths / 100)%" }
    return "\(hundredths / 100).\(rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)"))%"
  }
}
