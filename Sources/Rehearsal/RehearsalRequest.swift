import RoostCore

/// What to rehearse: journeys over a period of the recorded history, and under which assumptions.
public struct RehearsalRequest: Sendable, Equatable {
  /// Keys of stored journeys, taken at their newest version.
  public var journeys: [String] = []
  /// Documents of journeys and segments that take the place of stored ones.
  public var drafts: [JSONValue] = []
  /// The first moment of the period…
  public var from: Instant
  /// …and the first after it.
  public var to: Instant
  /// Only whoever is in this segment at `from`.
  public var people: String?
  /// Whether the published journeys run too.
  public var withLive = false
  public var seed: UInt64 = 1
  public var imports = Imports.act
  public var assumption = Assumption.never
  /// The request as given, for showing it beside the result.
  public var json: JSONValue

  /// What history taken in by an import does.
  public enum Imports: String, Sendable, CaseIterable {
    /// As if it had come at its own time: journeys act on it.
    case act
    /// As it was: it came when it was imported, and starts nothing.
    case asRecorded
  }

  public static let journeysMax = 200
  /// Five years.
  public static let daysMax = 1_830

  private static let members = [
    "journeys", "drafts", "from", "to", "people", "withLive", "seed", "imports", "assume",
  ]

  /// Reads a request; all findings at once. Drafts must be documents already, not YAML texts.
  public init(json: JSONValue) throws(Problem) {
    var findings: [Problem.Finding] = []
    func report(_ pointer: String, _ detail: String) { findings.append(.init(pointer: pointer, detail: detail)) }
    func moment(_ name: String) -> Instant? {
      if let moment = json[name]?.string.flatMap({ Instant(iso8601: $0) }) { return moment }
      report("/" + name, "expected an RFC 3339 time such as 2026-03-01T00:00:00Z")
      return nil
    }
    guard let members = json.members else {
      throw .invalid("", "expected an object such as {\"journeys\": [\"winback\"], \"from\": …, \"to\": …}")
    }
    for member in members where !Self.members.contains(member.key) {
      report("/" + pointerToken(member.key), "unknown; known: " + Self.members.joined(separator: ", "))
    }
    let (from, to) = (moment("from"), moment("to"))
    if let from, let to {
      if to <= from { report("/to", "expected a time after from") }
      if to - from > .days(Int64(Self.daysMax)) { report("/to", "a rehearsal covers at most \(Self.daysMax) days") }
    }
    self.from = from ?? Instant(milliseconds: 0)
    self.to = to ?? Instant(milliseconds: 0)
    self.json = json
    if let given = json["journeys"] {
      journeys = given.array?.compactMap(\.string) ?? []
      if journeys.count != given.array?.count { report("/journeys", "expected a list of keys of journeys") }
    }
    if let given = json["drafts"] {
      drafts = given.array ?? []
      if given.array == nil { report("/drafts", "expected a list of journeys or segments, as YAML or JSON") }
      for (place, draft) in drafts.enumerated() where draft["journey"] == nil && draft["segment"] == nil {
        report("/drafts/\(place)", "expected a journey (`journey: KEY`) or a segment (`segment: KEY`)")
      }
    }
    if journeys.isEmpty, !drafts.contains(where: { $0["journey"] != nil }) {
      report("/drafts", "nothing to rehearse: give drafts of journeys, or keys in journeys")
    }
    if journeys.count + drafts.count > Self.journeysMax {
      report("/drafts", "at most \(Self.journeysMax) journeys and drafts")
    }
    if let given = json["people"], given != .null {
      people = given.string
      if people == nil { report("/people", "expected a segment's key") }
    }
    if let given = json["withLive"] {
      withLive = given.bool ?? false
      if given.bool == nil { report("/withLive", "expected true or false") }
    }
    if let given = json["seed"] {
      seed = UInt64(bitPattern: given.int ?? 0)
      if given.int == nil { report("/seed", "expected a whole number") }
    }
    if let given = json["imports"] {
      if let known = given.string.flatMap(Imports.init) {
        imports = known
      } else {
        report("/imports", "expected \"act\" or \"asRecorded\"")
      }
    }
    assumption = Assumption(reading: json["assume"], findings: &findings)
    guard findings.isEmpty else { throw Problem(.invalid, "the rehearsal cannot begin", findings: findings) }
  }
}
