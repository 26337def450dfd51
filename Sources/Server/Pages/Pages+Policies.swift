import Console
import Delivery
import RoostCore
import Runtime

extension Pages {
  func showPolicies(_ room: Room) async throws(Problem) -> HTTPResponse {
    answer(try await policiesPage(room), room)
  }

  private func policiesPage(_ room: Room) async throws(Problem) -> PoliciesPage {
    let described = try await node.perform { partition throws(Problem) in try partition.describePolicies(room.id) }
    let definition = described["definition"] ?? [:]
    return PoliciesPage(
      try DeliveryPolicies(json: definition), version: Int(described["version"]?.int ?? 0), definition: definition.yaml)
  }

  /// `POST …/policies`: puts the edited document. What is wrong with it is shown beside the text as it was edited.
  func changePolicies(_ room: Room) async throws(Problem) -> HTTPResponse {
    let body = room.visit.field("body")
    do throws(Problem) {
      let json = try JSONValue(yaml: body)
      _ = try await node.perform { partition throws(Problem) in
        try partition.putDocument(room.id, .policies, key: DeliveryPolicies.documentKey, json)
      }
    } catch {
      guard error.code != .notFound else { throw error }
      var page = try await policiesPage(room)
      page.definition = body
      return answer(page, room, notice: .problem(error), status: error.code.status)
    }
    return seeOther(Route.policies(workspace: room.key).link.adding("notice", Notice.Done.saved.rawValue))
  }
}

extension PoliciesPage {
  fileprivate init(_ policies: DeliveryPolicies, version: Int, definition: String) {
    self.init(
      caps: policies.caps.map { cap in
        let over: Cap.Over =
          switch cap.over {
          case .hold: .hold
          case .skip: .skip
          case .replace(let channel, _): .replace(channel: channel)
          }
        return Cap(
          max: cap.max, per: cap.per.text, scope: cap.scope.text, isCalendar: cap.isCalendar, over: over)
      },
      quietHours: policies.quietHours.map {
        QuietHours(from: Self.clock($0.from), to: Self.clock($0.to), isHeld: $0.over == .hold)
      }, globalHoldout: policies.globalHoldout.text, version: version, definition: definition)
  }

  /// `09:05`
  private static func clock(_ minute: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minute / 60)):\(two(minute % 60))"
  }
}
