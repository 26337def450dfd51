import RoostCore

/// Parts of JSON Schemas (draft 2020-12), written short.
enum Schema {
  static func text(_ description: String = "", pattern: String? = nil, oneOf values: [String] = []) -> JSONValue {
    var members: [JSONValue.Member] = [.init("type", "string")]
    if !description.isEmpty { members.append(.init("description", .string(description))) }
    if let pattern { members.append(.init("pattern", .string(pattern))) }
    if !values.isEmpty { members.append(.init("enum", .array(values.map(JSONValue.string)))) }
    return .object(members)
  }

  static func number(_ description: String = "") -> JSONValue { typed("number", description) }
  static func integer(_ description: String = "") -> JSONValue { typed("integer", description) }
  static func flag(_ description: String = "") -> JSONValue { typed("boolean", description) }
  static let time: JSONValue = ["type": "string", "format": "date-time"]
  static let key = text(pattern: "^[a-z0-9_-]{1,64}$")
  static let span = text("a length of time: 90s, 10m, 2h, 3d, 1w", pattern: "^[0-9]{1,11}[smhdw]$")

  private static func typed(_ type: String, _ description: String) -> JSONValue {
    var members: [JSONValue.Member] = [.init("type", .string(type))]
    if !description.isEmpty { members.append(.init("description", .string(description))) }
    return .object(members)
  }

  static func list(_ items: JSONValue, least: Int64 = 0) -> JSONValue {
    var members: [JSONValue.Member] = [.init("type", "array"), .init("items", items)]
    if least > 0 { members.append(.init("minItems", .int(least))) }
    return .object(members)
  }

  /// - Parameter isClosed: whether other members are wrong.
  static func object(
    _ properties: [(String, JSONValue)], required: [String] = [], isClosed: Bool = false, description: String = ""
  ) -> JSONValue {
    var members: [JSONValue.Member] = [.init("type", "object")]
    if !description.isEmpty { members.append(.init("description", .string(description))) }
    members.append(.init("properties", .object(properties.map { .init($0.0, $0.1) })))
    if !required.isEmpty { members.append(.init("required", .array(required.map(JSONValue.string)))) }
    if isClosed { members.append(.init("additionalProperties", false)) }
    return .object(members)
  }

  static func any(of options: [JSONValue], description: String = "") -> JSONValue {
    description.isEmpty
      ? ["anyOf": .array(options)] : ["description": .string(description), "anyOf": .array(options)]
  }

  /// Objects whose members all follow `value`.
  static func map(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

  /// A schema under `/schemas`.
  static func ref(_ name: String) -> JSONValue { ["$ref": .string("/schemas/\(name).json")] }
  /// A definition of the same schema.
  static func local(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }
}
