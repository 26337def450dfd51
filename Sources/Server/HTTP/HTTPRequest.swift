import NIOHTTP1
import RoostCore

/// A request with its whole body, as management calls and pages see it.
public struct HTTPRequest: Sendable {
  public var method: HTTPMethod
  /// Percent-decoded path segments, without empty ones.
  public var path: [String]
  /// The path as sent, without the query.
  public var rawPath: String
  public var query: [(name: String, value: String)]
  public var headers: HTTPHeaders
  public var body: [UInt8]
  public var peer: String

  /// Splits a request target; `nil` if its escapes are wrong.
  public init?(method: HTTPMethod, target: String, headers: HTTPHeaders, body: [UInt8], peer: String) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    rawPath = String(parts[0])
    var path: [String] = []
    for segment in parts[0].split(separator: "/") {
      guard let decoded = percentDecoded(segment, plusIsSpace: false) else { return nil }
      path.append(decoded)
    }
    guard let query = formFields(parts.count > 1 ? parts[1] : "") else { return nil }
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }

  /// The first value of a query parameter.
  public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The value of a cookie.
  public func cookie(_ name: String) -> String? {
    for header in headers["cookie"] {
      for pair in header.split(separator: ";") {
        let trimmed = pair.drop { $0 == " " }
        if trimmed.hasPrefix(name + "=") { return String(trimmed.dropFirst(name.utf8.count + 1)) }
      }
    }
    return nil
  }

  /// The token of an `Authorization: Bearer` header.
  public var bearer: String? {
    guard let header = headers.first(name: "authorization") else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

/// The fields of a query or of an `application/x-www-form-urlencoded` body; `nil` if its escapes are wrong.
public func formFields(_ text: some StringProtocol) -> [(name: String, value: String)]? {
  var fields: [(name: String, value: String)] = []
  for pair in text.split(separator: "&") {
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = percentDecoded(parts[0], plusIsSpace: true),
      let value = parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
    else { return nil }
    fields.append((name, value))
  }
  return fields
}

/// RFC 3986 percent-decoding into UTF-8; `nil` for half an escape or bytes that are no UTF-8.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
  var bytes: [UInt8] = []
  var iterator = text.utf8.makeIterator()
  while let byte = iterator.next() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
        return nil
      }
      bytes.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
    default: bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x37
  case 0x61...0x66: byte - 0x57
  default: nil
  }
}
