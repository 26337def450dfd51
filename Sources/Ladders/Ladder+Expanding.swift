import RoostCore

extension Ladder {
  /// What a table makes of the ladder.
  public struct Expansion: Sendable {
    /// First what is made once, then row by row, in the order of the ladder.
    public var documents: [LadderDocument] = []
    /// Everything that is wrong in the table; if there is anything, nothing should be put.
    public var findings: [LadderFinding] = []
  }

  /// Fills the documents in with every row of the table. Two rows never make the same document.
  public func expand(_ table: LadderTable) -> Expansion {
    var expansion = Expansion()
    let places = columnPlaces(table, &expansion)
    guard expansion.findings.isEmpty else { return expansion }
    let events = Dictionary(self.events.map { ("event." + $0.name, JSONValue.string($0.event)) }) { $1 }
    for document in once { make(document, with: events, line: nil, into: &expansion) }
    var lines: [String: Int] = [:]
    for row in table.rows.prefix(Self.rowsMax) {
      guard let values = values(of: row, places, &expansion) else { continue }
      guard let name = rowKey(row, values, &expansion) else { continue }
      if let earlier = lines.updateValue(row.line, forKey: name) {
        let detail = "the row is named \"\(name)\", as line \(earlier) is; the columns of the name make a row unique"
        expansion.findings.append(.init(line: row.line, column: nameColumns, detail: detail))
        continue
      }
      let all = values.merging(events) { $1 }.merging(["row": .string(name)]) { $1 }
      for document in each { make(document, with: all, line: row.line, into: &expansion) }
    }
    if table.rows.count > Self.rowsMax {
      let line = table.rows[Self.rowsMax].line
      expansion.findings.append(.init(line: line, column: "", detail: "a table has at most \(Self.rowsMax) rows"))
    }
    reportDoubles(&expansion)
    return expansion
  }

  private var nameColumns: String { LadderText(rowName).places.joined(separator: ", ") }

  /// Where each of the ladder's columns stands in the table; `nil` for one that is optional and not there.
  private func columnPlaces(_ table: LadderTable, _ expansion: inout Expansion) -> [Int?] {
    let header = table.header.map(\.trimmed)
    for (place, name) in header.enumerated() where header.firstIndex(of: name) != place {
      expansion.findings.append(.init(line: 1, column: name, detail: "the table has this column twice"))
    }
    return columns.map { column in
      let place = header.firstIndex(of: column.name)
      if place == nil, !column.isOptional {
        let detail = "the table has no such column; it has \(header.joined(separator: ", "))"
        expansion.findings.append(.init(line: 1, column: column.name, detail: detail))
      }
      return place
    }
  }

  private func values(
    of row: LadderTable.Row, _ places: [Int?], _ expansion: inout Expansion
  ) -> [String: JSONValue]? {
    var values: [String: JSONValue] = [:]
    for (column, place) in zip(columns, places) {
      let cell = place.flatMap { row.cells.indices.contains($0) ? row.cells[$0] : nil } ?? ""
      switch column.value(of: cell) {
      case .success(let value): values[column.name] = value
      case .failure(let fault):
        expansion.findings.append(.init(line: row.line, column: column.name, detail: fault.detail))
      }
    }
    return values.count == columns.count ? values : nil
  }

  /// The row's name as a key: lower case, what a key cannot hold as "-".
  private func rowKey(
    _ row: LadderTable.Row, _ values: [String: JSONValue], _ expansion: inout Expansion
  ) -> String? {
    let filling = LadderFilling(values: values)
    let text = filling.text(rowName).lowercased()
    var key = ""
    for scalar in text.unicodeScalars {
      let isKept = scalar.isASCII && LadderColumn.isKeyByte(UInt8(scalar.value))
      if isKept { key.unicodeScalars.append(scalar) } else if !key.hasSuffix("-") { key += "-" }
    }
    while key.hasPrefix("-") { key.removeFirst() }
    while key.hasSuffix("-") { key.removeLast() }
    guard LadderColumn.isKey(key), key.utf8.count <= 48 else {
      let detail =
        "\"\(text)\" gives no name for the row: 1 to 48 letters a–z and digits are needed; add a column with a key"
      expansion.findings.append(.init(line: row.line, column: nameColumns, detail: detail))
      return nil
    }
    return key
  }

  private func make(
    _ document: JSONValue, with values: [String: JSONValue], line: Int?, into expansion: inout Expansion
  ) {
    var filling = LadderFilling(values: values)
    // A whole document may depend on a cell, too.
    guard let filled = filling.fill(document, at: ""), let kind = LadderDocument.Kind(of: filled),
      let key = filled[kind.rawValue]?.string
    else { return }
    var body = filled
    if kind == .journey { body = tagged(body) }
    if kind == .template { body = body.without(kind.rawValue) }
    expansion.documents.append(
      LadderDocument(kind: kind, key: key, body: body, line: line, cells: filling.cells))
  }

  /// The journey with the ladder's tag, by which it is found again when its row has gone.
  private func tagged(_ body: JSONValue) -> JSONValue {
    guard case .object(var members) = body else { return body }
    guard let place = members.firstIndex(where: { $0.key == "tags" }), case .array(let tags) = members[place].value
    else {
      members.append(.init("tags", .array([.string(tag)])))
      return .object(members)
    }
    if !tags.contains(.string(tag)) { members[place].value = .array(tags + [.string(tag)]) }
    return .object(members)
  }

  private func reportDoubles(_ expansion: inout Expansion) {
    var lines: [String: Int?] = [:]
    for document in expansion.documents {
      let name = "\(document.kind.rawValue) \"\(document.key)\""
      guard let earlier = lines.updateValue(document.line, forKey: name) else { continue }
      let other = earlier.map { "line \($0)" } ?? "what is made once"
      expansion.findings.append(
        .init(
          line: document.line ?? 1, column: "",
          detail: "makes the \(name), as \(other) does; put ${row} into its key"))
    }
  }
}

extension JSONValue {
  /// An object without one of its members.
  func without(_ key: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }
}
