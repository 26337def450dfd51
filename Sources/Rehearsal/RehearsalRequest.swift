import Engine
import RoostCore

/// What to rehearse: journeys over a period of the recorded history, and under which assumptions.
public struct RehearsalRequest: Sendable, Equatable {
  /// Keys of stored journeys, taken at their newest version.
  public var journeys: [String] = []
  /// Documents that take the place of stored ones.
  public var drafts: [Draft] = []
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

  /// A document that nobody has put, or another version of one.
  public struct Draft: Sendable, Equatable {
    public var kind: DocumentKind
    public var key: String
    public var body: JSONValue
  }

  public static let draftsMax = 1_000
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
      if given.array == nil { report("/drafts", "expected a list of documents, as YAML or JSON") }
      for (place, item) in (given.array ?? []).enumerated() {
        if let draft = Draft(item) {
          drafts.append(draft)
        } else {
          report(
            "/drafts/\(place)",
            "expected a journey (journey: KEY), a segment (segment: KEY), or {\"kind\", \"key\", \"body\"}")
        }
      }
    }
    if journeys.isEmpty, !drafts.contains(where: { $0.kind == .journey }), findings.isEmpty {
      report("/drafts", "nothing to rehearse: give drafts of journeys, or keys in journeys")
    }
    if journeys.count + drafts.count > Self.draftsMax {
      report("/drafts", "at most \(Self.draftsMax) journeys and drafts")
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

extension RehearsalRequest.Draft {
  /// A journey or a segment as its author wrote it, or any document with kind and key beside it.
  init?(_ json: JSONValue) {
    if let kind = json["kind"]?.string, let key = json["key"]?.string, let body = json["body"] {
      guard let kind = DocumentKind(rawValue: kind) else { return nil }
      self.init(kind: kind, key: key, body: body)
    } else if let key = json["journey"]?.string {
      self.init(kind: .journey, key: key, body: json)
    } else if let key = json["segment"]?.string {
      self.init(kind: .segment, key: key, body: json)
    } else {
      return nil
    }
  }
}
