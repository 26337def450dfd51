import Engine
import Glibc

/// The marks that templates wrote for links of a message that nobody could know when it was rendered.
enum LinkMarks {
  enum Mark: CaseIterable {
    case unsubscribe, preferences, confirm
    /// A token, not a link.
    case telegram

    fileprivate var text: String {
      switch self {
      case .unsubscribe: WorkspaceDefinitions.unsubscribeMark
      case .preferences: WorkspaceDefinitions.preferencesMark
      case .confirm: WorkspaceDefinitions.confirmMark
      case .telegram: WorkspaceDefinitions.telegramMark
      }
    }
  }

  /// What all marks begin with.
  private static let prefix = Array("roost-link:".utf8)
  private static let marks = Mark.allCases.map { (mark: $0, bytes: Array($0.text.utf8)) }

  /// The marks that occur in a text.
  static func found(in text: String) -> Set<Mark> {
    var found: Set<Mark> = []
    var text = text
    text.withUTF8 { bytes in scan(bytes) { mark, _ in found.insert(mark) } }
    return found
  }

  /// The text with a link in place of each mark; marks without a link stay. A link is made only if it is needed.
  static func replaced(in text: String, by link: (Mark) -> String?) -> String {
    var output: [UInt8] = []
    var links: [Mark: String] = [:]
    var copied = 0
    var text = text
    text.withUTF8 { bytes in
      scan(bytes) { mark, range in
        guard let link = links[mark] ?? link(mark) else { return }
        links[mark] = link
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<range.lowerBound]))
        output.append(contentsOf: link.utf8)
        copied = range.upperBound
      }
      if copied > 0 { output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...])) }
    }
    return copied > 0 ? String(decoding: output, as: UTF8.self) : text
  }

  /// Goes from colon to colon: most texts have no mark, and few colons.
  private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ visit: (Mark, Range<Int>) -> Void) {
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
    var place = 0
    while let colon = memchr(base + place, Int32(UInt8(ascii: ":")), bytes.count - place) {
      place = base.distance(to: UnsafeRawPointer(colon)) + 1
      let start = place - prefix.count
      guard start >= 0, bytes[start..<place].elementsEqual(prefix) else { continue }
      let rest = bytes[start...]
      guard let (mark, name) = marks.first(where: { rest.starts(with: $0.bytes) }) else { continue }
      place = start + name.count
      visit(mark, start..<place)
    }
  }
}
