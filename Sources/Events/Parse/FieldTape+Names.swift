import RoostCore

extension FieldTape {
  /// Gives the fields their symbols. A name claimed before this tape is passed over; of two on the tape the later counts.
  /// `place` is where the object stands, for the pointer of a rejection.
  mutating func resolve(
    _ names: inout SymbolCache, _ claims: inout NameClaims, _ texts: TextArena, _ body: UnsafeRawBufferPointer,
    at place: StaticString
  ) throws(Drop) {
    for index in 0..<count {
      let name = texts.text(self[index].name, in: body)
      guard let symbol = names.symbol(name) else { throw Self.unnamed(name, "\(place)/") }
      if claims.claim(symbol) {
        self.name(index, symbol)
      } else {
        _ = replace(with: index, symbol)
      }
    }
  }

  /// Why a name has no symbol.
  static func unnamed(_ name: UnsafeRawBufferPointer, _ place: String) -> Drop {
    let max = SymbolTable.nameBytesMax
    let pointer = place + pointerToken(String(decoding: name.prefix(max), as: UTF8.self))
    if name.isEmpty { return Drop(.invalidName, pointer, "A name must not be empty.") }
    if name.count > max { return Drop(.invalidName, pointer, "A name may have at most \(max) bytes.") }
    return Drop(.tooManyNames, pointer, "The workspace has used all of its \(SymbolTable.namesMax) names.")
  }

  /// Writes the fields that have kept their symbols; how many.
  func write(
    _ section: FieldSection, to writer: inout EventWriter, _ texts: TextArena, _ body: UnsafeRawBufferPointer
  ) -> Int {
    var written = 0
    for index in 0..<count {
      let field = self[index]
      guard field.symbol.number != 0 else { continue }
      written &+= 1
      switch field.tag {
      case .null: writer.null(section, field.symbol)
      case .no: writer.bool(section, field.symbol, false)
      case .yes: writer.bool(section, field.symbol, true)
      case .number: writer.number(section, field.symbol, Double(bitPattern: field.payload))
      case .string: writer.string(section, field.symbol, texts.text(field.slice, in: body))
      case .json: writer.json(section, field.symbol, field.slice.bytes(in: body))
      }
    }
    return written
  }
}
