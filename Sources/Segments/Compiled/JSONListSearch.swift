/// Whether a JSON list has this text among its elements; lists and objects inside it are passed over. JSON that is no
/// list contains nothing.
func listContains(_ json: UnsafeRawBufferPointer, _ text: [UInt8]) -> Bool {
  var depth = 0
  var place = 0
  while place < json.count {
    switch json[place] {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      if depth == 0, json[place] != UInt8(ascii: "[") { return false }
      depth += 1
      place += 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      depth -= 1
      place += 1
    case UInt8(ascii: "\""):
      let (end, isEqual) = scanText(json, from: place + 1, comparing: text)
      if depth == 1, isEqual { return true }
      place = end
    default: place += 1
    }
  }
  return false
}

/// Reads a JSON text whose opening quote is behind; where it ends, and whether it says `text`.
private func scanText(_ json: UnsafeRawBufferPointer, from start: Int, comparing text: [UInt8]) -> (Int, Bool) {
  var place = start
  var matched = 0
  var isEqual = true
  func take(_ byte: UInt8) {
    if matched < text.count, text[matched] == byte { matched += 1 } else { isEqual = false }
  }
  while place < json.count, json[place] != UInt8(ascii: "\"") {
    guard json[place] == UInt8(ascii: "\\"), place + 1 < json.count else {
      take(json[place])
      place += 1
      continue
    }
    if json[place + 1] == UInt8(ascii: "u") {
      let (scalar, end) = escapedScalar(json, from: place)
      for byte in String(Character(scalar)).utf8 { take(byte) }
      place = end
    } else {
      take(unescaped(json[place + 1]))
      place += 2
    }
  }
  return (place + 1, isEqual && matched == text.count)
}

private func unescaped(_ letter: UInt8) -> UInt8 {
  switch letter {
  case UInt8(ascii: "n"): 0x0A
  case UInt8(ascii: "t"): 0x09
  case UInt8(ascii: "r"): 0x0D
  case UInt8(ascii: "b"): 0x08
  case UInt8(ascii: "f"): 0x0C
  default: letter
  }
}

/// Decodes `\uXXXX` or a pair of them at `start`; a lone surrogate is U+FFFD.
private func escapedScalar(_ json: UnsafeRawBufferPointer, from start: Int) -> (Unicode.Scalar, Int) {
  func unit(_ place: Int) -> UInt32? {
    guard place + 6 <= json.count, json[place] == UInt8(ascii: "\\"), json[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: json[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
  }
  let replacement: Unicode.Scalar = "\u{FFFD}"
  guard let high = unit(start) else { return (replacement, min(start + 2, json.count)) }
  if (0xD800..<0xDC00).contains(high), let low = unit(start + 6), (0xDC00..<0xE000).contains(low) {
    return (Unicode.Scalar(0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? replacement, start + 12)
  }
  return (Unicode.Scalar(high) ?? replacement, start + 6)
}
