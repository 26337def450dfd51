import Engine
import Events
import Profiles
import RoostCore

/// People in memory, and events for them that were parsed ahead of time.
struct EngineWorkload {
  struct Outcome {
    var eventsPerSecond: Double
    var bareEventsPerSecond: Double
    var changesPerEvent: Double
    var movesPerEvent: Double
  }

  private let engine: Engine
  private var parser: EventParser
  private var states: [PersonState]
  private var effects = PersonEffects()
  private var tracks: [CallTemplate]
  private var trackNumbers: CallNumbers

  /// Events that are parsed, then handled, at a time.
  private static let chunk = 100_000

  init(people: Int) throws {
    let symbols = SymbolTable()
    let definitions = try EngineDefinitions.compiled(symbols: symbols)
    engine = Engine(definitions)
    parser = EventParser(symbols: symbols)
    let now = Stopwatch.wallClock
    states = (0..<people).map { number in
      var state = PersonState(workspace: WorkspaceID(1), id: PersonID(mix64(UInt64(number))), createdAt: now)
      state.trackersEpoch = definitions.epoch
      return state
    }
    tracks = WorkloadCalls(key: "none").tracks(batch: 100, variants: 64)
    trackNumbers = CallNumbers(people: people, order: .anybody, messages: 2)
  }

  var bytesPerState: Double {
    var bytes: [UInt8] = []
    for state in states.prefix(1_000) { state.encode(into: &bytes) }
    return Double(bytes.count) / Double(min(1_000, states.count))
  }

  /// Parsed events back to back, with their people.
  private struct Parsed {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    var people: [Int] = []
  }

  /// Everybody's first event.
  mutating func identify() throws(Problem) {
    let template = WorkloadCalls(key: "none").identifies(batch: 100)
    var numbers = CallNumbers(people: states.count, order: .everybody, messages: 1)
    _ = handle(try parse([template], &numbers, events: states.count))
  }

  /// - Parameter isCoded: each state is bytes before and after its event.
  mutating func measure(events: Int, isCoded: Bool) throws(Problem) -> Outcome {
    var seconds = 0.0
    var bareSeconds = 0.0
    var done = 0
    var changes = 0
    var moves = 0
    var coded = isCoded ? encodedStates() : []
    var counts: [PersonID: Int] = [:]
    var numbers = trackNumbers
    defer { trackNumbers = numbers }
    while done < events {
      let parsed = try parse(tracks, &numbers, events: min(Self.chunk, events - done))
      let watch = Stopwatch()
      let led = isCoded ? try handle(parsed, coded: &coded) : handle(parsed)
      seconds += watch.seconds
      changes += led.changes
      moves += led.moves
      bareSeconds += bare(parsed, &counts)
      done += parsed.ranges.count
    }
    return Outcome(
      eventsPerSecond: Double(done) / seconds, bareEventsPerSecond: Double(done) / bareSeconds,
      changesPerEvent: Double(changes) / Double(done), movesPerEvent: Double(moves) / Double(done))
  }

  private mutating func parse(
    _ templates: [CallTemplate], _ numbers: inout CallNumbers, events: Int
  ) throws(Problem) -> Parsed {
    var parsed = Parsed()
    var place = 0
    while parsed.ranges.count < events {
      let template = templates[place % templates.count]
      place += 1
      let now = Stopwatch.wallClock
      var request = template.request
      request.withUnsafeMutableBytes { numbers.fill($0, template, now: now) }
      let body = Array(request[template.bodyOffset...])
      let call: ParsedCall = try body.withUnsafeBytes { bytes -> Result<ParsedCall, Problem> in
        do throws(Problem) { return .success(try parser.parse(bytes, as: .batch, receivedAt: now)) } catch {
          return .failure(error)
        }
      }.get()
      let base = parsed.bytes.count
      parsed.bytes += call.events.bytes
      parsed.ranges += call.ranges.map { $0.lowerBound + base..<$0.upperBound + base }
      parsed.people += numbers.people
    }
    return parsed
  }

  private mutating func handle(_ parsed: Parsed) -> (changes: Int, moves: Int) {
    let now = Stopwatch.wallClock
    var changes = 0
    var moves = 0
    parsed.bytes.withUnsafeBytes { bytes in
      for (place, range) in parsed.ranges.enumerated() {
        let event = EventView(trusted: UnsafeRawBufferPointer(rebasing: bytes[range]))
        _ = engine.handle(event, &states[parsed.people[place]], refused: [], now: now, seed: 1, effects: &effects)
        changes += effects.memberships.count
        moves += effects.moves.count
        effects.removeAll()
      }
    }
    return (changes, moves)
  }

  private mutating func handle(_ parsed: Parsed, coded: inout [[UInt8]]) throws(Problem) -> (changes: Int, moves: Int) {
    let now = Stopwatch.wallClock
    var changes = 0
    var moves = 0
    var isDamaged = false
    var state = PersonState(workspace: WorkspaceID(1), id: PersonID(0), createdAt: now)
    var buffer = StateBuffer()
    parsed.bytes.withUnsafeBytes { bytes in
      for (place, range) in parsed.ranges.enumerated() {
        let person = parsed.people[place]
        let event = EventView(trusted: UnsafeRawBufferPointer(rebasing: bytes[range]))
        coded[person].withUnsafeBytes { bytes in
          do throws(MalformedBytes) { try state.take(bytes) } catch { isDamaged = true }
        }
        _ = engine.handle(event, &state, refused: [], now: now, seed: 1, effects: &effects)
        isDamaged = isDamaged || state.isDamaged
        state.encode(into: &buffer)
        coded[person].removeAll(keepingCapacity: true)
        coded[person].append(contentsOf: buffer.content)
        changes += effects.memberships.count
        moves += effects.moves.count
        effects.removeAll()
      }
    }
    if isDamaged { throw Problem(.internalFault, "a state that was just encoded cannot be decoded") }
    return (changes, moves)
  }

  private func encodedStates() -> [[UInt8]] {
    states.map { state in
      var bytes: [UInt8] = []
      state.encode(into: &bytes)
      return bytes
    }
  }

  private func bare(_ parsed: Parsed, _ counts: inout [PersonID: Int]) -> Double {
    let watch = Stopwatch()
    for person in parsed.people { counts[states[person].id, default: 0] += 1 }
    return watch.seconds
  }
}
