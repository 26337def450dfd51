import RoostCore

/// `writeKey` of a body, for calls that carry their key nowhere else: a look at the top level that makes nothing of the
/// events. `nil` if there is none or the body is no JSON object.
public func findWriteKey(_ body: UnsafeRawBufferPointer) -> String? {
  var scanner = JSONScanner(body)
  var found: String?
  do throws(JSONError) {
    guard try scanner.peek() == .object, try scanner.enterObject() else { return nil }
    repeat {
      let isKey = try scanner.key().text(in: body) == "writeKey"
      let value = try scanner.value()
      if isKey { found = value.kind == .string ? value.text(in: body) : nil }
    } while try scanner.hasMember()
    try scanner.finish()
  } catch { return nil }
  return found
}
