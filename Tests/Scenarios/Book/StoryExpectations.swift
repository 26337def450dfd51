import RoostCore
import TestSupport

/// What must be true at a story's end besides its messages.
struct StoryExpectations {
  private let wanted: JSONValue
  private let shop: TestWorkspace

  init(_ wanted: JSONValue, _ shop: TestWorkspace) {
    self.wanted = wanted
    self.shop = shop
  }

  func differences() async throws -> [String] {
    var differences: [String] = []
    for member in wanted.members ?? [] {
      switch member.key {
      case "people":
        for person in member.value.members ?? [] { differences += try await self.differences(of: person) }
      case "journeys":
        for journey in member.value.members ?? [] {
          let known = try await shop.describe(.journey, journey.key)
          differences += Self.differences(journey.value, known, "journey \(journey.key)")
        }
      case "segments":
        for segment in member.value.members ?? [] {
          let count = try await shop.count(segment.key)
          if segment.value.int != Int64(count) { differences.append("segment \(segment.key) has \(count) people") }
        }
      default: differences.append("a story expects people, journeys and segments, not \(member.key)")
      }
    }
    return differences
  }

  private func differences(of person: JSONValue.Member) async throws -> [String] {
    let reference = person.key.contains(":") ? person.key : "user:\(person.key)"
    guard person.value != "gone" else {
      return try await shop.knows(reference) ? ["\(person.key) is still there"] : []
    }
    let known = try await shop.person(reference)
    var differences: [String] = []
    for wanted in person.value.members ?? [] {
      switch wanted.key {
      case "traits": differences += Self.differences(wanted.value, known["traits"] ?? [:], "\(person.key)'s traits")
      case "segments":
        let segments = try await shop.segments(of: reference).sorted()
        if segments != wanted.value.array?.compactMap(\.string).sorted() {
          differences.append("\(person.key) is in \(segments)")
        }
      default: differences.append("a story expects a person's traits and segments, not \(wanted.key)")
      }
    }
    return differences
  }

  private static func differences(_ wanted: JSONValue, _ known: JSONValue, _ what: String) -> [String] {
    (wanted.members ?? []).compactMap { member in
      let found = known[member.key] ?? .null
      // A trait is described with the time of its change.
      let value = found["value"] ?? found
      return value == member.value ? nil : "\(what): \(member.key) is \(value), not \(member.value)"
    }
  }
}
