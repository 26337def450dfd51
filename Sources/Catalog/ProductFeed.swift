import RoostCore

/// Reads the products of a feed piece by piece: CSV, YML (Yandex Market), or the RSS 2.0 and Atom of Google Merchant. Memory
/// is bounded by one product, not by the feed.
public struct ProductFeed: Sendable {
  public enum Format: String, Sendable, CaseIterable { case csv, yml, google }

  /// One product, or one line that is none.
  public enum Item: Sendable, Equatable {
    case product(Product)
    /// - Parameter line: from 1; where the product begins.
    case bad(line: Int, reason: String)
  }

  private enum Reader: Sendable {
    case undecided
    case csv(CSVFeed)
    case xml(XMLFeed)
  }

  private var reader = Reader.undecided
  private var head: [UInt8] = []
  private let format: Format?

  /// - Parameter format: `nil`: seen from the beginning of the feed.
  public init(format: Format? = nil) { self.format = format }

  /// Takes the next bytes of the feed; appends what became complete by them.
  ///
  /// - Throws: what makes the rest unreadable; nothing can be fed any more.
  public mutating func feed(_ bytes: some Collection<UInt8>, into items: inout [Item]) throws(FeedError) {
    switch reader {
    case .undecided:
      head += bytes
      guard head.count >= 512 else { return }
      try decide(into: &items)
    case .csv(var feed):
      reader = .undecided
      defer { reader = .csv(feed) }
      try feed.feed(bytes, into: &items)
    case .xml(var feed):
      reader = .undecided
      defer { reader = .xml(feed) }
      try feed.feed(bytes, into: &items)
    }
  }

  /// The feed ends here.
  public mutating func finish(into items: inout [Item]) throws(FeedError) {
    if case .undecided = reader { try decide(into: &items) }
    switch reader {
    case .undecided: break
    case .csv(var feed): try feed.finish(into: &items)
    case .xml(var feed): try feed.finish(into: &items)
    }
  }

  private mutating func decide(into items: inout [Item]) throws(FeedError) {
    let begin = (head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]).drop { $0 <= 32 }
    let isXML = begin.first == UInt8(ascii: "<")
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw FeedError(line: 1, reason: "the feed is in UTF-16; save it as UTF-8")
    }
    guard !begin.isEmpty else { throw FeedError(line: 1, reason: "the feed is empty") }
    switch format {
    case .csv where isXML: throw FeedError(line: 1, reason: "the feed is XML, not CSV")
    case .yml where !isXML, .google where !isXML: throw FeedError(line: 1, reason: "the feed is not XML")
    default: break
    }
    let bytes = head
    head = []
    reader = isXML ? .xml(XMLFeed(format: format)) : .csv(CSVFeed())
    try feed(bytes, into: &items)
  }
}

/// Why a feed cannot be read on.
public struct FeedError: Error, Sendable, Equatable {
  /// From 1.
  public var line: Int
  public var reason: String
  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}
