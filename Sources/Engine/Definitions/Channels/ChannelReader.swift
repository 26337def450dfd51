import RoostCore

/// Reads a channel's document and gathers all that is wrong with it.
struct ChannelReader {
  let body: JSONValue
  private let place: String
  private(set) var findings: [Problem.Finding] = []
  private var known: [String] = []

  /// - Parameter place: the pointer to the object within the document.
  init(_ body: JSONValue, at place: String = "") {
    self.body = body
    self.place = place
    if body.members == nil { findings.append(.init(pointer: place, detail: "write an object here, not \(body.kind)")) }
  }

  mutating func refuse(_ name: String, _ detail: String) {
    findings.append(.init(pointer: name.isEmpty ? place : "\(place)/\(pointerToken(name))", detail: detail))
  }

  /// A text that has to be there.
  mutating func text(_ name: String, _ remedy: String) -> String {
    known.append(name)
    if let text = body[name]?.string, !text.isEmpty { return text }
    refuse(name, remedy)
    return ""
  }

  mutating func optionalText(_ name: String, _ remedy: String) -> String? {
    known.append(name)
    guard let value = body[name], value != .null else { return nil }
    if let text = value.string, !text.isEmpty { return text }
    refuse(name, remedy)
    return nil
  }

  mutating func number(_ name: String, _ range: ClosedRange<Double>, _ remedy: String) -> Double? {
    known.append(name)
    guard let value = body[name], value != .null else { return nil }
    if let number = value.number, range.contains(number) { return number }
    refuse(name, remedy)
    return nil
  }

  mutating func flag(_ name: String, default fallback: Bool = false) -> Bool {
    known.append(name)
    guard let value = body[name], value != .null else { return fallback }
    if let flag = value.bool { return flag }
    refuse(name, "write true or false")
    return fallback
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    known.append(name)
    guard let value = body[name], value != .null else { return fallback }
    if let choice = value.string.flatMap(Choice.init) { return choice }
    refuse(name, "write one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
    return fallback
  }

  /// A length of time as `90s`, `10m`, `2h`, `3d`.
  mutating func span(_ name: String, max: TimeSpan) -> TimeSpan? {
    known.append(name)
    guard let value = body[name], value != .null else { return nil }
    if let span = value.string.flatMap(TimeSpan.init(text:)), span.milliseconds >= 0, span <= max { return span }
    refuse(name, "write a length of time such as \"4h\", at most \(max.text)")
    return nil
  }

  /// A member that is read elsewhere.
  mutating func value(_ name: String) -> JSONValue? {
    known.append(name)
    return body[name].flatMap { $0 == .null ? nil : $0 }
  }

  /// Members that something else reads, with what it found.
  mutating func adopt(_ names: [String], _ other: [Problem.Finding]) {
    known += names
    findings += other
  }

  /// Names what is there and was not asked for.
  mutating func refuseOthers(_ what: String) {
    for member in body.members ?? [] where !known.contains(member.key) {
      refuse(member.key, "\(what) has \(known.joined(separator: ", "))")
    }
  }
}
