import Delivery
import Engine
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/policies`: the one document of caps, quiet hours and the global holdout.
  func policies(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    guard path.isEmpty else { throw .noSuchPath(request) }
    let key = DeliveryPolicies.documentKey
    switch request.method {
    case .GET:
      return .json(try await node.perform { partition throws(Problem) in try partition.describePolicies(workspace) })
    case .PUT:
      let body = try request.definition()
      return .json(
        try await node.perform { partition throws(Problem) in
          _ = try partition.putDocument(workspace, .policies, key: key, body)
          return try partition.describePolicies(workspace)
        })
    default: throw .noSuchPath(request)
    }
  }
}
