/// The name of one intended message. Derived from what the message is for, so that deciding twice names it the same and
/// the second one is known to be a duplicate. `Message-ID` derives from it.
@frozen
public struct IntentID: Hashable, Comparable, Sendable {
  public var high: UInt64
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The message of a journey's step: `entry` counts the person's entries into the journey, this one included.
  ///
  /// - Parameters:
  ///   - journey: the journey's key.
  ///   - step: the step's id.
  public init(
    workspace: WorkspaceID, person: PersonID, journey: String, version: UInt32, step: String, entry: UInt32
  ) {
    var bytes: [UInt8] = [1]
    bytes.append(word: workspace.number)
    bytes.append(word: person.number)
    bytes.append(word: version)
    bytes.append(word: entry)
    bytes.append(counted: journey)
    bytes.append(counted: step)
    (high, low) = bytes.withUnsafeBytes { bytes in
      (hash64(bytes, seed: 0x524F_4F53_545F_4849), hash64(bytes, seed: 0x524F_4F53_545F_4C4F))
    }
  }

  @inlinable
  public static func < (a: IntentID, b: IntentID) -> Bool { (a.high, a.low) < (b.high, b.low) }

  /// Thirty-two lower-case hexadecimal digits.
  public var text: String { PersonID(high).text + PersonID(low).text }

  /// Reads what `text` writes.
  public init?(text: some StringProtocol) {
    guard text.utf8.count == 32, let high = PersonID(text: text.prefix(16)), let low = PersonID(text: text.suffix(16))
    else { return nil }
    self.init(high: high.number, low: low.number)
  }
}
