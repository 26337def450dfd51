import RoostCore

/// What a YAML text may ask of the parser. The parser itself works recursively and compares whole keys, so depth and
/// aliases are bounded before it sees the text, generously; the exact limits are checked on its result.
enum YAMLLimits {
  static let bytesMax = 1 << 20
  static let depthMax = 64
  static let nodesMax = 100_000
  /// So many aliases cannot multiply to more than some ten thousand nodes.
  static let aliasesMax = 24
  /// Brackets open at once, and columns before a line's first value.
  static let openMax = 512

  static func check(_ yaml: String) throws(Problem) {
    guard yaml.utf8.count <= bytesMax else {
      throw Problem(.tooLarge, "a YAML document has at most \(bytesMax >> 10) KiB")
    }
    var scan = Scan()
    for byte in yaml.utf8 {
      scan.take(byte)
      if scan.open > openMax || scan.column > openMax {
        throw .invalid("", "line \(scan.line): the document is nested deeper than \(depthMax)")
      }
    }
    scan.take(UInt8(ascii: "\n"))
    if scan.anchors > 0, scan.aliases > aliasesMax {
      throw .invalid("", "a document has at most \(aliasesMax) aliases; write the values out")
    }
  }

  /// A rough reading: quotes and block texts are not told from structure, so it counts too much rather than too little.
  private struct Scan {
    var line = 1
    /// Brackets open at once.
    var open = 0
    /// Width of the line's beginning: spaces and the signs of lists and keys. 0 once a value has begun.
    var column = 0
    var anchors = 0
    var aliases = 0
    private var isLead = true
    private var width = 0
    private var before = UInt8(ascii: " ")
    /// The name after `&` or `*` as far as it was read.
    private var sign: UInt8 = 0
    private var nameLength = 0

    mutating func take(_ byte: UInt8) {
      takeName(byte)
      takeStructure(byte)
      before = byte
    }

    private mutating func takeStructure(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        isLead = true
        width = 0
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
        if isLead { width += 1 }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        open += 1
        isLead = false
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        open = max(0, open - 1)
        isLead = false
      default: isLead = false
      }
      column = isLead ? width : 0
    }

    private mutating func takeName(_ byte: UInt8) {
      if sign != 0 {
        if Self.isName(byte) {
          nameLength += 1
          return
        }
        if nameLength > 0, Self.isEnd(byte) {
          if sign == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
        }
        sign = 0
      }
      guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), Self.isStart(before) else { return }
      sign = byte
      nameLength = 0
    }

    private static func isName(_ byte: UInt8) -> Bool {
      byte > 0x20 && ![0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D, 0x3B, 0x2A, 0x26].contains(byte)
    }
    private static func isEnd(_ byte: UInt8) -> Bool {
      byte <= 0x20 || [0x2C, 0x3A, 0x5D, 0x7D].contains(byte)
    }
    private static func isStart(_ byte: UInt8) -> Bool {
      byte <= 0x20 || [0x2C, 0x3A, 0x5B, 0x7B].contains(byte)
    }
  }
}
