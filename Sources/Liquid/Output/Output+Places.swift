extension Output {
  /// Puts a value out as its place demands.
  ///
  /// The value is looked at where it is, and a text by its bytes at once: handed over, they would be counted.
  mutating func write(_ value: UnsafePointer<LiquidValue>, _ place: OutputPlace) {
    switch place {
    case .htmlText, .htmlAttribute:
      switch value.pointee {
      case .string(let text) where text.utf8.withContiguousStorageIfAvailable { append(escapingHTML: $0) } != nil: break
      case .int(let number): append(digitsOf: number)
      case .double(let number): append(number)
      default: writeHTML(value, isText: place == .htmlText)
      }
    case .urlStart:
      switch value.pointee {
      case .string(let text) where text.utf8.withContiguousStorageIfAvailable { append(link: $0) } != nil: break
      default: writeLink(value, isStart: true)
      }
    case .urlRest: writeLink(value, isStart: false)
    case .plain where isHeader: append(headerSafe: value.pointee.text)
    case .plain:
      switch value.pointee {
      case .string(let text) where text.utf8.withContiguousStorageIfAvailable { append($0) } != nil: break
      default: append(value.pointee)
      }
    case .htmlUnquoted: append(escapingUnquoted: value.pointee.text)
    case .css: append(css: value.pointee.text)
    case .jsonText: append(jsonContent: value.pointee.text)
    case .jsonValue:
      if case .markup(let json) = value.pointee { append(utf8: json) } else { append(json: value.pointee) }
    }
  }

  /// What is seldom shown: between tags markup stays as it is, and lists are their items.
  private mutating func writeHTML(_ value: UnsafePointer<LiquidValue>, isText: Bool) {
    switch value.pointee {
    case .markup(let text): if isText { append(utf8: text) } else { append(escapingQuotes: text) }
    case .list(let items) where isText: for item in items { withUnsafePointer(to: item) { write($0, .htmlText) } }
    default: append(escapingHTML: value.pointee.text)
    }
  }

  /// Of markup the text that a reader of the HTML would find in the attribute.
  private mutating func writeLink(_ value: UnsafePointer<LiquidValue>, isStart: Bool) {
    var text = value.pointee.text
    if case .markup(let markup) = value.pointee {
      var link = Output(capacity: markup.utf8.count)
      link.append(unescapingHTML: markup)
      text = link.text()
    }
    text.withBytes { if isStart { append(link: $0) } else { append(linkRest: $0) } }
  }
}
