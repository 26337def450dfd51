import Delivery
import RoostCore

extension Partition {
  /// Why a message was sent, or was not: what the decision rested on at its moment, as it is signed.
  package func describeWhy(_ workspace: WorkspaceID, _ text: String) throws(Problem) -> JSONValue {
    let message = try messageRecord(workspace, text)
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var members: [JSONValue.Member] = [
      .init("format", message.reasons == nil ? 1 : 2), .init("id", .string(message.id.text)),
      .init("workspace", .string(sources.workspace.key)),
      .init("person", .string(message.person.text)), .init("journey", .string(message.journey)),
      .init("version", .int(Int64(message.version))), .init("step", .string(message.step)),
      .init("channel", .string(message.channel)), .init("template", .string(message.template)),
      .init("templateVersion", .int(Int64(message.templateVersion))),
      .init("class", .string(message.messageClass.rawValue)), .init("decidedAt", .string(message.createdAt.text)),
      .init("status", .string(message.status.rawValue)),
    ]
    if let reason = message.reason { members.append(.init("reason", .string(reason.rawValue))) }
    if let reasons = message.reasons {
      if !message.journey.isEmpty { members.append(.init("entry", .int(Int64(message.entry)))) }
      members += reasons.json.members ?? []
      if !message.why.isEmpty { members.append(.init("notes", .array(message.why.map(JSONValue.string)))) }
    } else {
      members.append(.init("why", .array(message.why.map(JSONValue.string))))
    }
    return .object(members)
  }
}
