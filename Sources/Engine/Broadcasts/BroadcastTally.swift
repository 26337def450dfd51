import Delivery
import RoostCore

/// How many messages of a broadcast stand where, by variant. Every change of a message is recorded as a move from one
/// column to another, so that the sums follow from the log alone.
public struct BroadcastTally: Sendable, Equatable {
  /// Where a message stands: a status, or that its person was erased and it with them.
  public enum Column: Sendable, Hashable {
    case status(MessageStatus)
    case erased
  }
  /// Which messages: the journey's version and the step.
  public struct Row: Sendable, Hashable {
    public var version: UInt32
    public var step: String
    public init(version: UInt32, step: String) {
      self.version = version
      self.step = step
    }
  }
  /// One or more messages that went from one column to another; new ones come from nowhere.
  public struct Move: Sendable, Hashable {
    public var row: Row
    public var from: Column?
    public var to: Column
    public init(row: Row, from: Column?, to: Column) {
      self.row = row
      self.from = from
      self.to = to
    }
  }

  public private(set) var counts: [Row: [Column: Int]] = [:]

  public init() {}

  public mutating func add(_ move: Move, _ count: Int = 1) {
    if let from = move.from { counts[move.row, default: [:]][from, default: 0] -= count }
    counts[move.row, default: [:]][move.to, default: 0] += count
  }

  /// All variants together.
  public func sum(_ column: Column) -> Int { counts.values.reduce(0) { $0 + $1[column, default: 0] } }
  public func sum(_ status: MessageStatus) -> Int { sum(.status(status)) }

  /// Every message there ever was.
  public var total: Int { counts.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  public var byStatus: [MessageStatus: Int] {
    var sums: [MessageStatus: Int] = [:]
    for status in MessageStatus.allCases { sums[status] = sum(status) }
    return sums.filter { $0.value != 0 }
  }

  /// A variant's messages in the trial, or in both parts.
  ///
  /// - Parameter trialOnly: without those that went out because it had won.
  public func figures(ofVariant variant: Int, trialOnly: Bool) -> VariantFigures {
    var found = VariantFigures(variant: variant, sent: 0, opened: 0, clicked: 0)
    for (row, columns) in counts where row.step == BroadcastDefinition.step(ofVariant: variant) {
      guard !trialOnly || row.version == BroadcastDefinition.trialVersion else { continue }
      func count(_ statuses: [MessageStatus]) -> Int { statuses.reduce(0) { $0 + columns[.status($1), default: 0] } }
      found.sent += count([.sent, .delivered, .opened, .clicked, .bounced, .complained])
      found.opened += count([.opened, .clicked])
      found.clicked += count([.clicked])
    }
    return found
  }
}

extension BroadcastTally.Column {
  /// The last number: statuses count from 1, and 0 says nowhere.
  private static let erasedNumber: UInt8 = 255

  var number: UInt8 {
    switch self {
    case .status(let status): UInt8((MessageStatus.stored.firstIndex(of: status) ?? 0) + 1)
    case .erased: Self.erasedNumber
    }
  }

  init?(number: UInt8) {
    if number == Self.erasedNumber {
      self = .erased
    } else {
      let index = Int(number) - 1
      guard MessageStatus.stored.indices.contains(index) else { return nil }
      self = .status(MessageStatus.stored[index])
    }
  }
}

/// The moves of one commit, as its record has them.
public struct TallyMoves: Sendable {
  public private(set) var counts: [Key: Int] = [:]

  public struct Key: Sendable, Hashable {
    public var workspace: WorkspaceID
    /// The broadcast's journey.
    public var journey: Symbol
    public var move: BroadcastTally.Move
    public init(workspace: WorkspaceID, journey: Symbol, move: BroadcastTally.Move) {
      self.workspace = workspace
      self.journey = journey
      self.move = move
    }
  }

  public init() {}

  public var isEmpty: Bool { counts.isEmpty }
  public mutating func removeAll() { counts.removeAll(keepingCapacity: true) }
  public mutating func add(_ key: Key) { counts[key, default: 0] += 1 }

  /// Each: workspace, journey, version, step, from, to, how many.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    let lines = counts.map { key, count -> [UInt8] in
      var line: [UInt8] = []
      line.append(varint: UInt64(key.workspace.number))
      line.append(varint: UInt64(key.journey.number))
      line.append(varint: UInt64(key.move.row.version))
      line.append(counted: key.move.row.step)
      line.append(key.move.from?.number ?? 0)
      line.append(key.move.to.number)
      line.append(varint: UInt64(count))
      return line
    }
    for line in lines.sorted(by: { $0.lexicographicallyPrecedes($1) }) { bytes += line }
    return bytes
  }

  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    while !reader.isAtEnd {
      let workspace = WorkspaceID(UInt32(truncatingIfNeeded: try reader.varint()))
      let journey = Symbol(UInt32(truncatingIfNeeded: try reader.varint()))
      let version = UInt32(truncatingIfNeeded: try reader.varint())
      let step = try reader.text()
      let (from, to): (UInt8, UInt8) = (try reader.word(), try reader.word())
      guard let column = BroadcastTally.Column(number: to) else { throw MalformedBytes(offset: reader.offset) }
      let move = BroadcastTally.Move(
        row: .init(version: version, step: step), from: BroadcastTally.Column(number: from), to: column)
      counts[Key(workspace: workspace, journey: journey, move: move), default: 0] += Int(
        truncatingIfNeeded: try reader.varint())
    }
  }
}

extension BroadcastTally {
  /// For a checkpoint.
  public var json: JSONValue {
    .array(
      counts.sorted { ($0.key.version, $0.key.step) < ($1.key.version, $1.key.step) }.map { row, columns in
        [
          "version": .int(Int64(row.version)), "step": .string(row.step),
          "counts": .array(
            columns.sorted { $0.key.number < $1.key.number }.map {
              .array([.int(Int64($0.key.number)), .int(Int64($0.value))])
            }),
        ]
      })
  }

  public init?(json: JSONValue) {
    guard let rows = json.array else { return nil }
    for item in rows {
      guard let version = item["version"]?.int, let step = item["step"]?.string, let pairs = item["counts"]?.array
      else {
        return nil
      }
      for pair in pairs {
        guard let number = pair.array?.first?.int, let count = pair.array?.last?.int,
          let column = Column(number: UInt8(truncatingIfNeeded: number))
        else { return nil }
        counts[Row(version: UInt32(version), step: step), default: [:]][column] = Int(count)
      }
    }
  }
}
