import RoostCore

/// The description of the interface at `/openapi.json` (OpenAPI 3.1): what is served, and nothing else.
enum OpenAPI {
  static let document: JSONValue = [
    "openapi": "3.1.0",
    "info": [
      "title": "Roost", "version": "1",
      "description":
        "Collects events with Segment's HTTP tracking API, keeps profiles and segments, and runs journeys.",
      "license": ["name": "See the file LICENSE", "url": "/"],
    ],
    "servers": [["url": "/"]],
    "tags": [["name": "Collecting"], ["name": "Managing"], ["name": "Operating"]],
    "paths": paths,
    "components": [
      "securitySchemes": [
        "writeKey": ["type": "http", "scheme": "basic", "description": "the write key as user name, no password"],
        "writeKeyBearer": ["type": "http", "scheme": "bearer", "description": "the write key"],
        "token": [
          "type": "http", "scheme": "bearer", "description": "the operator token or the workspace's secret key",
        ],
        "operatorToken": ["type": "http", "scheme": "bearer", "description": "the operator token"],
      ],
      "responses": [
        "Problem": [
          "description": "What went wrong",
          "content": ["application/problem+json": ["schema": Schema.ref("problem")]],
        ]
      ],
      "schemas": .object(Schemas.all.map { .init($0.name, Schema.ref($0.name)) }),
    ],
  ]

  /// Operations by path, each path once.
  private static let paths: JSONValue = {
    var paths: [(path: String, methods: [JSONValue.Member])] = []
    for operation in operations {
      let member = JSONValue.Member(operation.method, operation.json)
      if let place = paths.firstIndex(where: { $0.path == operation.path }) {
        paths[place].methods.append(member)
      } else {
        paths.append((operation.path, [member]))
      }
    }
    return .object(paths.map { .init($0.path, .object($0.methods)) })
  }()

  static let operations = collecting + embedding + managing + operating + hosted
}

/// One operation, written short.
struct Operation {
  enum Access {
    case nobody, writeKey, token, operatorToken
  }

  var method: String
  var path: String
  var id: String
  var summary: String
  var access: Access = .token
  /// Names and what they mean; all are texts and may be left out.
  var query: [(name: String, description: String)] = []
  var body: JSONValue?
  /// A definition may be YAML too.
  var takesYAML = false
  /// What the body may be, where it is no JSON.
  var bodyTypes: [String] = []
  var status = "200"
  /// `nil`: an answer without a body.
  var answer: JSONValue?
  var answerType = "application/json"

  init(
    _ method: String, _ path: String, _ id: String, _ summary: String, access: Access = .token,
    query: [(name: String, description: String)] = [], body: JSONValue? = nil, takesYAML: Bool = false,
    bodyTypes: [String] = [], status: String = "200", answer: JSONValue? = ["type": "object"],
    answerType: String = "application/json"
  ) {
    self.method = method
    self.path = path
    self.id = id
    self.summary = summary
    self.access = access
    self.query = query
    self.body = body
    self.takesYAML = takesYAML
    self.bodyTypes = bodyTypes
    self.status = status
    self.answer = answer
    self.answerType = answerType
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("operationId", .string(id)), .init("summary", .string(summary)), .init("tags", [.string(tag)]),
      .init("security", security),
    ]
    let parameters = pathParameters + query.map(Self.parameter)
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
    if let body {
      let types = bodyTypes.isEmpty ? ["application/json"] + (takesYAML ? ["application/yaml"] : []) : bodyTypes
      let content = types.map { JSONValue.Member($0, ["schema": body]) }
      members.append(.init("requestBody", ["required": true, "content": .object(content)]))
    }
    var success: [JSONValue.Member] = [.init("description", "Done")]
    if let answer { success.append(.init("content", .object([.init(answerType, ["schema": answer])]))) }
    members.append(
      .init(
        "responses",
        .object([.init(status, .object(success)), .init("default", ["$ref": "#/components/responses/Problem"])])))
    return .object(members)
  }

  private var tag: String {
    if path.hasPrefix("/v1/") { return "Collecting" }
    return path.hasPrefix("/api/") ? "Managing" : "Operating"
  }

  private var security: JSONValue {
    switch access {
    case .nobody: []
    // An empty requirement: the write key may stand in the body as well.
    case .writeKey: [["writeKey": []], ["writeKeyBearer": []], .object([])]
    case .token: [["token": []]]
    case .operatorToken: [["operatorToken": []]]
    }
  }

  private var pathParameters: [JSONValue] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
      let name = String(segment.dropFirst().dropLast())
      let words =
        name == "ref"
        ? "an id, user:42, email:ann@example.com, phone:+390612345678, anonymous:abc" : "\(name) as it was given"
      return [
        "name": .string(name), "in": "path", "required": true, "description": .string(words),
        "schema": ["type": "string"],
      ]
    }
  }

  private static func parameter(_ name: String, _ description: String) -> JSONValue {
    [
      "name": .string(name), "in": "query", "description": .string(description),
      "schema": name == "limit"
        ? ["type": "integer", "minimum": 1, "maximum": 1000, "default": 50] : ["type": "string"],
    ]
  }
}
