import Events
import RoostCore

extension Identifier: Comparable {
  /// By kind, then by the value's UTF-8.
  public static func < (a: Identifier, b: Identifier) -> Bool {
    a.kind != b.kind ? a.kind.rawValue < b.kind.rawValue : a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
  }
}

extension [Identifier] {
  /// Puts an identifier in its place; whether it was not there yet.
  mutating func insert(_ kind: IdentifierKind, _ value: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < count {
      if self[index].kind.rawValue > kind.rawValue { break }
      if self[index].kind == kind {
        let order = self[index].value.compared(to: value)
        if order == 0 { return false }
        if order > 0 { break }
      }
      index += 1
    }
    insert(Identifier(kind, String(decoding: value, as: UTF8.self)), at: index)
    return true
  }
}

extension String {
  /// Below, at or above zero as its UTF-8 is less than, equal to or greater than `bytes`.
  fileprivate func compared(to bytes: UnsafeRawBufferPointer) -> Int {
    var text = self
    return text.withUTF8 { own in
      let own = UnsafeRawBufferPointer(own)
      let shared = Swift.min(own.count, bytes.count)
      for index in 0..<shared where own[index] != bytes[index] { return Int(own[index]) - Int(bytes[index]) }
      return own.count - bytes.count
    }
  }
}
