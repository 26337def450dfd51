import Engine
import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `…/vouchers`: pools of codes. `POST …/{pool}/codes` brings codes, `GET …/{pool}/codes/{code}` looks one up; a list of
  /// codes is never shown.
  func vouchers(
    _ request: HTTPRequest, _ workspace: WorkspaceID, _ path: [String]
  ) async throws(Problem) -> HTTPResponse {
    guard path.count > 1 else { return try await documents(request, workspace, .voucherPool, path) }
    switch (request.method, path[1], path.count) {
    case (.POST, "codes", 2):
      return .json(try await node.importVouchers(workspace, pool: path[0], try Self.codes(request)))
    case (.GET, "codes", 3):
      return .json(
        try await node.perform { partition throws(Problem) in
          try partition.describeVoucher(workspace, pool: path[0], code: path[2])
        })
    default: throw .noSuchPath(request)
    }
  }

  private static func codes(_ request: HTTPRequest) throws(Problem) -> VoucherList {
    let type = request.headers.first(name: "content-type")?.lowercased() ?? ""
    guard !request.body.isEmpty, !type.contains("json") else {
      throw .invalid("", "send codes as the body: one a line as text/plain, or text/csv with a column code")
    }
    return type.hasPrefix("text/csv") ? try VoucherList(csv: request.body) : VoucherList(lines: request.body)
  }
}
