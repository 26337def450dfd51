import RoostCore

/// The forms of an expression by the key that tells them apart, looked for in this order: `sum` comes before `event`,
/// `sequence` before `not`, since they may hold those too.
enum Form: String, CaseIterable {
  case all, any, sequence, not, sum, event, trait, journey, segment, consent, orders, trigger

  /// Every key that the form knows.
  var keys: [String] {
    switch self {
    case .all: ["all"]
    case .any: ["any"]
    case .not: ["not"]
    case .sequence: ["sequence", "within", "not"]
    case .sum: ["sum", "of", "where", "within"] + numberKeys
    case .event: ["event", "where", "count", "within", "first", "last"]
    case .trait: ["trait"] + valueKeys + ["within"]
    case .journey: ["journey", "state"]
    case .segment: ["segment"]
    case .consent: ["consent", "granted"]
    case .orders: ["orders", "currency"] + numberKeys
    case .trigger: ["trigger"]
    }
  }
}

/// Comparisons of a number.
let numberKeys = ["atLeast", "atMost", "moreThan", "lessThan", "exactly"]

/// Tests of a property's value.
let valueKeys = [
  "is", "isNot", "in", "notIn", "exists", "atLeast", "atMost", "moreThan", "lessThan", "contains", "startsWith",
  "before", "after",
]

extension ExpressionParser {
  /// Reports every key that is not among `known`, with what was probably meant.
  mutating func checkKeys(_ json: JSONValue, _ known: [String], _ pointer: String) {
    for member in json.members ?? [] where !known.contains(member.key) {
      let remedy =
        if let near = nearest(to: member.key, in: known) { "did you mean `\(near)`?" } else {
          "known here: " + known.map { "`\($0)`" }.joined(separator: ", ")
        }
      report(pointer + "/" + pointerToken(member.key), "unknown key `\(member.key)`: \(remedy)")
    }
  }
}

/// The word that differs least from `word`, if it differs by at most two edits and less than half of it.
package func nearest(to word: String, in words: [String]) -> String? {
  var best: (word: String, distance: Int)?
  for candidate in words {
    let distance = editDistance(Array(word.utf8.prefix(32)), Array(candidate.utf8))
    if distance <= 2, distance * 2 < candidate.utf8.count, distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.word
}

/// Levenshtein's distance with letters compared without case.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
  var row = Array(0...b.count)
  for i in 0..<a.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<b.count {
      let substituted = diagonal + (folded(a[i]) == folded(b[j]) ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
