/// A number as written: up to 19 significant digits and a power of ten, so that its value is a small step away.
@frozen
public struct JSONNumber {
  public var slice: JSONSlice
  @usableFromInline
  var significand: UInt64
  @usableFromInline
  var exponent: Int
  @usableFromInline
  var isNegative: Bool
  /// The significand holds every digit.
  @usableFromInline
  var isWhole: Bool
  /// Neither a fraction nor an exponent.
  public var isInteger: Bool

  @inlinable
  init(
    slice: JSONSlice, significand: UInt64, exponent: Int, isNegative: Bool, isWhole: Bool, isInteger: Bool
  ) {
    self.slice = slice
    self.significand = significand
    self.exponent = exponent
    self.isNegative = isNegative
    self.isWhole = isWhole
    self.isInteger = isInteger
  }

  /// An integer of 64 bits.
  @inlinable
  public var int64: Int64? {
    guard isInteger, isWhole else { return nil }
    if isNegative { return significand <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- significand) : nil }
    return Int64(exactly: significand)
  }

  /// The nearest Double; `nil` beyond ±1.8e308 and for a number that is not 0 and yet too near to it.
  ///
  /// Up to 2⁵³ and 10²² both factors are exact, so one rounding is the right one (W. D. Clinger, How to read floating
  /// point numbers accurately, 1990); everything else goes to the standard library.
  @inlinable
  public func double(in bytes: UnsafeRawBufferPointer) -> Double? {
    guard isWhole, significand <= 1 << 53, exponent >= -22, exponent <= 22 else { return slowDouble(in: bytes) }
    var value = Double(significand)
    if exponent < 0 {
      value /= Self.powerOfTen(-exponent)
    } else if exponent > 0 {
      value *= Self.powerOfTen(exponent)
    }
    return isNegative ? -value : value
  }

  @usableFromInline
  func slowDouble(in bytes: UnsafeRawBufferPointer) -> Double? {
    guard let value = Double(String(decoding: slice.bytes(in: bytes), as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value == 0 && significand != 0 ? nil : value
  }

  @inlinable
  static func powerOfTen(_ exponent: Int) -> Double {
    switch exponent {
    case 1: 1e1
    case 2: 1e2
    case 3: 1e3
    case 4: 1e4
    case 5: 1e5
    case 6: 1e6
    case 7: 1e7
    case 8: 1e8
    case 9: 1e9
    case 10: 1e10
    case 11: 1e11
    case 12: 1e12
    case 13: 1e13
    case 14: 1e14
    case 15: 1e15
    case 16: 1e16
    case 17: 1e17
    case 18: 1e18
    case 19: 1e19
    case 20: 1e20
    case 21: 1e21
    case 22: 1e22
    default: 1
    }
  }
}

extension JSONScanner {
  /// Reads a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
  @inlinable
  public mutating func number() throws(JSONError) -> JSONNumber {
    let start = offset
    var significand: UInt64 = 0
    var digits = 0
    var at = start
    let isNegative = at < end && byte(at) == UInt8(ascii: "-")
    if isNegative { at &+= 1 }
    let integerStart = at
    at = digitsEnd(from: at, into: &significand, &digits)
    guard at > integerStart else { throw error(.badNumber, at: start) }
    if byte(integerStart) == UInt8(ascii: "0"), at > integerStart &+ 1 { throw error(.badNumber, at: start) }
    var exponent = 0
    var isInteger = true
    if at < end, byte(at) == UInt8(ascii: ".") {
      isInteger = false
      let fraction = at &+ 1
      at = digitsEnd(from: fraction, into: &significand, &digits)
      guard at > fraction else { throw error(.badNumber, at: start) }
      exponent = fraction &- at
    }
    if at < end, byte(at) | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      exponent &+= try powerOfTen(&at, start)
    }
    offset = at
    return JSONNumber(
      slice: JSONSlice(.number, start: start, end: at), significand: significand, exponent: exponent,
      isNegative: isNegative, isWhole: digits <= 19, isInteger: isInteger)
  }

  /// Steps over digits. Leading zeros do not count towards the 19 that surely fit; digits after the 19th are dropped.
  @inlinable @inline(__always)
  func digitsEnd(from start: Int, into significand: inout UInt64, _ digits: inout Int) -> Int {
    var at = start
    while at < end {
      let digit = byte(at) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      if digits < 19 { significand = significand &* 10 &+ UInt64(digit) }
      if significand != 0 { digits &+= 1 }
      at &+= 1
    }
    return at
  }

  /// From `e` on. Beyond ±100,000 every number is infinite or nothing, so that is where counting stops.
  @usableFromInline
  func powerOfTen(_ at: inout Int, _ start: Int) throws(JSONError) -> Int {
    at &+= 1
    let isNegative = at < end && byte(at) == UInt8(ascii: "-")
    if isNegative || (at < end && byte(at) == UInt8(ascii: "+")) { at &+= 1 }
    let first = at
    var exponent = 0
    while at < end {
      let digit = byte(at) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      exponent = Swift.min(exponent &* 10 &+ Int(digit), 100_000)
      at &+= 1
    }
    guard at > first else { throw error(.badNumber, at: start) }
    return isNegative ? -exponent : exponent
  }
}
