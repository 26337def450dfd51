import Events
import RoostCore

/// One thing that somebody does in a story: a call of the person, as a client would send it.
struct StoryInput: Sendable, Equatable {
  enum Call: Sendable, Equatable {
    /// `identify` with traits and answers to consent purposes.
    case identify(traits: [Field], consents: [Answer])
    case track(event: String, properties: [Field])
  }

  struct Field: Sendable, Equatable {
    var name: String
    var value: Value
    init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  struct Answer: Sendable, Equatable {
    var purpose: String
    var isGranted: Bool
  }

  var at: Instant
  var call: Call

  static func track(_ event: String, _ properties: [Field] = [], at: Instant) -> StoryInput {
    StoryInput(at: at, call: .track(event: event, properties: properties))
  }

  static func identify(_ traits: [Field], consents: [Answer] = [], at: Instant) -> StoryInput {
    StoryInput(at: at, call: .identify(traits: traits, consents: consents))
  }

  /// As a record, the way the door would write it; `nil` if a name cannot be taken in.
  func record(by person: StoryPerson, number: Int, symbols: SymbolTable) -> [UInt8]? {
    var writer = EventWriter()
    let messageID = Array("story-\(number)".utf8)
    func begin(_ kind: EventKind, _ name: Symbol) {
      messageID.withUnsafeBytes {
        writer.begin(kind, name: name, timestamp: at, receivedAt: at, isHistorical: false, messageID: $0)
      }
      Array(person.userID.utf8).withUnsafeBytes { writer.identifier(.user, $0) }
    }
    switch call {
    case .identify(let traits, let consents):
      begin(.identify, .none)
      writer.beginFields()
      for trait in traits {
        guard let symbol = symbols.intern(trait.name) else { return nil }
        writer.value(.trait, symbol, trait.value)
      }
      for answer in consents {
        guard let symbol = symbols.intern(answer.purpose) else { return nil }
        writer.bool(.consent, symbol, answer.isGranted)
      }
    case .track(let event, let properties):
      guard let name = symbols.intern(event) else { return nil }
      begin(.track, name)
      writer.beginFields()
      for property in properties {
        guard let symbol = symbols.intern(property.name) else { return nil }
        writer.value(.property, symbol, property.value)
      }
    }
    writer.end()
    return writer.bytes
  }

  func json(by person: StoryPerson) -> JSONValue {
    var members: [JSONValue.Member] = [.init("at", .string(at.text))]
    switch call {
    case .identify(let traits, let consents):
      members.append(.init("identify", .string(person.userID)))
      if !traits.isEmpty { members.append(.init("traits", .object(traits.map { .init($0.name, $0.value.json) }))) }
      if !consents.isEmpty {
        members.append(.init("consents", .object(consents.map { .init($0.purpose, .bool($0.isGranted)) })))
      }
    case .track(let event, let properties):
      members.append(.init("event", .string(event)))
      members.append(.init("user", .string(person.userID)))
      if !properties.isEmpty {
        members.append(.init("properties", .object(properties.map { .init($0.name, $0.value.json) })))
      }
    }
    return .object(members)
  }
}

/// Whom a story is about. The id derives from the user id as it would in the workspace, so that lots fall the same way
/// when the story is told again in a sandbox.
struct StoryPerson: Sendable, Equatable {
  var number: Int
  var userID: String { "lint-\(number)" }
  var email: String { "lint-\(number)@example.com" }
  static let phone = "+390612345678"
}

extension Value {
  var json: JSONValue {
    switch self {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .number(let number):
      if let whole = Int64(exactly: number) { return .int(whole) }
      return .double(number)
    case .string(let text), .json(let text): return .string(text)
    }
  }
}
