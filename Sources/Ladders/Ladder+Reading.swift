import RoostCore

extension Ladder {
  private static let fields = ["ladder", "name", "row", "events", "columns", "missing", "once", "each"]

  /// Reads a ladder file.
  ///
  /// - Throws: a problem with a finding for every field that is wrong.
  public init(json: JSONValue) throws(Problem) {
    var reader = Reader()
    let ladder = reader.read(json)
    guard let ladder, reader.findings.isEmpty else {
      throw Problem(.invalid, "the ladder cannot be used", findings: reader.findings)
    }
    self = ladder
  }

  private struct Reader {
    var findings: [Problem.Finding] = []

    mutating func report(_ pointer: String, _ detail: String) {
      findings.append(.init(pointer: pointer, detail: detail))
    }

    mutating func read(_ json: JSONValue) -> Ladder? {
      guard let members = json.members else {
        report("", "expected an object with \(fields.joined(separator: ", ")), not \(json.kind)")
        return nil
      }
      for member in members where !fields.contains(member.key) {
        report("/" + pointerToken(member.key), "unknown field; known here: \(fields.joined(separator: ", "))")
      }
      let key = json["ladder"]?.string ?? ""
      if !LadderColumn.isKey(key) || key.utf8.count > 50 {
        report("/ladder", "a ladder needs a key of 1 to 50 lower-case letters, digits, \"-\" and \"_\"")
      }
      let columns = readColumns(json["columns"])
      let rowName = json["row"]?.string ?? ""
      if rowName.isEmpty { report("/row", "say how a row is named, such as \"${offer}-${country}\"") }
      let ladder = Ladder(
        key: key, name: json["name"]?.string ?? key, rowName: rowName, events: readEvents(json["events"]),
        columns: columns, missing: readMissing(json["missing"]), once: readDocuments(json["once"], at: "/once"),
        each: readDocuments(json["each"], at: "/each"))
      if ladder.each.isEmpty, json["each"] == nil { report("/each", "missing: the documents made for every row") }
      checkPlaces(ladder)
      return ladder
    }

    private mutating func readColumns(_ json: JSONValue?) -> [LadderColumn] {
      guard let members = json?.members, !members.isEmpty else {
        report("/columns", "say which columns the table has, such as {offer: text, country: country, link: url}")
        return []
      }
      if members.count > columnsMax { report("/columns", "a ladder reads at most \(columnsMax) columns") }
      return members.prefix(columnsMax).compactMap { member in
        readColumn(member, at: "/columns/" + pointerToken(member.key))
      }
    }

    /// `offer: text`, `bonus: {type: number, optional: true}` or `level: {oneOf: [gold, silver]}`.
    private mutating func readColumn(_ member: JSONValue.Member, at pointer: String) -> LadderColumn? {
      if member.key == "row" || member.key.hasPrefix("event.") {
        report(pointer, "\"\(member.key)\" has a meaning of its own; name the column otherwise")
      }
      let body = member.value
      let known = ["type", "optional", "oneOf"]
      for field in body.members ?? [] where !known.contains(field.key) {
        report("\(pointer)/\(pointerToken(field.key))", "unknown field; known here: \(known.joined(separator: ", "))")
      }
      let isOptional = body["optional"]?.bool ?? false
      if let words = body["oneOf"]?.array {
        return LadderColumn(name: member.key, kind: .oneOf(words.compactMap(\.string)), isOptional: isOptional)
      }
      guard let word = body.string ?? (body.members == nil ? nil : body["type"]?.string ?? "text"),
        let kind = Self.kind(word)
      else {
        report(pointer, "a column holds one of \(LadderColumn.kindNames.joined(separator: ", ")), or {oneOf: […]}")
        return nil
      }
      return LadderColumn(name: member.key, kind: kind, isOptional: isOptional)
    }

    private static func kind(_ word: String) -> LadderColumn.Kind? {
      switch word {
      case "text": .text
      case "number": .number
      case "key": .key
      case "url": .url
      case "country": .country
      case "language": .language
      default: nil
      }
    }

    private mutating func readEvents(_ json: JSONValue?) -> [(name: String, event: String)] {
      guard let json else { return [] }
      guard let members = json.members else {
        report("/events", "expected names such as {install: App Installed}, not \(json.kind)")
        return []
      }
      return members.compactMap { member in
        guard let event = member.value.string, !event.isEmpty else {
          report("/events/\(pointerToken(member.key))", "expected the event's name")
          return nil
        }
        return (member.key, event)
      }
    }

    private mutating func readMissing(_ json: JSONValue?) -> Missing? {
      guard let json else { return nil }
      let missing = json.string.flatMap(Missing.init)
      if missing == nil {
        report("/missing", "expected one of \(Missing.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return missing
    }

    private mutating func readDocuments(_ json: JSONValue?, at pointer: String) -> [JSONValue] {
      guard let json else { return [] }
      guard let items = json.array, !items.isEmpty else {
        report(pointer, "expected a list of documents, each with journey:, template: or segment: and its key")
        return []
      }
      if items.count > documentsMax { report(pointer, "a ladder has at most \(documentsMax) documents here") }
      for (index, item) in items.enumerated() where LadderDocument.Kind(of: item) == nil {
        report("\(pointer)/\(index)", "say what it is with journey:, template: or segment: and its key")
      }
      return items
    }

    /// Every place names a column, an event or the row; documents made once have only events.
    private mutating func checkPlaces(_ ladder: Ladder) {
      let columns = Set(ladder.columns.map(\.name))
      let events = Set(ladder.events.map { "event." + $0.name })
      check(.string(ladder.rowName), at: "/row", known: columns, "a column of /columns")
      for (index, document) in ladder.each.enumerated() {
        check(document, at: "/each/\(index)", known: columns.union(events).union(["row"]), "a column, an event or row")
      }
      for (index, document) in ladder.once.enumerated() {
        check(document, at: "/once/\(index)", known: events, "an event (what is made once knows no row)")
      }
    }

    private mutating func check(_ json: JSONValue, at pointer: String, known: Set<String>, _ what: String) {
      switch json {
      case .string(let text):
        for name in LadderText(text).places where !known.contains(name) {
          report(pointer, "\"${\(name)}\" is not \(what)")
        }
      case .array(let items):
        for (index, item) in items.enumerated() { check(item, at: "\(pointer)/\(index)", known: known, what) }
      case .object(let members):
        for member in members {
          check(.string(member.key), at: pointer, known: known, what)
          let place = "\(pointer)/\(pointerToken(member.key))"
          if member.key == LadderDocument.condition, let name = member.value.string, !known.contains(name) {
            report(place, "\"\(name)\" is not \(what)")
          }
          check(member.value, at: place, known: known, what)
        }
      default: break
      }
    }
  }
}
