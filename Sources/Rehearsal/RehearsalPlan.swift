import Delivery
import Engine
import Journeys
import RoostCore
import Segments

/// A rehearsal ready to run: definitions compiled, one engine for each time in which the same ones were in force.
/// Immutable, shared by all threads.
public struct RehearsalPlan: Sendable {
  public let from: Instant
  public let to: Instant
  public let seed: UInt64
  public let imports: RehearsalRequest.Imports
  public let assumption: Assumption
  /// All that take part: drafts first, then published ones, each by key.
  public let journeys: [RehearsedJourney]
  /// What a reader should know before trusting the result.
  public let notes: [String]
  public let workspace: WorkspaceID
  public let symbols: SymbolTable

  /// Remembers people before any journey acts.
  let base: Engine
  let phases: [Phase]
  let peopleSlot: Int?
  private let journeyBySymbol: [Int32]
  let engagement: EngagementNames
  /// Keys of channels and templates, as the numbers in messages name them; the first stands for any other.
  public let names: [String]
  private let placeOfName: [String: Int]

  func place(ofName name: String) -> Int { placeOfName[name] ?? 0 }

  /// A time, up to the next phase, under the same definitions.
  struct Phase: Sendable {
    var from: Instant
    var engine: Engine
    /// Here the period begins.
    var isStart: Bool
  }

  /// Whether runs of published journeys end at the beginning of the period, since these do not take part.
  let dropsRuns: Bool

  public var days: Int { Int((to - from).milliseconds - 1) / Int(Instant.millisecondsPerDay) + 1 }

  /// The index in `journeys` of a journey's key.
  @inline(__always)
  func index(of journey: Symbol) -> Int? {
    guard Int(journey.number) < journeyBySymbol.count else { return nil }
    let index = Int(journeyBySymbol[Int(journey.number)])
    return index < 0 ? nil : index
  }

  init(
    _ request: RehearsalRequest, workspace: WorkspaceID, symbols: SymbolTable, journeys: [RehearsedJourney],
    names: Set<String>, notes: [String], base: Engine, phases: [Phase], peopleSlot: Int?, dropsRuns: Bool
  ) {
    from = request.from
    to = request.to
    seed = request.seed
    imports = request.imports
    assumption = request.assumption
    self.journeys = journeys
    self.notes = notes
    self.names = ["?"] + names.sorted()
    placeOfName = Dictionary(self.names.enumerated().map { ($1, $0) }) { $1 }
    self.workspace = workspace
    self.symbols = symbols
    self.base = base
    self.phases = phases
    self.peopleSlot = peopleSlot
    self.dropsRuns = dropsRuns
    engagement = EngagementNames(symbols: symbols)
    var table: [Int32] = []
    for (place, journey) in journeys.enumerated() {
      guard let symbol = symbols.find(journey.key) else { continue }
      while table.count <= Int(symbol.number) { table.append(-1) }
      table[Int(symbol.number)] = Int32(place)
    }
    journeyBySymbol = table
  }
}

/// The names under which openings, clicks and the like come back, as numbers.
struct EngagementNames: Sendable {
  /// By channel: opened, clicked.
  private(set) var byChannel: [ChannelKind: (opened: Symbol, clicked: Symbol)] = [:]
  /// All names about what became of a message.
  private(set) var all: Set<Symbol> = []
  let messageID: Symbol
  let journey: Symbol
  let step: Symbol

  private static let fates = ["Delivered", "Opened", "Clicked", "Bounced", "Complained", "Unsubscribed"]

  init(symbols: SymbolTable) {
    messageID = symbols.intern("message_id") ?? .none
    journey = symbols.intern("journey") ?? .none
    step = symbols.intern("step") ?? .none
    for kind in ChannelKind.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      let word = kind.eventWord
      for fate in Self.fates {
        if let symbol = symbols.intern("\(word) \(fate)") { all.insert(symbol) }
      }
      if let opened = symbols.find("\(word) Opened"), let clicked = symbols.find("\(word) Clicked") {
        byChannel[kind] = (opened, clicked)
      }
    }
  }
}
